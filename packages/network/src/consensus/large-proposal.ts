import {
  encodeSigned,
  HashedProposal,
  PayloadHasher,
  payloadPartBytes,
  type Signed,
} from '@zkstack/roles'
import { encodePartsHead } from '../parts/part-frame.js'

/** Whether a message is a proposal that travels in parts. */
export function isLargeProposal({ msg }: Signed): boolean {
  return msg.type === 'leaderProposal' && (msg.value.payload?.length ?? 0) > payloadPartBytes
}

/** A proposal of ours that travels in parts, prepared once for all peers. */
export class LargeProposal {
  readonly payload: Uint8Array
  readonly #message: Uint8Array
  readonly #known: readonly Uint8Array[] | undefined
  #head: Promise<Uint8Array> | undefined

  /** @throws TypeError for any other message. */
  constructor(signed: Signed) {
    const { msg } = signed
    if (msg.type !== 'leaderProposal' || msg.value.payload === undefined) {
      throw new TypeError('signed: no proposal with a payload')
    }
    this.payload = msg.value.payload
    const value = { payload: new Uint8Array(0), justification: msg.value.justification }
    this.#message = encodeSigned({ ...signed, msg: { type: msg.type, value } })
    if (msg.value instanceof HashedProposal) this.#known = msg.value.partDigests
  }

  /** The frame before the parts. Whoever hashed the proposal before has done all the work. */
  head(yieldTurn: () => Promise<void>): Promise<Uint8Array> {
    this.#head ??= this.#encodeHead(yieldTurn)
    return this.#head
  }

  /** The parts, in order: views of the payload. */
  *parts(): Generator<Uint8Array, void, undefined> {
    for (let at = 0; at < this.payload.length; at += payloadPartBytes) {
      yield this.payload.subarray(at, at + payloadPartBytes)
    }
  }

  async #encodeHead(yieldTurn: () => Promise<void>): Promise<Uint8Array> {
    const digests = this.#known ?? (await hashParts(this.payload, yieldTurn))
    return encodePartsHead({
      payloadBytes: this.payload.length,
      digests,
      message: this.#message,
    })
  }
}

async function hashParts(
  payload: Uint8Array,
  yieldTurn: () => Promise<void>,
): Promise<readonly Uint8Array[]> {
  const hasher = new PayloadHasher(payload)
  while (!hasher.isDone) {
    hasher.next()
    await yieldTurn()
  }
  return hasher.digests
}
