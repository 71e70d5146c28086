import type { JobEffect } from './effect.js'
import type { Moment } from './input.js'
import { retryDelayMs } from './retry-policy.js'
import { nonceQuestions, type JobState } from './state.js'

/** What a step gives. */
export interface JobTurn {
  readonly job: JobState
  readonly effects: readonly JobEffect[]
}

/** Looks at L1 again; a job without a nonce has nothing to look for, and takes one. */
export function inspect(job: JobState, effects: readonly JobEffect[] = []): JobTurn {
  if (job.nonces.length === 0) return takeNonce(job, effects)
  return {
    job: { ...job, phase: { type: 'inspecting' } },
    effects: [...effects, { type: 'inspect', nonces: nonceQuestions(job) }],
  }
}

/** Takes the next nonce of the wallet. @param claimed what L1 counted a moment ago, when that is to be confirmed */
export function takeNonce(job: JobState, effects: readonly JobEffect[], claimed?: bigint): JobTurn {
  return {
    job: { ...job, phase: { type: 'locking', claimed } },
    effects: [...effects, { type: 'lockWallet', wallet: job.config.wallet }],
  }
}

/** Does nothing until then, or until L1 has a new block. */
export function waitUntil(
  job: JobState,
  untilMs: number,
  effects: readonly JobEffect[] = [],
): JobTurn {
  return {
    job: { ...job, phase: { type: 'waiting' } },
    effects: [...effects, { type: 'wait', untilMs }],
  }
}

/** After something could not be asked: waits, longer each time. */
export function retryLater(
  job: JobState,
  at: Moment,
  message: string,
  effects: readonly JobEffect[] = [],
): JobTurn {
  const failures = job.failures + 1
  const delay = retryDelayMs(job.config.policy.retryOnTransientFailure, failures, at.random)
  const report = { type: 'report', event: { type: 'retrying', failures, message } } as const
  return waitUntil({ ...job, failures }, at.nowMs + delay, [...effects, report])
}
