import type { SignatureScheme } from '@zkstack/crypto'
import { sizeOfVarint } from '../codec/varint.js'

const UINT64_FIELD = 11
/** A field that holds a digest message. */
const HASH_FIELD = 36

function field(bytes: number): number {
  return 1 + sizeOfVarint(bytes) + bytes
}

/** What decides how large a message can be. */
export interface MessageSizeParameters {
  /** Number of validators in the schedule. */
  readonly validators: number
  readonly scheme: SignatureScheme
  readonly maxPayloadBytes: number
}

/**
 * Largest canonical size in bytes of a signed consensus message: that of a proposal with a full payload whose TimeoutQC holds
 * a distinct vote of every validator, each with a high vote and a CommitQC of all validators (rule 25).
 */
export function maxMessageBytes(o: MessageSizeParameters): number {
  const aggregate = field(field(o.scheme.aggregateBytes(o.validators)))
  const signers = field(1 + sizeOfVarint(o.validators) + field(Math.ceil(o.validators / 8)))
  const view = field(HASH_FIELD + 2 * UINT64_FIELD)
  const commit = field(view + field(UINT64_FIELD + HASH_FIELD))
  const commitQc = field(commit + signers + aggregate)
  const timeout = field(view + commit + commitQc)
  const timeoutQc = field(view + o.validators * (timeout + signers) + aggregate)
  const proposal = field(field(o.maxPayloadBytes) + field(timeoutQc))
  const key = field(field(o.scheme.publicKeyBytes))
  const signature = field(field(o.scheme.signatureBytes))
  return field(field(field(proposal))) + key + signature
}
