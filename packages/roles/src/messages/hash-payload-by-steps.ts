import type { Hash32 } from '@zkstack/crypto'
import { hashPayload } from './msg.js'
import { PayloadHasher, payloadPartBytes } from './payload-hasher.js'

/** `hashPayload`, with turns for others while a payload above 63 KiB is hashed; it must not change meanwhile. */
export async function hashPayloadBySteps(
  payload: Uint8Array,
  yieldTurn: () => Promise<void>,
): Promise<Hash32> {
  if (payload.length <= payloadPartBytes) return hashPayload(payload)
  const hasher = new PayloadHasher(payload)
  while (!hasher.isDone) {
    hasher.next()
    await yieldTurn()
  }
  return hasher.digests.at(-1) ?? hashPayload(payload)
}
