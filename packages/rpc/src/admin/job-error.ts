import type { JobError, JobErrorCode } from '@zkstack/l1'
import { rpcError, type rpcErrorCodes } from '../json-rpc/rpc-error.js'
import type { RpcResult } from '../json-rpc/rpc-method.js'

const codeOf: Readonly<Record<JobErrorCode, keyof typeof rpcErrorCodes>> = {
  NOT_FOUND: 'notFound',
  REFUSED: 'settlementError',
  ALREADY_PRESENT: 'invalidParams',
  ALREADY_COMPLETED: 'alreadyCompleted',
  NOT_COMPLETED: 'notCompleted',
  NO_LIVE_TASK: 'noLiveTask',
  TASK_STILL_LIVE: 'taskStillLive',
  UNAVAILABLE: 'unavailable',
  INVALID: 'invalidParams',
  UNREADABLE: 'internal',
}

const nameOf: Readonly<Partial<Record<JobErrorCode, string>>> = {
  NOT_FOUND: 'job-not-found',
  ALREADY_COMPLETED: 'job-completed',
  NOT_COMPLETED: 'job-not-completed',
  NO_LIVE_TASK: 'no-live-task',
  TASK_STILL_LIVE: 'task-still-live',
  UNAVAILABLE: 'task-not-responding',
}

/** The answer to an operation on a settlement job that was refused. */
export function jobErrorAnswer({ code, message }: JobError, jobId: string): RpcResult {
  const name = nameOf[code]
  const body = name === undefined ? message : new Map([[name, new Map([['job-id', jobId]])]])
  const data = new Map([['settlement-admin', body]])
  return rpcError(codeOf[code], `Settlement admin error: ${message}`, data)
}
