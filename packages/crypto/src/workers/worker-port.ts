/** Checks for a worker, of one scheme and backend. */
export interface CheckBatch {
  readonly id: number
  /** Goes before the others, even amid one of them. */
  readonly urgent: boolean
  readonly scheme: number
  readonly backend: string
  /** Which keccak256 to hash with. */
  readonly hash: string
  /** @see packChecks */
  readonly checks: Uint8Array<ArrayBuffer>
}

/** What a worker found: for each check 1, when it was verified, 0, when it is wrong, or 2, when the worker cannot tell. */
export interface BatchVerdicts {
  readonly id: number
  readonly verdicts: Uint8Array
}

/** The answer to a batch, and the memory of its checks, for others; the worker has kept no part of it. */
export interface BatchAnswer extends BatchVerdicts {
  readonly memory?: ArrayBuffer
}

/** What a worker says: once that it has loaded its backends, then one answer for each batch. */
export type WorkerMessage = 'ready' | BatchAnswer

/** Told of what a worker does. */
export interface WorkerEvents {
  onMessage(message: WorkerMessage): void
  /** The worker is gone; `error` says why. Called once. */
  onEnd(error: Error): void
}

/** A worker, seen from the thread that started it. It keeps the process alive while it has a batch. */
export interface WorkerPort {
  post(batch: CheckBatch): void
  terminate(): Promise<void>
}
