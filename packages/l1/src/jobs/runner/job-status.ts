import type { JobId } from '../job-id.js'
import type { AttemptRecord, JobRecord } from '../job.js'
import type { JobStatus } from '../transaction-manager.js'

/** What operators see of a job. */
export function jobStatus({ job, attempts, result }: JobRecord, hasLiveTask: boolean): JobStatus {
  return {
    id: job.id,
    status: result === undefined ? 'pending' : 'completed',
    hasLiveTask,
    attempts: attempts.length,
    lastError: attempts.map(errorText).findLast((text) => text !== undefined),
  }
}

/** What they see of one that cannot be read. */
export function unreadableStatus(id: JobId, hasLiveTask: boolean, reason: string): JobStatus {
  return { id, status: 'unreadable', hasLiveTask, attempts: 0, lastError: reason }
}

function errorText({ result }: AttemptRecord): string | undefined {
  if (result === undefined) return undefined
  if (result.type === 'clientError') return `${result.kind}: ${result.message}`
  const { outcome, blockNumber } = result.call
  return outcome === 'reverted' ? `reverted in block ${blockNumber}` : undefined
}
