import { keccakStream, type Hash32 } from '@zkstack/crypto'
import { CanonicalWriter } from '../codec/canonical-writer.js'
import { writeConsensusMsg, type LeaderProposal } from './consensus-msg.js'
import type { ProposalJustification } from './justification.js'
import { PayloadHasher } from './payload-hasher.js'

/** What {@link HashedProposal.start} takes. */
export interface ProposalToHash {
  readonly payload: Uint8Array
  readonly justification: ProposalJustification
}

/**
 * A proposal whose hashes are known, so that nobody has to go through its payload again. There is no way to one but hashing
 * it; a changed copy of it is an ordinary proposal. Neither it nor its payload may be changed.
 */
export class HashedProposal implements LeaderProposal {
  readonly payload: Uint8Array
  readonly justification: ProposalJustification
  readonly #hashes: ProposalHashes

  private constructor(proposal: ProposalToHash, hashes: ProposalHashes) {
    this.payload = proposal.payload
    this.justification = proposal.justification
    this.#hashes = hashes
  }

  /** What the leader signs. @see hashMsg */
  get messageHash(): Hash32 {
    return this.#hashes.message
  }

  /** keccak256 of the payload. */
  get payloadHash(): Hash32 {
    return this.#hashes.payload
  }

  /** For each part of the payload, keccak256 of the payload up to the part's end. @see PayloadHasher */
  get partDigests(): readonly Hash32[] {
    return this.#hashes.parts
  }

  /**
   * Begins to hash a proposal, whose payload may still be coming.
   * @throws RangeError for a payload below 1 KiB: hash it in one go.
   */
  static start(proposal: ProposalToHash): ProposalHasher {
    const value = { payload: proposal.payload, justification: proposal.justification }
    return new ProposalHasher(value, (hashes) => new HashedProposal(value, hashes))
  }
}

interface ProposalHashes {
  readonly message: Hash32
  readonly payload: Hash32
  readonly parts: readonly Hash32[]
}

/** Hashes a proposal in small steps: the payload, and the message around it. */
export class ProposalHasher {
  readonly #payload: PayloadHasher
  readonly #message = keccakStream()
  /** Canonical bytes of the message behind the payload. */
  readonly #behind: readonly Uint8Array[]
  readonly #finish: (hashes: ProposalHashes) => HashedProposal
  #result: HashedProposal | undefined

  /** @see HashedProposal.start */
  constructor(proposal: ProposalToHash, finish: (hashes: ProposalHashes) => HashedProposal) {
    const writer = new CanonicalWriter()
    writer.message(1, writeConsensusMsg, { type: 'leaderProposal', value: proposal })
    const parts = writer.parts()
    const at = parts.indexOf(proposal.payload)
    if (at < 0) throw new RangeError('payload: too small to be hashed in parts')
    this.#payload = new PayloadHasher(proposal.payload)
    for (const part of parts.slice(0, at)) this.#message.update(part)
    this.#behind = parts.slice(at + 1)
    this.#finish = finish
  }

  /** The proposal, once its whole payload is hashed. */
  get result(): HashedProposal | undefined {
    return this.#result
  }

  /** The digests of the parts hashed so far. */
  get digests(): readonly Hash32[] {
    return this.#payload.digests
  }

  /** Hashes the next slice of the payload. @throws TypeError when the whole payload is hashed. */
  next(): void {
    this.#message.update(this.#payload.next())
    const { isDone, digests } = this.#payload
    const payload = digests[digests.length - 1]
    if (!isDone || payload === undefined) return
    for (const part of this.#behind) this.#message.update(part)
    this.#result = this.#finish({ message: this.#message.digest(), payload, parts: digests })
  }
}
