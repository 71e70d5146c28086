import { readFileSync } from 'node:fs'

/** CPU time of this process in milliseconds, the engine's own threads included: what else runs on the machine does not count. */
export function processMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e3
}

/** What nobody wakes. */
const never = new Int32Array(new SharedArrayBuffer(4))

/** How long a thread rests so that the system books its time, in milliseconds. */
const restMs = 0.01

/**
 * CPU time of this thread in milliseconds, where the system tells: Linux does, but of a thread that runs only what was booked at the
 * last tick, some milliseconds ago. Whoever rests is booked at once. Elsewhere {@link processMs}.
 */
export function threadMs(): number {
  if (process.platform !== 'linux') return processMs()
  Atomics.wait(never, 0, 0, restMs)
  const [nanoseconds] = readFileSync('/proc/thread-self/schedstat', 'latin1').split(' ')
  return Number(nanoseconds) / 1e6
}
