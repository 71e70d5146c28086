import { libp2pTransport } from '@zkstack/network'
import { connectionCases } from '../packages/network/testing/compliance/connection-cases.js'
const cases = connectionCases(() => libp2pTransport())
const c = cases.find(x => x.name.includes(process.argv[2]!))!
let bad = 0
for (let i = 0; i < Number(process.argv[3] ?? 30); i++) { try { await c.run() } catch (e) { bad++; console.log(i, String(e)) } }
console.log('bad', bad)
