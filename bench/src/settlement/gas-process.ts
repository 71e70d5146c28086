import { startSettlementL1 } from './settlement-l1.js'
import { verificationGas } from './verification-gas.js'

// What a real proof costs on L1.
await using l1 = await startSettlementL1({ networks: 0, certificates: 0, exits: 0, rounds: 0 })
process.stdout.write(`${JSON.stringify(await verificationGas(l1))}\n`)
