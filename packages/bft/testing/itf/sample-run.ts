import { seededRandom } from '@zkstack/concurrency'
import { sampleFault } from './sample-fault.js'
import type { Pick } from './sample-fault.js'
import { SpecModel } from './spec-model.js'
import type { SpecAction } from './spec-types.js'

/** Options of {@link sampleRun}. */
export interface SampleRunOptions {
  readonly seed: string
  /** Most steps to take. */
  readonly steps: number
  /** Number of replicas; default 6. */
  readonly replicas?: number
  /** How many of them are faulty; default none. */
  readonly faulty?: number
}

/** How often a faulty replica says something, in percent of the tries. */
const faultShare = 12

/** How likely a step is of each kind, in shares. */
const shares = [
  ['on_commit', 30],
  ['on_timeout', 24],
  ['on_proposal', 20],
  ['on_new_view', 10],
  ['proposer_step', 10],
  ['on_timer_is_finished', 5],
  ['fetcher_step', 1],
] as const satisfies readonly (readonly [SpecAction['type'], number])[]

/** A random run of the specification, the same for the same seed. */
export function sampleRun(o: SampleRunOptions): SpecModel {
  const random = seededRandom(o.seed)
  const names = Array.from({ length: o.replicas ?? 6 }, (_, i) => `n${i}`)
  const pick: Pick = (list) => list[random.uint32() % list.length]
  const leaders = Array.from({ length: 60 }, () => pick(names) ?? 'n0')
  const faulty = names.slice(names.length - (o.faulty ?? 0))
  const model = new SpecModel({ replicas: names, leaders, faulty })
  for (let tries = 0; model.length < o.steps && tries < 40 * o.steps; tries += 1) {
    const liar = random.uint32() % 100 < faultShare ? pick(faulty) : undefined
    const lie = liar === undefined ? undefined : sampleFault(model, liar, pick)
    if (lie !== undefined) model.inject(lie)
    const action = candidate(model, pick, random.uint32() % 100)
    if (action !== undefined) model.take(action)
  }
  return model
}

function candidate(
  { state, replicas }: SpecModel,
  pick: Pick,
  die: number,
): SpecAction | undefined {
  const replica = pick(replicas)
  const self = replica === undefined ? undefined : state.replicas.get(replica)
  if (replica === undefined || self === undefined) return undefined
  let left = die
  const type = shares.find(([, share]) => (left -= share) < 0)?.[0]
  // Old votes are refused anyway; old proposals and NewViews mostly.
  const current = { view: self.view }
  switch (type) {
    case 'on_commit': {
      const message = pick(state.commits.filter(({ vote }) => vote.view >= current.view))
      return message && { type, replica, message }
    }
    case 'on_timeout': {
      const message = pick(state.timeouts.filter(({ vote }) => vote.view >= current.view))
      return message && { type, replica, message }
    }
    case 'on_proposal': {
      const message = pick(state.proposals.slice(-3))
      return message && { type, replica, message }
    }
    case 'on_new_view': {
      const message = pick(state.newViews.slice(-12))
      return message && { type, replica, message }
    }
    case 'proposer_step': {
      const leader = state.leader.get(self.view) ?? replica
      if (!state.replicas.has(leader)) return undefined
      return { type, replica: leader, block: pick([undefined, 'val_b0', 'val_b1', 'val_b2']) }
    }
    case 'on_timer_is_finished':
      return { type, replica }
    case 'fetcher_step': {
      const other = pick(replicas)
      const source = other === undefined ? undefined : state.replicas.get(other)
      const block = source?.committedBlocks[self.committedBlocks.length]
      return block && { type, replica, block }
    }
    case undefined:
      return undefined
  }
}
