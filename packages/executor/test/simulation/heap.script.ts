/* Prints by how many bytes the heap grew over some simulations, after a few that warm up. Run by heap.test.ts with --expose-gc. */
import { loadCryptoBackends } from '@zkstack/crypto'
import { simulate } from '../../testing/index.js'

const warmUp = 4
const runs = 10
const gc = (globalThis as { gc?: () => void }).gc
if (gc === undefined) throw new Error('run with --expose-gc')

/** What is alive: what a turn of the event loop holds on to, such as what a weak reference was asked for in it, goes with the turn. */
async function heapUsed(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setImmediate(resolve))
    gc?.()
  }
  return process.memoryUsage().heapUsed
}

await loadCryptoBackends()
const kept: unknown[] = []
let before = 0
for (let i = 0; i < warmUp + runs; i++) {
  if (i === warmUp) before = await heapUsed()
  const report = await simulate({ seed: `heap ${i}`, validators: 6 })
  if (process.argv[2] === 'keep') kept.push(report, new Uint8Array(1 << 20).map(() => i).join())
}
process.stdout.write(JSON.stringify({ growth: (await heapUsed()) - before, kept: kept.length }))
