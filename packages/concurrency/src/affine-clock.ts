import type { Clock } from './clock.js'

/**
 * A clock that runs `speed` times as fast as `base`, starting from what `base` shows now.
 *
 * @throws RangeError unless `speed` is positive and finite.
 */
export function affineClock(base: Clock, speed: number): Clock {
  if (!(speed > 0 && Number.isFinite(speed)))
    throw new RangeError(`speed must be positive and finite: ${speed}`)
  const origin = base.now()
  const originUtc = base.nowUtc()
  const yieldTurn = base.yieldTurn?.bind(base)
  return {
    now: () => origin + (base.now() - origin) * speed,
    nowUtc: () => originUtc + (base.nowUtc() - originUtc) * speed,
    setTimer: (atMs, fire, o) => base.setTimer(origin + (atMs - origin) / speed, fire, o),
    ...(yieldTurn && { yieldTurn }),
  }
}
