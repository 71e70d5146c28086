import type { L1Error } from '../l1-error.js'

/**
 * Why an operation on a job was refused:
 *
 * - `NOT_FOUND`: there is no such job, attempt or result.
 * - `REFUSED`: L1 says that the transaction would fail; `cause` tells why. Nothing was stored.
 * - `ALREADY_PRESENT`: the id, or a key that was to be inserted with it, is taken. Nothing was stored.
 * - `ALREADY_COMPLETED`: the job has its result.
 * - `NOT_COMPLETED`: the job has no result.
 * - `NO_LIVE_TASK`: nothing drives the job; reload it.
 * - `TASK_STILL_LIVE`: the job is being driven; abort it first.
 * - `UNAVAILABLE`: not now, for the job is just being let go; later.
 * - `INVALID`: a value contradicts what the store or L1 has.
 * - `UNREADABLE`: what is stored of the job makes no sense.
 */
export type JobErrorCode =
  | 'NOT_FOUND'
  | 'REFUSED'
  | 'ALREADY_PRESENT'
  | 'ALREADY_COMPLETED'
  | 'NOT_COMPLETED'
  | 'NO_LIVE_TASK'
  | 'TASK_STILL_LIVE'
  | 'UNAVAILABLE'
  | 'INVALID'
  | 'UNREADABLE'

/** An expected failure of an operation on a job. */
export interface JobError {
  readonly code: JobErrorCode
  readonly message: string
  /** What L1 said. */
  readonly cause?: L1Error
}

/** Makes a {@link JobError} that can be returned. */
export function jobError(
  code: JobErrorCode,
  message: string,
  cause?: L1Error,
): { readonly ok: false; readonly error: JobError } {
  return { ok: false, error: { code, message, ...(cause === undefined ? {} : { cause }) } }
}
