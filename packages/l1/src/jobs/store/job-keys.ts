import { concatBytes, DecodeError } from '@zkstack/crypto'
import { address, type Address } from '@zkstack/pessimistic-proof'
import { jobId, type JobId } from '../job-id.js'

/** Names of the tables, as Agglayer's node has them; the last one is ours. @see agglayer-storage, state database */
export const jobTables = {
  jobs: 'settlement_jobs_cf',
  jobResults: 'settlement_job_results_cf',
  attempts: 'settlement_attempts_cf',
  attemptResults: 'settlement_attempt_results_cf',
  attemptsPerWallet: 'settlement_attempt_per_wallet_cf',
  /** The signed bytes of each attempt. */
  attemptTransactions: 'settlement_attempt_transactions_cf',
} as const

const JOB_ID_BYTES = 16
const ATTEMPT_BYTES = JOB_ID_BYTES + 8
const WALLET_BYTES = 20 + 8 + ATTEMPT_BYTES

/** Key of an attempt: ULID (16) ‖ u64 BE number. */
export function attemptKey(id: JobId, number: number): Uint8Array {
  return concatBytes(id, be64(BigInt(number)))
}

/** Inverse of {@link attemptKey}. @throws DecodeError `BAD_KEY` */
export function decodeAttemptKey(key: Uint8Array): { readonly id: JobId; readonly number: number } {
  if (key.length !== ATTEMPT_BYTES)
    throw badKey(`expected ${ATTEMPT_BYTES} bytes, got ${key.length}`)
  const number = u64(key, JOB_ID_BYTES)
  if (number > BigInt(Number.MAX_SAFE_INTEGER)) throw badKey(`the attempt's number ${number}`)
  return { id: jobId(key.slice(0, JOB_ID_BYTES)), number: Number(number) }
}

/** All attempts of a job. */
export function attemptRange(id: JobId): { readonly gte: Uint8Array; readonly lt: Uint8Array } {
  return prefixRange(id)
}

/** Key of an attempt in the index of wallets: address (20) ‖ u64 BE nonce ‖ ULID (16) ‖ u64 BE number. */
export function walletKey(
  wallet: Address,
  nonce: bigint,
  attempt: { readonly id: JobId; readonly number: number },
): Uint8Array {
  return concatBytes(wallet, be64(nonce), attemptKey(attempt.id, attempt.number))
}

/** Inverse of {@link walletKey}. @throws DecodeError `BAD_KEY` */
export function decodeWalletKey(key: Uint8Array): {
  readonly wallet: Address
  readonly nonce: bigint
  readonly id: JobId
  readonly number: number
} {
  if (key.length !== WALLET_BYTES) throw badKey(`expected ${WALLET_BYTES} bytes, got ${key.length}`)
  const wallet = address(key.slice(0, 20))
  return { wallet, nonce: u64(key, 20), ...decodeAttemptKey(key.subarray(28)) }
}

/** All attempts of a wallet, in the order of their nonces. */
export function walletRange(wallet: Address): {
  readonly gte: Uint8Array
  readonly lt: Uint8Array
} {
  return prefixRange(wallet)
}

/** All attempts with a nonce of a wallet. */
export function nonceRange(
  wallet: Address,
  nonce: bigint,
): { readonly gte: Uint8Array; readonly lt: Uint8Array } {
  return prefixRange(concatBytes(wallet, be64(nonce)))
}

/** All keys that begin so: none is longer than the bound. */
function prefixRange(prefix: Uint8Array): { readonly gte: Uint8Array; readonly lt: Uint8Array } {
  return { gte: prefix, lt: concatBytes(prefix, new Uint8Array(WALLET_BYTES).fill(0xff)) }
}

function be64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, value)
  return bytes
}

function u64(bytes: Uint8Array, offset: number): bigint {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getBigUint64(offset)
}

function badKey(message: string): DecodeError {
  return new DecodeError('BAD_KEY', message)
}
