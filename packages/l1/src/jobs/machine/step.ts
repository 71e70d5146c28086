import { onPriced, onSendingFailed, onSent, onSigned, onWalletLocked } from './drive-nonce.js'
import type { JobInput, Moment } from './input.js'
import { onInspected } from './on-inspected.js'
import type { JobPhase, JobState } from './state.js'
import { inspect, retryLater, type JobTurn } from './turn.js'

/**
 * One step of a job, from what it was told to what is to be done: pure, and the only place where anything is decided.
 *
 * @throws TypeError when the input answers nothing that was asked.
 */
export function step(job: JobState, input: JobInput, at: Moment): JobTurn {
  const { phase } = job
  switch (input.type) {
    case 'started':
    case 'woken':
      expectPhase(phase, 'waiting')
      return inspect(job)
    case 'inspected':
      expectPhase(phase, 'inspecting')
      return onInspected(job, input.facts, at)
    case 'priced':
      return onPriced(job, expectPhase(phase, 'pricing').nonce, input.estimate, at)
    case 'walletLocked':
      return onWalletLocked(job, input, { claimed: expectPhase(phase, 'locking').claimed, at })
    case 'signed':
      return onSigned(job, expectPhase(phase, 'signing').draft, { ...input, at })
    case 'sent':
      return onSent(job, expectPhase(phase, 'sending').attemptNumber, at)
    case 'sendingFailed':
      return onSendingFailed(job, expectPhase(phase, 'sending').attemptNumber, { ...input, at })
    case 'signingFailed':
      return retryLater(job, at, input.error.message, [{ type: 'unlockWallet' }])
    case 'inspectionFailed':
    case 'pricingFailed':
    case 'lockingFailed':
      return retryLater(job, at, input.error.message)
  }
}

function expectPhase<T extends JobPhase['type']>(
  phase: JobPhase,
  type: T,
): Extract<JobPhase, { type: T }> {
  if (phase.type !== type) throw new TypeError(`the job is ${phase.type}, not ${type}`)
  return phase as Extract<JobPhase, { type: T }>
}
