import { quantile } from '../quantile.js'
import { stages, type Spread, type Stage } from './settlement-case.js'

/** A network's certificate at a height. */
interface Place {
  readonly networkId: number
  readonly height: bigint
}

type Moments = Partial<Record<'begun' | 'accepted' | 'proven' | 'candidate' | 'settled', number>>

/** When each certificate got where; in milliseconds of one clock. */
export class StageTimes {
  readonly #moments = new Map<string, Moments>()

  /** A submission was answered. */
  accepted(place: Place, begun: number, accepted: number): void {
    this.#note(place, { begun, accepted })
  }

  /** A status is stored. */
  reached(place: Place, status: 'pending' | 'proven' | 'candidate' | 'settled', at: number): void {
    if (status !== 'pending') this.#note(place, { [status]: at })
  }

  /** How long each certificate was in each stage. */
  durations(): Record<Stage, number[]> {
    const durations: Record<Stage, number[]> = {
      submit: [],
      pending: [],
      proven: [],
      candidate: [],
      total: [],
    }
    for (const [key, { begun, accepted, proven, candidate, settled }] of this.#moments) {
      if (begun === undefined || accepted === undefined || settled === undefined) continue
      if (proven === undefined || candidate === undefined) continue
      const [networkId = '', height = ''] = key.split('/')
      const before = this.#moments.get(`${networkId}/${BigInt(height) - 1n}`)?.settled ?? 0
      const turn = Math.max(accepted, before)
      durations.submit.push(accepted - begun)
      durations.pending.push(proven - turn)
      durations.proven.push(candidate - proven)
      durations.candidate.push(settled - candidate)
      durations.total.push(settled - turn)
    }
    return durations
  }

  #note({ networkId, height }: Place, moments: Moments): void {
    const key = `${networkId}/${height}`
    this.#moments.set(key, { ...this.#moments.get(key), ...moments })
  }
}

/** Middle and slow end of each stage, over all rounds. */
export function spreadOf(rounds: readonly StageTimes[]): Record<Stage, Spread> {
  const all = rounds.map((times) => times.durations())
  const entries = stages.map((stage) => {
    const values = all.flatMap((durations) => durations[stage])
    return [stage, { p50Ms: quantile(values, 0.5), p95Ms: quantile(values, 0.95) }] as const
  })
  return Object.fromEntries(entries) as Record<Stage, Spread>
}
