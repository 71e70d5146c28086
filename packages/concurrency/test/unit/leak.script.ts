/** Prints, as JSON, how many bytes the heap grew per operation over the second half of many operations on one root. Needs
 * --expose-gc. Arguments: the number of rounds; `leak` to forget to dispose. */
import { Channel, Ctx, ManualClock, Watch } from '../../src/index.js'

const rounds = Number(process.argv[2])
const forget = process.argv[3] === 'leak'
const gc = (globalThis as { gc?: () => void }).gc
if (gc === undefined) throw new Error('run with --expose-gc')

const clock = new ManualClock()
const root = Ctx.root({ clock })
const never = new Promise<never>(() => undefined)
const watch = new Watch(0)
const channel = new Channel<number>(1)

async function round(i: number): Promise<void> {
  const child = root.child({ timeoutMs: 1000 })
  const grandchild = child.child()
  const waits = [
    root.race(Promise.resolve(i)),
    grandchild.race(never).catch(() => undefined),
    child.sleep(500).catch(() => undefined),
    watch.waitFor((v) => v > i, { signal: child.signal }).catch(() => undefined),
    channel.receive({ signal: root.signal }),
  ]
  child.signal.addEventListener('abort', () => undefined)
  await channel.send(i)
  if (forget) return
  child[Symbol.dispose]()
  await Promise.all(waits)
}

async function heapAfter(count: number): Promise<number> {
  for (let i = 0; i < count; i++) await round(i)
  gc?.()
  gc?.()
  return process.memoryUsage().heapUsed
}

const warm = await heapAfter(rounds / 2)
const end = await heapAfter(rounds / 2)
process.stdout.write(
  JSON.stringify({
    rounds,
    bytesPerRound: (end - warm) / (rounds / 2),
    listeners: root.listeners,
    timers: clock.pendingTimers,
  }),
)
