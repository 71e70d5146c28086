import type { Random } from '@zkstack/concurrency'
import { Signers } from '@zkstack/roles'
import type {
  BlockHeader,
  CommitQC,
  ConsensusMsg,
  ProposalJustification,
  ReplicaCommit,
  ReplicaTimeout,
  TimeoutQC,
} from '@zkstack/roles'
import type { ChonkyState } from '@zkstack/bft'
import { byCommit, bytesOf, byTimeout } from '@zkstack/bft/testing'
import type { Committee } from '@zkstack/bft/testing'

const maxView = 2n ** 64n - 1n

/**
 * A committee whose members are all faulty and sign together whatever they like: made of what the replica under attack is waiting
 * for, and wrong in ways that a codec lets pass. No CommitQC is of view 2^64−1, for which no honest member can sign.
 */
export class HostileCommittee {
  readonly #committee: Committee
  readonly #random: Random

  constructor(committee: Committee, random: Random) {
    this.#committee = committee
    this.#random = random
  }

  below(n: number): number {
    return this.#random.uint32() % n
  }

  pick<T>(values: readonly [T, ...T[]]): T {
    return values[this.below(values.length)] ?? values[0]
  }

  /** One message to a replica in that state. */
  message(state: ChonkyState): ConsensusMsg {
    const view = this.pick([state.view, this.#view(state)])
    switch (this.below(4)) {
      case 0:
        return { type: 'replicaCommit', value: this.#commit(state, view) }
      case 1:
        return { type: 'replicaTimeout', value: this.#timeout(state, view) }
      case 2:
        return { type: 'replicaNewView', value: { justification: this.#justification(state) } }
      default: {
        const payload = this.pick([undefined, bytesOf('a'), bytesOf('b'), new Uint8Array(1001)])
        return {
          type: 'leaderProposal',
          value: { payload, justification: this.#justification(state) },
        }
      }
    }
  }

  /** The bytes with some of them changed, removed or added. */
  damaged(bytes: Uint8Array): Uint8Array {
    const changed = [...bytes]
    for (let i = this.below(3); i >= 0; i -= 1) {
      const at = this.below(changed.length)
      const added = [...this.#random.bytes(1 + this.below(3))]
      changed.splice(at, this.below(4), ...this.pick([added, [], [255, 255, 255, 255, 255, 1]]))
    }
    return Uint8Array.from(changed)
  }

  #view({ view }: ChonkyState): bigint {
    const before = view > 0n ? view - 1n : 0n
    const later = view + BigInt(this.below(8))
    const latest = later > maxView ? maxView : later
    return this.pick([before, before, latest, latest, 0n, maxView - 1n, maxView])
  }

  #members(): readonly number[] {
    const all = this.#committee.everybody()
    const chance = this.pick([1, 1, 0.8, 0.5])
    return all.filter(() => this.#random.float() < chance)
  }

  #header({ nextBlock }: ChonkyState): BlockHeader {
    const number = this.pick([
      nextBlock,
      nextBlock,
      nextBlock + 1n,
      BigInt(this.below(20)),
      maxView,
    ])
    return this.#committee.header(number, this.pick(['a', 'b', 'c']))
  }

  #commit(state: ChonkyState, view: bigint): ReplicaCommit {
    const own = state.highVote
    if (own !== undefined && this.below(2) === 0) return own
    const vote = this.#committee.commit(view, this.#header(state))
    const epoch = this.below(25) === 0 ? 1n : 0n
    return { ...vote, view: { ...vote.view, epoch } }
  }

  #commitQc(state: ChonkyState): CommitQC {
    const view = this.#view(state)
    const vote = this.#commit(state, view === maxView ? view - 1n : view)
    const fresh = this.#committee.commitQc(vote, this.#members())
    const qc = this.pick([fresh, state.highCommitQc ?? fresh])
    const { length } = qc.signers
    const signers = [
      Signers.empty(length),
      Signers.of(length + 1, [length]),
      Signers.empty(0),
    ] as const
    switch (this.below(24)) {
      case 0:
        return { ...qc, signers: this.pick(signers) }
      case 1:
        return { ...qc, signature: this.#random.bytes(this.pick([8, 8, 9, 0])) }
      default:
        return qc
    }
  }

  #timeout(state: ChonkyState, view: bigint): ReplicaTimeout {
    return this.#committee.timeout(view, {
      highVote: this.pick([undefined, state.highVote, this.#commit(state, this.#view(state))]),
      highQc: this.pick([undefined, state.highCommitQc, this.#commitQc(state)]),
    })
  }

  #timeoutQc(state: ChonkyState): TimeoutQC {
    const view = this.pick([state.view, this.#view(state)])
    const groups = 1 + this.below(3)
    const members = this.#members()
    const votes = Array.from({ length: groups }, (_, group) => {
      const signers = members.filter((_, i) => i % groups === group)
      return [this.#timeout(state, view), signers] as const
    })
    const qc = this.#committee.timeoutQc(view, votes)
    switch (this.below(24)) {
      case 0:
        return { ...qc, entries: [] }
      case 1:
        return { ...qc, signature: this.#random.bytes(this.pick([8, 0])) }
      case 2:
        return { ...qc, view: { ...qc.view, number: this.#view(state) } }
      default:
        return qc
    }
  }

  #justification(state: ChonkyState): ProposalJustification {
    return this.below(2) === 0 ? byCommit(this.#commitQc(state)) : byTimeout(this.#timeoutQc(state))
  }
}
