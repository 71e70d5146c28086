import { DecodeError, keccak256, toHex, type SignatureScheme } from '@zkstack/crypto'
import { decodeSigned, labelOf, viewOf } from '@zkstack/roles'

/** What a faulty member sends need not be a message; a hash tells variants apart. */
export function describeActorFrame(frame: Uint8Array, scheme: SignatureScheme): string {
  const name = toHex(keccak256(frame)).slice(0, 8)
  try {
    const { msg } = decodeSigned(frame, scheme)
    return `${labelOf(msg)} ${viewOf(msg).number}, by an actor, ${name}`
  } catch (e) {
    if (e instanceof DecodeError) return `no message, by an actor, ${name}`
    throw e
  }
}
