import { bytesEqual, DecodeError, type SignatureScheme } from '@zkstack/crypto'
import {
  decodeSigned,
  HashedProposal,
  payloadPartBytes,
  payloadPartCount,
  type ProposalHasher,
  type ProposalJustification,
  type Signed,
} from '@zkstack/roles'
import { digestAt, type PartsHead } from '../parts/part-frame.js'

/** What became of a step: more are due, the part is right, it was the last one, or it is not the one announced. */
export type PartVerdict =
  | { readonly type: 'hashing' | 'right' | 'wrong' }
  | { readonly type: 'done'; readonly message: Signed }

/**
 * A large proposal on its way in. Each part is checked against the list that came before it, and hashed, once, for whoever
 * looks at the proposal later; the list itself is the word of the leader at the other end of this very connection, and
 * ends in the payload's hash.
 */
export class ProposalAssembly {
  readonly #head: PartsHead
  readonly #signed: Signed
  readonly #isWanted: boolean
  readonly #justification: ProposalJustification
  /** Made when the first part has come: a head alone takes no memory. */
  #work: { readonly payload: Uint8Array; readonly hasher: ProposalHasher } | undefined
  #parts = 0

  /** @throws DecodeError when the head is none of a large proposal, or its payload is above the limit. */
  constructor(
    head: PartsHead,
    o: {
      readonly scheme: SignatureScheme
      readonly maxPayloadBytes: number
      /** Whether a proposal is of use; the parts of others are passed over. */
      isWanted(announced: Signed): boolean
    },
  ) {
    if (head.payloadBytes <= payloadPartBytes || head.payloadBytes > o.maxPayloadBytes) {
      throw new DecodeError('OUT_OF_RANGE', `a payload of ${head.payloadBytes} bytes in parts`)
    }
    const signed = decodeSigned(head.message, o.scheme)
    const { msg } = signed
    if (msg.type !== 'leaderProposal' || msg.value.payload?.length !== 0) {
      throw new DecodeError('MALFORMED', 'the head of a proposal is none')
    }
    this.#head = head
    this.#signed = signed
    this.#justification = msg.value.justification
    this.#isWanted = o.isWanted(signed)
  }

  /** Whether its last part has come. */
  get isComplete(): boolean {
    return this.#parts === payloadPartCount(this.#head.payloadBytes)
  }

  /** Takes the next part, to be hashed by steps; false when it is not of the announced size. */
  take(part: Uint8Array): boolean {
    const at = this.#parts * payloadPartBytes
    if (part.length !== Math.min(payloadPartBytes, this.#head.payloadBytes - at)) return false
    if (!this.#isWanted) return true
    this.#work ??= this.#begin()
    this.#work.payload.set(part, at)
    return true
  }

  /** Hashes a piece of the part taken; does nothing but count the parts of a proposal that nobody wants. */
  step(): PartVerdict {
    if (!this.#work) {
      this.#parts++
      return { type: 'right' }
    }
    const { hasher } = this.#work
    hasher.next()
    const digest = hasher.digests[this.#parts]
    if (digest === undefined) return { type: 'hashing' }
    if (!bytesEqual(digest, digestAt(this.#head, this.#parts))) return { type: 'wrong' }
    this.#parts++
    if (hasher.result === undefined) return { type: 'right' }
    const msg = { type: 'leaderProposal', value: hasher.result } as const
    return { type: 'done', message: { ...this.#signed, msg } }
  }

  #begin(): { payload: Uint8Array; hasher: ProposalHasher } {
    const payload = new Uint8Array(this.#head.payloadBytes)
    const hasher = HashedProposal.start({ payload, justification: this.#justification })
    return { payload, hasher }
  }
}
