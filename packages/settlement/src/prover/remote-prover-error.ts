import { ZkStackError } from '@zkstack/concurrency'

/**
 * Why a prover elsewhere gave no answer:
 *
 * | code | meaning |
 * |---|---|
 * | `PROVER_UNAVAILABLE` | not reached, overloaded, or stopping |
 * | `PROVER_TIMEOUT` | no answer in time |
 * | `PROVER_FAILED` | it failed, and says so |
 * | `PROVER_BAD_ANSWER` | what it answered is no proof |
 * | `PROVER_REQUEST_TOO_LARGE` | the witness is longer than a message may be; nothing was sent |
 */
export type RemoteProverErrorCode =
  | 'PROVER_UNAVAILABLE'
  | 'PROVER_TIMEOUT'
  | 'PROVER_FAILED'
  | 'PROVER_BAD_ANSWER'
  | 'PROVER_REQUEST_TOO_LARGE'

/** What `prove` of a remote prover rejects with. */
export class RemoteProverError extends ZkStackError {
  declare readonly code: RemoteProverErrorCode
  /** Which of the provers; `undefined` if none was asked. */
  readonly endpoint: string | undefined

  constructor(code: RemoteProverErrorCode, message: string, endpoint?: string) {
    super(code, endpoint === undefined ? message : `${endpoint}: ${message}`)
    this.endpoint = endpoint
  }
}
