import { ok, type Hash32, type Result } from '@zkstack/crypto'
import {
  formatJobId,
  parseJobId,
  type ForeignAttempt,
  type JobEdit,
  type JobError,
  type JobId,
} from '@zkstack/l1'
import { json, type Address, type CallOptions } from '@zkstack/pessimistic-proof'
import { rpcMethod, type RpcMethod, type RpcResult } from '../json-rpc/rpc-method.js'
import type { SettlementService } from '../settlement-service.js'
import { jobErrorAnswer } from './job-error.js'
import { jobDetailJson, jobSummaryJson } from './job-json.js'

const jobIdJson: json.Json<JobId> = json.mapped(json.text, formatJobId, (text) => {
  const id = parseJobId(text)
  if (id !== undefined) return id
  throw new json.CodecFailure('BAD_TEXT', 'expected a ULID')
})

/** `"force=true"`, `"force=false"` or nothing. */
const force: json.Json<boolean> = json.withDefault(
  json.mapped(
    json.nullable(json.text),
    (value: boolean) => `force=${value}`,
    (text) => {
      if (text === undefined || text === 'force=false') return false
      if (text === 'force=true') return true
      throw new json.CodecFailure('BAD_VARIANT', 'expected force=true or force=false')
    },
  ),
  () => false,
)

interface AttemptJson {
  readonly txHash: Hash32
  readonly senderWallet: Address | undefined
  readonly nonce: bigint | undefined
  readonly submissionTimeUnixSecs: bigint | undefined
  readonly maxFeePerGas: bigint | undefined
  readonly maxPriorityFeePerGas: bigint | undefined
}

const u64 = json.nullable(json.u64)

/** The one object whose members are in camel case. */
const attemptJson: json.Json<AttemptJson> = inCamelCase(
  json.struct<AttemptJson>({
    txHash: json.hash,
    senderWallet: json.nullable(json.addressHex),
    nonce: u64,
    submissionTimeUnixSecs: u64,
    maxFeePerGas: json.nullable(json.u256),
    maxPriorityFeePerGas: json.nullable(json.u256),
  }),
)

/** The methods about settlement jobs. The discipline of recovery is: abort, edit, reload. */
export function jobMethods(service: SettlementService): readonly (readonly [string, RpcMethod])[] {
  const { admin } = service.node.jobs
  const ofJob = (act: (id: JobId) => Promise<Result<void, JobError>>): RpcMethod =>
    rpcMethod<{ readonly jobId: JobId }>({ jobId: jobIdJson }, async ({ jobId }) => {
      const done = await act(jobId)
      return done.ok ? ok(null) : jobErrorAnswer(done.error, formatJobId(jobId))
    })
  return [
    ['admin_listSettlementJobs', rpcMethod({}, () => list(service))],
    ['admin_getSettlementJob', detail(service)],
    ['admin_abortSettlementTask', ofJob((id) => admin.abort(id))],
    ['admin_reloadAndRestartSettlementTask', ofJob((id) => admin.reload(id))],
    ['admin_reloadSettlementTask', ofJob((id) => admin.reload(id))],
    ['admin_forceRemoveSettlementJobResult', ofJob((id) => admin.forceRemoveJobResult(id))],
    ['admin_insertSettlementAttempt', insertAttempt(service)],
    ['admin_markSettlementAttemptDefinitelyFailed', markFailed(service)],
    ['admin_removeSettlementAttemptResult', removeResult(service)],
  ]
}

async function list({ node }: SettlementService): Promise<RpcResult> {
  const rows: json.JsonValue[] = []
  for await (const status of node.jobs.jobs())
    rows.push(jobSummaryJson(status, await node.store.certificateOf(status.id)))
  return ok(rows)
}

function detail({ node }: SettlementService): RpcMethod {
  return rpcMethod<{ readonly jobId: JobId }>({ jobId: jobIdJson }, async ({ jobId }) => {
    const job = await node.jobs.job(jobId)
    if (!job.ok) return jobErrorAnswer(job.error, formatJobId(jobId))
    return ok(jobDetailJson(job.value, await node.store.certificateOf(jobId)))
  })
}

interface AttemptParams {
  readonly jobId: JobId
  readonly attemptNumber: number
  readonly force: boolean
}

function insertAttempt({ node }: SettlementService): RpcMethod {
  return rpcMethod<{
    readonly jobId: JobId
    readonly attempt: AttemptJson
    readonly force: boolean
  }>({ jobId: jobIdJson, attempt: attemptJson, force }, async (params, o) => {
    const { jobId, attempt, force: isForced } = params
    const options: CallOptions & { readonly force: boolean } = { ...o, force: isForced }
    const inserted = await node.jobs.admin.insertAttempt(jobId, foreignAttempt(attempt), options)
    return edited(inserted, jobId)
  })
}

function foreignAttempt(attempt: AttemptJson): ForeignAttempt {
  const { txHash, senderWallet: wallet, submissionTimeUnixSecs: time, ...plain } = attempt
  const submittedAtMs = time === undefined ? undefined : Number(time) * 1000
  return { ...plain, transactionHash: txHash, wallet, submittedAtMs }
}

function markFailed({ node }: SettlementService): RpcMethod {
  return rpcMethod<AttemptParams & { readonly reason: string }>(
    { jobId: jobIdJson, attemptNumber: json.u32, reason: json.text, force },
    async ({ jobId, attemptNumber, reason, force: isForced }) => {
      const o = { force: isForced }
      const done = await node.jobs.admin.markAttemptDefinitelyFailed(
        jobId,
        attemptNumber,
        reason,
        o,
      )
      return edited(done, jobId)
    },
  )
}

function removeResult({ node }: SettlementService): RpcMethod {
  return rpcMethod<AttemptParams>(
    { jobId: jobIdJson, attemptNumber: json.u32, force },
    async ({ jobId, attemptNumber, force: isForced }) =>
      edited(
        await node.jobs.admin.removeAttemptResult(jobId, attemptNumber, { force: isForced }),
        jobId,
      ),
  )
}

const liveTaskNames = { queued: 'queued', absent: 'absent', notifyFailed: 'notify-failed' } as const

function edited(done: Result<JobEdit, JobError>, jobId: JobId): RpcResult {
  if (!done.ok) return jobErrorAnswer(done.error, formatJobId(jobId))
  const { attemptNumber, liveTask } = done.value
  return ok(
    new Map<string, json.JsonValue>([
      ['attemptNumber', json.u32.write(attemptNumber)],
      ['liveTask', liveTaskNames[liveTask]],
    ]),
  )
}

/** Reads members in camel case as if they were in snake case. */
function inCamelCase<T>(form: json.Json<T>): json.Json<T> {
  return {
    ...form,
    read(value) {
      if (!(value instanceof Map)) return form.read(value)
      const members = value as json.JsonObject
      const renamed = Array.from(members, ([name, member]) => [snakeCase(name), member] as const)
      return form.read(new Map(renamed))
    },
  }
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
