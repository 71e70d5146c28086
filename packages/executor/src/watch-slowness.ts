import type { Clock } from '@zkstack/concurrency'

/** How long the execution layer may take before the user is told, and told again, in milliseconds. */
const SLOW_MS = 30_000

/** Says again and again how many seconds something has taken, until disposed of; keeps no process alive. */
export function watchSlowness(clock: Clock, onSlow: (seconds: number) => void): Disposable {
  const since = clock.now()
  let cancel = (): void => undefined
  const wait = (): void => {
    const tell = (): void => {
      onSlow(Math.round((clock.now() - since) / 1000))
      wait()
    }
    cancel = clock.setTimer(clock.now() + SLOW_MS, tell, { passive: true })
  }
  wait()
  return {
    [Symbol.dispose]() {
      cancel()
    },
  }
}
