import { toHex } from '@zkstack/crypto'
import { hashPayload, highQcOf } from '@zkstack/roles'
import type {
  CommitQC,
  FinalBlock,
  ProposalJustification,
  ReplicaCommit,
  ReplicaTimeout,
  Signed,
  Signers,
  TimeoutQC,
} from '@zkstack/roles'
import { bytesOf, createCommittee } from '../committee.js'
import type { Committee } from '../committee.js'
import type { ChonkyState } from '../../src/chonky/state.js'
import { ItfError } from './itf-error.js'
import { showCommitQc, showSignedTimeout, showTimeoutVote } from './show-spec.js'
import type {
  SpecCommitQC,
  SpecCommittedBlock,
  SpecCommitVote,
  SpecJustification,
  SpecMessage,
  SpecReplica,
  SpecSignedCommit,
  SpecSignedTimeout,
  SpecTimeoutQC,
  SpecTimeoutVote,
} from './spec-types.js'

/**
 * Translates between the specification and the implementation. Replica names stand for the validators of a committee of
 * equal weights, block names for payloads, and sets of signers for signatures that verify.
 */
export class SpecTranslator {
  readonly committee: Committee
  readonly #names: readonly string[]
  readonly #blocks = new Map<string, string>()

  constructor(names: readonly string[], leader: ReadonlyMap<bigint, string>) {
    this.#names = names
    this.committee = createCommittee({
      validators: names.length,
      leaderAt: (view) => {
        const name = leader.get(view)
        return name === undefined ? Number(view % BigInt(names.length)) : this.index(name)
      },
    })
  }

  /** Index of a replica. @throws ItfError for a name that the trace did not show before. */
  index(name: string): number {
    const index = this.#names.indexOf(name)
    if (index === -1) throw new ItfError('NOT_CHONKY', `the replica ${name} comes from nowhere`)
    return index
  }

  name(index: number): string {
    return this.#names[index] ?? `validator ${index}`
  }

  /** The payload that a block name stands for. */
  payload(block: string): Uint8Array {
    const payload = bytesOf(block)
    this.#blocks.set(toHex(hashPayload(payload)), block)
    return payload
  }

  /** The block name of a payload hash in hex; the hash itself when no block of the trace has it. */
  blockName(hash: string): string {
    return this.#blocks.get(hash) ?? hash
  }

  commit({ view, number, block }: SpecCommitVote): ReplicaCommit {
    return this.committee.commit(view, { number, payload: hashPayload(this.payload(block)) })
  }

  commitQc({ vote, signers }: SpecCommitQC): CommitQC {
    return this.committee.commitQc(
      this.commit(vote),
      signers.map((name) => this.index(name)),
    )
  }

  timeout(vote: SpecTimeoutVote, highCommitQc: SpecCommitQC | undefined): ReplicaTimeout {
    return this.committee.timeout(vote.view, {
      highVote: vote.highVote && this.commit(vote.highVote),
      highQc: highCommitQc && this.commitQc(highCommitQc),
    })
  }

  /** The QCs that the votes of a TimeoutQC embed are found among the timeouts `sent`. */
  timeoutQc(qc: SpecTimeoutQC, sent: readonly SpecSignedTimeout[]): TimeoutQC {
    const groups = new Map<string, { message: ReplicaTimeout; signers: number[] }>()
    for (const [name, vote] of qc.votes) {
      const embedded = embeddedQc(name, vote, qc, sent)
      const key = showSignedTimeout({ vote, sig: '', highCommitQc: embedded })
      const group = groups.get(key)
      if (group === undefined) {
        groups.set(key, { message: this.timeout(vote, embedded), signers: [this.index(name)] })
      } else group.signers.push(this.index(name))
    }
    const votes = [...groups.values()].map(({ message, signers }) => [message, signers] as const)
    return this.committee.timeoutQc(qc.view, votes)
  }

  justification(
    justification: SpecJustification,
    sent: readonly SpecSignedTimeout[],
  ): ProposalJustification {
    return justification.type === 'commit'
      ? { type: 'commit', qc: this.commitQc(justification.qc) }
      : { type: 'timeout', qc: this.timeoutQc(justification.qc, sent) }
  }

  signCommit({ vote, sig }: SpecSignedCommit): Signed {
    return this.committee.signCommit(this.index(sig), this.commit(vote))
  }

  signTimeout({ vote, sig, highCommitQc }: SpecSignedTimeout): Signed {
    return this.committee.signTimeout(this.index(sig), this.timeout(vote, highCommitQc))
  }

  /** A replica's state in the terms of the specification; `prefer` as in {@link SpecTranslator.fromTimeoutQc}. */
  fromState(state: ChonkyState, blocks: readonly FinalBlock[], prefer?: SpecCommitQC): SpecReplica {
    return {
      view: state.view,
      phase: state.phase,
      highVote: state.highVote && this.fromCommit(state.highVote),
      highCommitQc: state.highCommitQc && this.fromCommitQc(state.highCommitQc),
      highTimeoutQc: state.highTimeoutQc && this.fromTimeoutQc(state.highTimeoutQc, prefer),
      committedBlocks: blocks.map((block) => this.fromBlock(block)),
      cachedProposals: state.proposals.map(({ number, hash }) => [number, this.#block(hash)]),
    }
  }

  fromCommit({ view, proposal }: ReplicaCommit): SpecCommitVote {
    return { view: view.number, number: proposal.number, block: this.#block(proposal.payload) }
  }

  fromCommitQc(qc: CommitQC): SpecCommitQC {
    return { vote: this.fromCommit(qc.message), signers: this.#signers(qc.signers) }
  }

  fromTimeout({ view, highVote, highQc }: ReplicaTimeout): SpecTimeoutVote {
    return {
      view: view.number,
      highVote: highVote && this.fromCommit(highVote),
      highCommitQcView: highQc?.message.view.number,
    }
  }

  /**
   * A TimeoutQC of the specification holds one CommitQC, ours one for each vote. Of several of the highest view `prefer` is
   * shown if it is among them.
   */
  fromTimeoutQc(qc: TimeoutQC, prefer?: SpecCommitQC): SpecTimeoutQC {
    const votes = qc.entries.flatMap(({ message, signers }) =>
      this.#signers(signers).map((name) => [name, this.fromTimeout(message)] as const),
    )
    return {
      view: qc.view.number,
      votes: votes.toSorted(([a], [b]) => (a < b ? -1 : 1)),
      signers: votes.map(([name]) => name).toSorted(),
      highCommitQc: this.#highQc(qc, prefer),
    }
  }

  #highQc(qc: TimeoutQC, prefer: SpecCommitQC | undefined): SpecCommitQC | undefined {
    const high = highQcOf(qc)
    if (high === undefined || prefer === undefined) return high && this.fromCommitQc(high)
    const wanted = showCommitQc(prefer)
    const isWanted = qc.entries.some(
      ({ message: { highQc } }) =>
        highQc?.message.view.number === high.message.view.number &&
        showCommitQc(this.fromCommitQc(highQc)) === wanted,
    )
    return isWanted ? prefer : this.fromCommitQc(high)
  }

  fromJustification(justification: ProposalJustification): SpecJustification {
    return justification.type === 'commit'
      ? { type: 'commit', qc: this.fromCommitQc(justification.qc) }
      : { type: 'timeout', qc: this.fromTimeoutQc(justification.qc) }
  }

  /** A message in the terms of the specification. */
  fromSigned({ msg, key }: Signed): SpecMessage {
    const sig = this.name(this.committee.schedule.indexOf(key) ?? -1)
    switch (msg.type) {
      case 'replicaCommit':
        return { type: 'commit', value: { vote: this.fromCommit(msg.value), sig } }
      case 'replicaTimeout': {
        const { highQc } = msg.value
        const highCommitQc = highQc && this.fromCommitQc(highQc)
        return { type: 'timeout', value: { vote: this.fromTimeout(msg.value), sig, highCommitQc } }
      }
      case 'replicaNewView': {
        const justification = this.fromJustification(msg.value.justification)
        return { type: 'newView', value: { justification, sig } }
      }
      case 'leaderProposal': {
        const { payload } = msg.value
        const block = payload && this.#block(hashPayload(payload))
        const justification = this.fromJustification(msg.value.justification)
        return { type: 'proposal', value: { block, justification, sig } }
      }
    }
  }

  fromBlock(block: FinalBlock): SpecCommittedBlock {
    return {
      block: this.#block(hashPayload(block.payload)),
      qc: this.fromCommitQc(block.justification),
    }
  }

  #signers(signers: Signers): readonly string[] {
    return this.#names.filter((_, index) => signers.has(index)).toSorted()
  }

  #block(hash: Uint8Array): string {
    return this.blockName(toHex(hash))
  }
}

function embeddedQc(
  name: string,
  vote: SpecTimeoutVote,
  qc: SpecTimeoutQC,
  sent: readonly SpecSignedTimeout[],
): SpecCommitQC | undefined {
  if (vote.highCommitQcView === undefined) return undefined
  const text = showTimeoutVote(vote)
  const same = sent.filter((timeout) => showTimeoutVote(timeout.vote) === text)
  const signed = same.find(({ sig }) => sig === name) ?? same[0]
  const embedded = signed?.highCommitQc ?? qc.highCommitQc
  if (embedded?.vote.view === vote.highCommitQcView) return embedded
  throw new ItfError('NOT_CHONKY', `no QC of view ${vote.highCommitQcView} was sent by ${name}`)
}
