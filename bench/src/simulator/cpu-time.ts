import { readFileSync } from 'node:fs'

/** CPU time of this process in milliseconds, the engine's own threads included: what else runs on the machine does not count. */
export function processMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e3
}

/** CPU time of this thread in milliseconds, where the system tells: Linux does. Elsewhere {@link processMs}. */
export function threadMs(): number {
  if (process.platform !== 'linux') return processMs()
  const [nanoseconds] = readFileSync('/proc/thread-self/schedstat', 'latin1').split(' ')
  return Number(nanoseconds) / 1e6
}
