import { median } from '../quantile.js'
import { threadMs } from './cpu-time.js'
import type { RecordedCall } from './call-recorder.js'

/** Parts of a run, by what they are for. */
export const partNames = ['step', 'codec', 'hash', 'signatures', 'invariants'] as const

/** Name of a part. */
export type PartName = (typeof partNames)[number]

/** What a part is called for in one view, and the CPU time that its calls take when they are made alone. */
export interface PartCost {
  readonly calls: number
  readonly ms: number
}

/** The recorded calls of each part, to be made again, one part after another, each in the order in which they were made. */
export class PartRounds {
  readonly #views: number
  readonly #calls: readonly (readonly [PartName, readonly RecordedCall[]])[]
  readonly #rounds: Record<PartName, number>[] = []

  constructor(calls: readonly RecordedCall[], views: number) {
    this.#views = views
    this.#calls = partNames.map((part) => [part, calls.filter(({ name }) => partOf(name) === part)])
  }

  /** Makes all calls once; returns the CPU time of each part, in milliseconds a view. */
  time(): Readonly<Record<PartName, number>> {
    const round = this.#calls.map(([part, calls]) => {
      const startedAt = threadMs()
      for (const { again } of calls) again()
      return [part, (threadMs() - startedAt) / this.#views] as const
    })
    const ms = Object.fromEntries(round) as Record<PartName, number>
    this.#rounds.push(ms)
    return ms
  }

  /** The median of the last `rounds`. */
  costs(rounds: number): Readonly<Record<PartName, PartCost>> {
    const last = this.#rounds.slice(-rounds)
    const costs = this.#calls.map(([part, { length }]) => {
      const ms = median(last.map((round) => round[part]))
      return [part, { calls: length / this.#views, ms }] as const
    })
    return Object.fromEntries(costs) as Record<PartName, PartCost>
  }
}

function partOf(name: string): PartName {
  if (name === 'step') return 'step'
  if (name === 'checkInvariants') return 'invariants'
  if (/^(encode|decode|checked)/.test(name)) return 'codec'
  return /keccak|sha|hash|qcKey/.test(name) ? 'hash' : 'signatures'
}
