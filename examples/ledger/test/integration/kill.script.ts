/** Commits one block after another to the ledger in the folder given, printing each height once it is durable. */
import type { FinalBlock } from '@zkstack/roles'
import { openLedger } from '../../src/index.js'
import { alice, genesis, transfer } from '../fixtures.js'

const o = { signal: new AbortController().signal }
const ledger = await openLedger({ path: process.argv[2] ?? '', genesis, patienceMs: 0 })
for (let n = ledger.height === undefined ? 0n : ledger.height + 1n; ; n++) {
  await ledger.mempool.admit(transfer({ to: alice.address, nonce: n, fee: n < 900n ? 1n : 0n }))
  const payload = await ledger.execution.propose({ maxBytes: 10_000 }, o)
  if (payload === null) throw new Error('nothing was proposed')
  await ledger.execution.commit({ kind: 'final', number: n, payload } as FinalBlock, o)
  process.stdout.write(`${n}\n`)
}
