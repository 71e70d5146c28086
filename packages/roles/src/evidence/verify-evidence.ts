import { bytesEqual, DecodeError, err, ok, type Result } from '@zkstack/crypto'
import type { Genesis } from '../genesis/genesis.js'
import { viewOf } from '../messages/consensus-msg.js'
import type { EpochScope } from '../messages/epoch-scope.js'
import type { Signed } from '../messages/signed.js'
import { verifySigned } from '../messages/signed.js'
import type { ViewVerifyError } from '../messages/view.js'
import { verifyView } from '../messages/view.js'
import type { ConflictKind } from './conflict.js'
import type { Evidence } from './evidence.js'
import { createEvidence, decodeEvidence, encodeEvidence } from './evidence.js'

/** Why evidence proves nothing. */
export type EvidenceError =
  /** The bytes are no evidence, or the evidence has none. */
  | { readonly code: 'MALFORMED'; readonly cause: DecodeError }
  /** The genesis names no validators: give the scope of the epoch. */
  | { readonly code: 'NO_SCHEDULE' }
  /** The messages have different authors. */
  | { readonly code: 'DIFFERENT_AUTHORS' }
  /** The author is not in the schedule. */
  | { readonly code: 'NON_VALIDATOR_SIGNER' }
  /** A message is of another chain or epoch. */
  | { readonly code: 'BAD_VIEW'; readonly cause: ViewVerifyError }
  /** An honest validator may have signed both messages, or they contradict each other in another way than claimed. */
  | { readonly code: 'NO_CONFLICT' }
  /** A signature is wrong. */
  | { readonly code: 'BAD_SIGNATURE'; readonly of: 'first' | 'second' }

/** What verified evidence proves. */
export interface ProvenFault {
  readonly conflict: ConflictKind
  /** Index in the schedule. */
  readonly validator: number
  /** Canonical public key. */
  readonly key: Uint8Array
  readonly epoch: bigint
  /** The view of both messages, or that of the commit. */
  readonly view: bigint
}

/**
 * Judges evidence, decoded or as bytes, by nothing but itself and the validators of its epoch: those of `scope`, or those of
 * a genesis that fixes them for ever (epoch 0). Costs two signature checks at most; never throws for what it is given to judge.
 *
 * @see docs/spec/messages.md V10
 */
export function verifyEvidence(
  evidence: Evidence | Uint8Array,
  chain: Genesis | EpochScope,
): Result<ProvenFault, EvidenceError> {
  const scope = scopeOf(chain)
  if (scope === undefined) return err({ code: 'NO_SCHEDULE' })
  const decoded = evidence instanceof Uint8Array ? decode(evidence, scope) : encodable(evidence)
  return decoded.ok ? judge(decoded.value, scope) : decoded
}

function scopeOf(chain: Genesis | EpochScope): EpochScope | undefined {
  if ('genesis' in chain) return chain
  const { hash: genesis, schedule, firstBlock } = chain
  return schedule && { genesis, epoch: 0n, schedule, firstBlock }
}

function decode(bytes: Uint8Array, { schedule }: EpochScope): Result<Evidence, EvidenceError> {
  try {
    return ok(decodeEvidence(bytes, schedule.scheme, { maxValidators: schedule.length }))
  } catch (e) {
    if (e instanceof DecodeError) return err({ code: 'MALFORMED', cause: e })
    throw e
  }
}

/** The evidence, if it has bytes at all. */
function encodable(evidence: Evidence): Result<Evidence, EvidenceError> {
  try {
    encodeEvidence(evidence)
    return ok(evidence)
  } catch (e) {
    if (!(e instanceof RangeError)) throw e
    return err({ code: 'MALFORMED', cause: new DecodeError('OUT_OF_RANGE', e.message) })
  }
}

function judge(evidence: Evidence, scope: EpochScope): Result<ProvenFault, EvidenceError> {
  const { conflict, key } = evidence
  if (!bytesEqual(evidence.first.key, key) || !bytesEqual(evidence.second.key, key)) {
    return err({ code: 'DIFFERENT_AUTHORS' })
  }
  const validator = scope.schedule.indexOf(key)
  if (validator === undefined) return err({ code: 'NON_VALIDATOR_SIGNER' })
  const elsewhere = checkScope(evidence.first, scope) ?? checkScope(evidence.second, scope)
  if (elsewhere !== undefined) return err(elsewhere)
  const ordered = createEvidence(evidence.first, evidence.second)
  if (ordered?.conflict !== conflict) return err({ code: 'NO_CONFLICT' })
  const { first, second } = ordered
  if (!verifySigned(first, scope.schedule)) return err({ code: 'BAD_SIGNATURE', of: 'first' })
  if (!verifySigned(second, scope.schedule)) return err({ code: 'BAD_SIGNATURE', of: 'second' })
  const view = viewOf(first.msg).number
  return ok({ conflict, validator, key, epoch: scope.epoch, view })
}

function checkScope({ msg }: Signed, scope: EpochScope): EvidenceError | undefined {
  const view = verifyView(viewOf(msg), scope)
  return view.ok ? undefined : { code: 'BAD_VIEW', cause: view.error }
}
