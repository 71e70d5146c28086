// Loaded into a node by `--import`, with `--expose-gc`: to the message 'collect' it answers what memory is alive.
import { readFile } from 'node:fs/promises'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { getHeapCodeStatistics } from 'node:v8'
import { isMainThread } from 'node:worker_threads'

/** Until freed pages are back at the system, in milliseconds: threads of the collector unmap them. */
const UNMAP_MS = 100

async function collected() {
  // what finalizers and swept buffers let go goes with the second collection
  globalThis.gc()
  await setImmediate()
  globalThis.gc()
  const { heapUsed, external } = process.memoryUsage()
  const code = compiledCode()
  await setTimeout(UNMAP_MS)
  return { objects: heapUsed - code, code, external, ...(await residentMemory()) }
}

/** Where the system does not tell them apart, all of it is the process's own. */
async function residentMemory() {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '')
  const [own, mapped] = ['RssAnon', 'RssFile'].map((field) => {
    const found = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)
    return found === null ? undefined : Number(found[1]) * 1024
  })
  return own === undefined || mapped === undefined
    ? { own: process.memoryUsage.rss(), mapped: 0 }
    : { own, mapped }
}

/** Bytes of the heap that are no objects of the program: what runs rarely is compiled late, and then anew as more becomes known of it. */
function compiledCode() {
  const statistics = getHeapCodeStatistics()
  return statistics.code_and_metadata_size + statistics.bytecode_and_metadata_size
}

// Threads of a node load it too.
if (isMainThread)
  process.on('message', async (message) => {
    if (message === 'collect')
      process.send?.(await collected(), undefined, undefined, () => undefined)
  })
