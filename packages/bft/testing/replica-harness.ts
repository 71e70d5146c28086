import type { ProposalJustification, ReplicaCommit, Signed } from '@zkstack/roles'
import type { BlameRule, Effect } from '../src/chonky/effect.js'
import type { Rejection } from '../src/chonky/rejection.js'
import { currentJustification } from '../src/chonky/justification.js'
import { createCommittee } from './committee.js'
import type { Committee, CommitteeOptions } from './committee.js'
import { StepReplica } from './step-replica.js'
import type { StepReplicaOptions } from './step-replica.js'

/** Options of {@link ReplicaHarness}: those of its committee and of its replica. */
export interface ReplicaHarnessOptions
  extends CommitteeOptions, Partial<Omit<StepReplicaOptions, 'committee'>> {
  /** A committee made before, instead of a new one. */
  readonly committee?: Committee
}

/** One replica of a committee, and the hands of all the other members. The replica is validator 0 unless `index` says else. */
export class ReplicaHarness {
  readonly committee: Committee
  replica: StepReplica

  constructor(o: ReplicaHarnessOptions) {
    this.committee = o.committee ?? createCommittee(o)
    this.replica = new StepReplica({ index: 0, ...o, committee: this.committee })
  }

  /** A replica that has started and left view 0, as after the first timeouts: it is in view 1. */
  static inView1(o: ReplicaHarnessOptions): ReplicaHarness {
    const harness = new ReplicaHarness(o)
    harness.replica.start()
    harness.timeoutView()
    return harness
  }

  get view(): bigint {
    return this.replica.state.view
  }

  get phase(): string {
    return this.replica.state.phase
  }

  /** Members other than the replica. */
  get others(): readonly number[] {
    return this.committee.everybody().filter((index) => index !== this.replica.index)
  }

  get leader(): number {
    return this.committee.leader(this.view)
  }

  /** What justifies the replica's view. */
  justification(): ProposalJustification {
    return currentJustification(this.replica.state)
  }

  /** The proposal that the leader of the replica's view would send. */
  proposal(payload: Uint8Array | undefined = this.payload()): Signed {
    return this.committee.signProposal(this.leader, this.justification(), payload)
  }

  /** A payload that differs from view to view. */
  payload(): Uint8Array {
    return new TextEncoder().encode(`payload of view ${this.view}`)
  }

  /** The commit vote that the replica cast last. @throws TypeError when there is none. */
  vote(): ReplicaCommit {
    const { highVote } = this.replica.state
    if (highVote === undefined) throw new TypeError('the replica has not voted')
    return highVote
  }

  /** Has the leader propose, unless it is the replica itself, which proposed on its own. */
  propose(payload?: Uint8Array): readonly Effect[] {
    if (this.leader === this.replica.index) return []
    return this.replica.receive(this.proposal(payload))
  }

  /** Has members vote for what the replica voted for. */
  commitBy(members: readonly number[], vote: ReplicaCommit = this.vote()): readonly Effect[] {
    return members.flatMap((index) => this.replica.receive(this.committee.signCommit(index, vote)))
  }

  /** A block from proposal to QC: the replica ends in the next view. */
  commitBlock(payload?: Uint8Array): readonly Effect[] {
    const view = this.view
    const proposed = this.propose(payload)
    const voted = this.others.flatMap((index) =>
      this.view === view ? this.commitBy([index]) : ([] as readonly Effect[]),
    )
    return [...proposed, ...voted]
  }

  /** Has the view time out everywhere: the replica ends in the next view. Others vote as if they had seen what it has. */
  timeoutView(): readonly Effect[] {
    const { view } = this
    const effects = [...this.replica.expire()]
    for (const index of this.others) {
      if (this.view !== view) break
      effects.push(...this.timeoutBy([index]))
    }
    return effects
  }

  /** Has members vote to end the replica's view, with the high vote and high QC of the replica. */
  timeoutBy(members: readonly number[]): readonly Effect[] {
    const { highVote, highCommitQc: highQc } = this.replica.state
    const vote = this.committee.timeout(this.view, { highVote, highQc })
    return members.flatMap((index) => this.replica.receive(this.committee.signTimeout(index, vote)))
  }

  /** Crashes the replica and starts it again from its disk. */
  restart(change: Partial<StepReplicaOptions> = {}): readonly Effect[] {
    this.replica = this.replica.restart(change)
    return this.replica.start()
  }
}

/** Why messages were rejected, in order. */
export function rejectionsOf(effects: readonly Effect[]): readonly Rejection[] {
  return effects.flatMap((effect) => (effect.type === 'rejected' ? [effect.rejection] : []))
}

/** The messages that were broadcast, in order. */
export function broadcastsOf(effects: readonly Effect[]): readonly string[] {
  return effects.flatMap((effect) => (effect.type === 'broadcast' ? [effect.message.type] : []))
}

/** Who was blamed for what, in order. */
export function blamesOf(effects: readonly Effect[]): readonly (readonly [number, BlameRule])[] {
  return effects.flatMap((effect) =>
    effect.type === 'blamed' ? [[effect.validator, effect.rule] as const] : [],
  )
}
