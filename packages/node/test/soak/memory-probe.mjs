// Loaded into a node by `--import`, with `--expose-gc`: to the message 'collect' it answers what memory is alive.
import { setImmediate, setTimeout } from 'node:timers/promises'
import { isMainThread } from 'node:worker_threads'

/** Until freed pages are back at the system, in milliseconds: threads of the collector unmap them. */
const UNMAP_MS = 100

async function collected() {
  // what finalizers and swept buffers let go goes with the second collection
  globalThis.gc()
  await setImmediate()
  globalThis.gc()
  const { heapUsed, external, arrayBuffers } = process.memoryUsage()
  await setTimeout(UNMAP_MS)
  return { heapUsed, external, arrayBuffers, rss: process.memoryUsage.rss() }
}

// Threads of a node load it too.
if (isMainThread)
  process.on('message', async (message) => {
    if (message === 'collect')
      process.send?.(await collected(), undefined, undefined, () => undefined)
  })
