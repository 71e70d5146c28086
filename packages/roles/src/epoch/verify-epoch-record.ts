import { err, ok, type Result } from '@zkstack/crypto'
import { uint64Max } from '../codec/varint.js'
import type { EpochScope } from '../messages/epoch-scope.js'
import { epochScopeOf, type EpochCertificate, type EpochRecord } from './epoch-record.js'
import { hashEpoch } from './epoch-hash.js'

/** Why an epoch does not follow from the one before. */
export type EpochRecordError =
  /** Its number is not the next one. */
  | { readonly code: 'NOT_NEXT_EPOCH'; readonly got: bigint; readonly want: bigint }
  /** It begins no later than the epoch before, or beyond the last number that a block may have. */
  | { readonly code: 'FIRST_BLOCK'; readonly got: bigint; readonly above: bigint }
  | { readonly code: 'OTHER_SCHEME' }
  | { readonly code: 'NO_CERTIFICATE' }
  | { readonly code: 'BAD_SIGNERS_SET'; readonly got: number; readonly want: number }
  | { readonly code: 'NOT_ENOUGH_WEIGHT'; readonly got: bigint; readonly want: bigint }
  | { readonly code: 'BAD_SIGNATURE' }

/**
 * Verifies that the committee of the epoch before handed over to this one: a quorum of it signed number, first block and
 * schedule. Its honest members have verified the proofs of possession before they signed, so nobody else need do so.
 *
 * @returns what messages and blocks of the epoch are judged by.
 * @see docs/spec/messages.md V11
 */
export function verifyEpochRecord(
  record: EpochRecord,
  before: EpochScope,
): Result<EpochScope, EpochRecordError> {
  const { epoch, firstBlock, schedule, certificate } = record
  const want = before.epoch + 1n
  if (epoch !== want) return err({ code: 'NOT_NEXT_EPOCH', got: epoch, want })
  if (firstBlock <= before.firstBlock || firstBlock > uint64Max) {
    return err({ code: 'FIRST_BLOCK', got: firstBlock, above: before.firstBlock })
  }
  if (schedule.scheme.id !== before.schedule.scheme.id) return err({ code: 'OTHER_SCHEME' })
  if (certificate === undefined) return err({ code: 'NO_CERTIFICATE' })
  const scope = epochScopeOf(record, before.genesis)
  const judged = verifyCertificate(certificate, scope, before)
  return judged.ok ? ok(scope) : judged
}

function verifyCertificate(
  { signers, signature }: EpochCertificate,
  scope: EpochScope,
  before: EpochScope,
): Result<void, EpochRecordError> {
  const { schedule } = before
  if (signers.length !== schedule.length) {
    return err({ code: 'BAD_SIGNERS_SET', got: signers.length, want: schedule.length })
  }
  const weight = signers.weight(schedule)
  if (weight < schedule.quorum) {
    return err({ code: 'NOT_ENOUGH_WEIGHT', got: weight, want: schedule.quorum })
  }
  if (!schedule.scheme.isCanonicalAggregate(signature, signers.count)) {
    return err({ code: 'BAD_SIGNATURE' })
  }
  const message = hashEpoch(scope)
  const claims = signers.indices().flatMap((index) => {
    const key = schedule.at(index)?.handle
    return key === undefined ? [] : [{ index, key, message }]
  })
  const valid = schedule.scheme.verifyAggregate(claims, signature)
  return valid ? ok(undefined) : err({ code: 'BAD_SIGNATURE' })
}
