import { toHex, type Hash32 } from '@zkstack/crypto'
import {
  formatJobId,
  type AttemptRecord,
  type AttemptResult,
  type ContractCall,
  type JobRecord,
  type JobResult,
  type JobStatus,
} from '@zkstack/l1'
import { json } from '@zkstack/pessimistic-proof'

type Members = readonly (readonly [string, json.JsonValue])[]

/** A row of `admin_listSettlementJobs`. */
export function jobSummaryJson(
  { id, status, hasLiveTask, attempts, lastError }: JobStatus,
  certificateId: Hash32 | undefined,
): json.JsonValue {
  return new Map<string, json.JsonValue>([
    ['jobId', formatJobId(id)],
    ['certificateId', certificateId === undefined ? null : hex(certificateId)],
    ['status', status],
    ['hasLiveTask', hasLiveTask],
    ['attemptCount', number(attempts)],
    ['lastError', lastError ?? null],
  ])
}

/** What `admin_getSettlementJob` answers. Numbers that may be above 2^53 are texts in hexadecimal. */
export function jobDetailJson(
  { id, status, hasLiveTask, lastError, record }: JobStatus & { readonly record: JobRecord },
  certificateId: Hash32 | undefined,
): json.JsonValue {
  const { job, attempts, result } = record
  return new Map<string, json.JsonValue>([
    ['jobId', formatJobId(id)],
    ['certificateId', certificateId === undefined ? null : hex(certificateId)],
    ['status', status],
    ['hasLiveTask', hasLiveTask],
    ['contractAddress', hex(job.to)],
    ['ethValue', `0x${job.value.toString(16)}`],
    ['gasLimit', number(job.gasLimit)],
    ['calldata', hex(job.calldata)],
    ['attempts', attempts.map(attemptJson)],
    ['jobResult', result === undefined ? null : jobResultJson(result)],
    ['lastError', lastError ?? null],
  ])
}

function attemptJson({ attempt, result }: AttemptRecord): json.JsonValue {
  return new Map<string, json.JsonValue>([
    ['attemptNumber', number(attempt.number)],
    ['senderWallet', hex(attempt.wallet)],
    ['nonce', number(attempt.nonce)],
    ['txHash', hex(attempt.transactionHash)],
    ['submissionTimeUnixSecs', number(Math.floor(attempt.submittedAtMs / 1000))],
    ['maxFeePerGas', number(attempt.maxFeePerGas)],
    ['maxPriorityFeePerGas', number(attempt.maxPriorityFeePerGas)],
    ['result', result === undefined ? null : attemptResultJson(result)],
  ])
}

function attemptResultJson(result: AttemptResult): json.JsonValue {
  return result.type === 'clientError'
    ? new Map([
        ['type', 'clientError'],
        ['kind', result.kind],
        ['message', result.message],
      ])
    : new Map<string, json.JsonValue>([
        ['type', 'contractCall'],
        ...callMembers(result.call),
        ['blockHash', hex(result.call.blockHash)],
      ])
}

/** How a job ended. */
export function jobResultJson({ wallet, nonce, attemptNumber, call }: JobResult): json.JsonValue {
  return new Map<string, json.JsonValue>([
    ['wallet', hex(wallet)],
    ['nonce', number(nonce)],
    ['attemptNumber', number(attemptNumber)],
    ...callMembers(call),
  ])
}

function callMembers({ outcome, transactionHash, blockNumber }: ContractCall): Members {
  return [
    ['outcome', outcome === 'success' ? 'success' : 'revert'],
    ['txHash', hex(transactionHash)],
    ['blockNumber', number(blockNumber)],
  ]
}

function hex(bytes: Uint8Array): string {
  return `0x${toHex(bytes)}`
}

function number(value: number | bigint): json.JsonNumber {
  return new json.JsonNumber(String(value))
}
