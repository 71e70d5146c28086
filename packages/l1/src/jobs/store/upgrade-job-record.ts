import { DecodeError, toHex } from '@zkstack/crypto'
import { checkedBody, checkedRecord, StorageError } from '@zkstack/storage'
import { parseTransaction } from 'viem'
import { jobId } from '../job-id.js'
import { jobTables } from './job-keys.js'
import { decodeAttempt, decodeAttemptResult, decodeJob, decodeJobResult } from './job-records.js'

/**
 * The record with its checksum, of one that was stored when job records had none; `undefined`: it has one already, or is neither, and
 * stays as it is.
 * @param table one of {@link jobTables}
 */
export function upgradeJobRecord(
  table: string,
  key: Uint8Array,
  value: Uint8Array,
): Uint8Array | undefined {
  const read = readers[table]
  if (read === undefined || isChecked(table, key, value)) return undefined
  try {
    read(value)
  } catch (e) {
    if (e instanceof DecodeError) return undefined
    throw e
  }
  return checkedRecord(table, key, value).value
}

/** Read a record without a checksum, or throw a DecodeError. */
const readers: Readonly<Record<string, (value: Uint8Array) => unknown>> = {
  [jobTables.jobs]: (value) => decodeJob(jobId(new Uint8Array(16)), value),
  [jobTables.jobResults]: decodeJobResult,
  [jobTables.attempts]: (value) => decodeAttempt(0, value),
  [jobTables.attemptResults]: decodeAttemptResult,
  [jobTables.attemptTransactions]: checkTransaction,
  [jobTables.attemptsPerWallet]: checkEmpty,
}

function isChecked(table: string, key: Uint8Array, value: Uint8Array): boolean {
  try {
    checkedBody(table, key, value)
    return true
  } catch (e) {
    if (e instanceof StorageError) return false
    throw e
  }
}

function checkTransaction(value: Uint8Array): void {
  try {
    parseTransaction(`0x${toHex(value)}`)
  } catch {
    throw new DecodeError('BAD_VARIANT', 'no signed transaction')
  }
}

function checkEmpty(value: Uint8Array): void {
  if (value.length > 0) throw new DecodeError('TRAILING_BYTES', `${value.length} bytes too many`)
}
