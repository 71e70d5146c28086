import { DecodeError, hash32, toHex, type Hash32 } from '@zkstack/crypto'
import { address, type Address } from '@zkstack/pessimistic-proof'
import type {
  Attempt,
  AttemptResult,
  ClientErrorKind,
  ContractCall,
  Job,
  JobResult,
} from '../job.js'
import type { JobId } from '../job-id.js'
import { encodeFields, ProtoFields } from './proto-fields.js'

// Upstream wraps every scalar in a message of its own: `Address { bytes = 1 }`, `Nonce { uint64 = 1 }`, `EthValue { Uint256 = 1 }`.

/** Value of a job: `{ 1 contract_address, 2 calldata, 3 eth_value, 4 gas_limit }`. @see agglayer.storage.v0.SettlementJob */
export function encodeJob({ to, calldata, value, gasLimit }: Job): Uint8Array {
  return encodeFields(
    [1, wrapped(to)],
    [2, wrapped(calldata)],
    [3, wrapped(wrapped(unsigned(value, 32)))],
    [4, wrapped(unsigned(gasLimit, 16))],
  )
}

/** Inverse of {@link encodeJob}. @throws DecodeError */
export function decodeJob(id: JobId, bytes: Uint8Array): Job {
  const fields = new ProtoFields('job', bytes)
  return {
    id,
    to: addressAt(fields, 1),
    calldata: fields.message(2).bytes(1),
    value: numberOf(fields.message(3).message(1).fixed(1, 32)),
    gasLimit: numberOf(fields.message(4).fixed(1, 16)),
  }
}

/**
 * Value of an attempt: `{ 1 sender_wallet, 2 nonce, 3 max_fee_per_gas, 4 max_priority_fee_per_gas, 5 tx_hash,
 * 6 submission_time }`. @see agglayer.storage.v0.SettlementAttempt
 */
export function encodeAttempt(attempt: Attempt): Uint8Array {
  const ms = BigInt(Math.floor(attempt.submittedAtMs))
  const nanos = (ms % 1000n) * 1_000_000n
  return encodeFields(
    [1, wrapped(attempt.wallet)],
    [2, encodeFields([1, attempt.nonce])],
    [3, wrapped(unsigned(attempt.maxFeePerGas, 16))],
    [4, wrapped(unsigned(attempt.maxPriorityFeePerGas, 16))],
    [5, wrapped(attempt.transactionHash)],
    [6, encodeFields([1, ms / 1000n], [2, nanos])],
  )
}

/** Inverse of {@link encodeAttempt}. @throws DecodeError */
export function decodeAttempt(number: number, bytes: Uint8Array): Attempt {
  const fields = new ProtoFields('attempt', bytes)
  const time = fields.message(6)
  return {
    number,
    wallet: addressAt(fields, 1),
    nonce: fields.message(2).varint(1),
    maxFeePerGas: numberOf(fields.message(3).fixed(1, 16)),
    maxPriorityFeePerGas: numberOf(fields.message(4).fixed(1, 16)),
    transactionHash: hashAt(fields, 5),
    submittedAtMs: Number(time.varint(1)) * 1000 + Math.floor(Number(time.varint(2)) / 1_000_000),
  }
}

/** Value of an attempt's result: one of `{ 1 client_error, 2 contract_call_result }`. @see agglayer.storage.v0.TxResult */
export function encodeAttemptResult(result: AttemptResult): Uint8Array {
  if (result.type === 'contractCall') return encodeFields([2, encodeCall(result.call)])
  const kind = BigInt(clientErrors.indexOf(result.kind))
  const message = new TextEncoder().encode(result.message)
  return encodeFields([1, encodeFields([1, kind], [2, message])])
}

/** Inverse of {@link encodeAttemptResult}. @throws DecodeError */
export function decodeAttemptResult(bytes: Uint8Array): AttemptResult {
  const fields = new ProtoFields('result', bytes)
  if (fields.has(2)) return { type: 'contractCall', call: decodeCall(fields.message(2)) }
  if (!fields.has(1)) throw new DecodeError('MISSING_FIELD', 'a result of no kind')
  const error = fields.message(1)
  const kind = clientErrors[Number(error.varint(1))]
  if (kind === undefined) throw new DecodeError('BAD_VARIANT', `client error ${error.varint(1)}`)
  return { type: 'clientError', kind, message: new TextDecoder().decode(error.bytes(2)) }
}

/** Value of a job's result: `{ 1 wallet, 2 nonce, 3 attempt_number, 4 contract_call_result }`. */
export function encodeJobResult(result: JobResult): Uint8Array {
  return encodeFields(
    [1, wrapped(result.wallet)],
    [2, encodeFields([1, result.nonce])],
    [3, encodeFields([1, BigInt(result.attemptNumber)])],
    [4, encodeCall(result.call)],
  )
}

/** Inverse of {@link encodeJobResult}. @throws DecodeError */
export function decodeJobResult(bytes: Uint8Array): JobResult {
  const fields = new ProtoFields('job result', bytes)
  return {
    wallet: addressAt(fields, 1),
    nonce: fields.message(2).varint(1),
    attemptNumber: Number(fields.message(3).varint(1)),
    call: decodeCall(fields.message(4)),
  }
}

/** By their numbers on the wire. */
const clientErrors: readonly ClientErrorKind[] = [
  'unknown',
  'nonceAlreadyUsed',
  'settlementSucceededElsewhere',
  'abandonedByAdmin',
]

/** By their numbers on the wire; 0 says nothing. */
const outcomes: readonly (ContractCall['outcome'] | undefined)[] = [
  undefined,
  'success',
  'reverted',
]

/** `{ 1 outcome, 2 metadata, 3 block_hash, 4 block_number, 5 tx_hash }`; no metadata is kept. */
function encodeCall(call: ContractCall): Uint8Array {
  return encodeFields(
    [1, BigInt(outcomes.indexOf(call.outcome))],
    [2, new Uint8Array()],
    [3, wrapped(call.blockHash)],
    [4, encodeFields([1, call.blockNumber])],
    [5, wrapped(call.transactionHash)],
  )
}

function decodeCall(fields: ProtoFields): ContractCall {
  const outcome = outcomes[Number(fields.varint(1))]
  if (outcome === undefined) throw new DecodeError('BAD_VARIANT', `outcome ${fields.varint(1)}`)
  return {
    outcome,
    blockHash: hashAt(fields, 3),
    blockNumber: fields.message(4).varint(1),
    transactionHash: hashAt(fields, 5),
  }
}

function wrapped(bytes: Uint8Array): Uint8Array {
  return encodeFields([1, bytes])
}

function addressAt(fields: ProtoFields, number: number): Address {
  return address(fields.message(number).fixed(1, 20))
}

function hashAt(fields: ProtoFields, number: number): Hash32 {
  return hash32(fields.message(number).fixed(1, 32))
}

/** Big-endian. @throws RangeError when the number needs more bytes. */
function unsigned(value: bigint, length: number): Uint8Array {
  if (value < 0n || value >> BigInt(8 * length) > 0n)
    throw new RangeError(`expected an unsigned number of ${length} bytes, got ${value}`)
  const bytes = new Uint8Array(length)
  for (let i = length - 1, rest = value; rest > 0n; i--, rest >>= 8n) bytes[i] = Number(rest & 255n)
  return bytes
}

function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${toHex(bytes)}`)
}
