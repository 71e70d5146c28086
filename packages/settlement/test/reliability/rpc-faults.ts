import type { SeededRandom } from '@zkstack/concurrency'
import { startFaultyRpc, type RpcFault } from '@zkstack/l1/testing'
import { certificateId } from '@zkstack/pessimistic-proof'
import { memoryDatabase } from '../../src/index.js'
import { certificateChain } from '../../testing/index.js'
import { jobIds, storeProblems } from '../helpers/check-store.js'
import { runEngineOnL1 } from '../helpers/engine-on-l1.js'
import { rootsAfter, type L1World } from '../helpers/l1-world.js'
import { count, type Tally } from './tally.js'

/** What an endpoint may do to a request. */
const faults: Readonly<Record<string, RpcFault>> = {
  'broken connections': { type: 'drop' },
  'lost answers': { type: 'lose' },
  'late answers': { type: 'delay', ms: 5 },
  'HTTP 500': { type: 'status', status: 500 },
  'HTTP 429': { type: 'status', status: 429, headers: { 'retry-after': '0' } },
  'errors of the node': { type: 'error', code: -32_603, message: 'internal error' },
  'answers cut short': { type: 'truncate', bytes: 40 },
  lies: { type: 'change', change: lieAbout },
}

/** Settles so many certificates on a real L1 whose only endpoint spoils one request in five, each time in another way. */
export async function rpcFaults(
  world: L1World,
  o: {
    readonly networkId: number
    readonly certificates: number
    readonly random: SeededRandom
  },
): Promise<Tally> {
  const { networkId, certificates, random } = o
  const chain = certificateChain(networkId, certificates)
  await world.addNetwork(networkId, chain)
  const tried: Record<string, number> = {}
  const names = Object.keys(faults)
  await using rpc = await startFaultyRpc(world.anvil.url)
  let [requests, spoiled] = [0, 0]
  let left: string[] = []
  rpc.fault = () => {
    // one of every five, and every kind before one comes again: a short run has some of each too
    if (requests % 5 === 0) spoiled = requests + (random.uint32() % 5)
    if (requests++ !== spoiled) return undefined
    if (left.length === 0) left = [...names]
    const [name = ''] = left.splice(random.uint32() % left.length, 1)
    count(tried, name)
    return faults[name]
  }
  const database = memoryDatabase()
  const { addresses } = world.devnet
  await runEngineOnL1({ url: rpc.url, addresses, database }, async (running) => {
    const { engine, store, call, untilStatus } = running
    for (const { certificate } of chain) {
      // A client: it submits until it is answered.
      for (;;) {
        const accepted = await engine.submit(certificate, call)
        if (accepted.ok || accepted.error.kind !== 'retry') break
      }
    }
    for (const { certificate } of chain) await untilStatus(certificateId(certificate), 'settled')
    return store
  })
  const wrong = await storeProblems(database)
  const settlements = await world.settlements(networkId)
  const expected = chain.map(rootsAfter)
  if (JSON.stringify(settlements) !== JSON.stringify(expected))
    wrong.push('L1 has other settlements')
  if ((await jobIds(database)).length !== certificates) wrong.push('another job')
  const lost = certificates - Math.min(certificates, settlements.length)
  return { what: 'a real L1 behind a bad endpoint', tried, certificates, lost, wrong }
}

/** Another hash, number or bytes than the node said. */
function lieAbout(result: unknown): unknown {
  if (typeof result === 'string') return `${result}00`
  if (typeof result !== 'object' || result === null) return {}
  const names = ['hash', 'transactionHash', 'number', 'blockHash', 'baseFeePerGas']
  return { ...result, ...Object.fromEntries(names.map((name) => [name, `0x${'66'.repeat(32)}`])) }
}
