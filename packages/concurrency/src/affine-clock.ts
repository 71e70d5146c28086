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
  const shownAt = (baseMs: number): number => origin + (baseMs - origin) * speed
  /** The first moment of `base` at which this clock shows `atMs`; the division alone may be a rounding error early. */
  const baseTimeOf = (atMs: number): number => {
    let baseMs = origin + (atMs - origin) / speed
    for (let ulp = Math.abs(baseMs) * Number.EPSILON; shownAt(baseMs) < atMs; ulp *= 2)
      baseMs += ulp
    return baseMs
  }
  return {
    now: () => shownAt(base.now()),
    nowUtc: () => originUtc + (base.nowUtc() - originUtc) * speed,
    setTimer: (atMs, fire, o) => base.setTimer(baseTimeOf(atMs), fire, o),
    ...(yieldTurn && { yieldTurn }),
  }
}
