import type { NodeSnapshot } from '../consensus-node.js'
import type { Cause, Finding } from './finding.js'
import { since, span } from './words.js'

/** Readings of one and the same time that nobody takes for chance. */
const STILL_READINGS = 3
const STILL_INPUTS = 1_000

/** What is wrong with the node itself: its life, clock, disk, signer and execution layer. */
export function findLocal(s: NodeSnapshot): readonly Finding[] {
  return [...findLife(s), ...findClock(s), ...findDisk(s), ...findSigner(s), ...findExecution(s)]
}

/** Half a view: what takes longer than that is felt by the others. */
function isLong(s: NodeSnapshot, ms: number): boolean {
  return ms > s.viewTimeoutMs / 2
}

function finding(cause: Cause, message: string): Finding {
  return { cause, message, validators: [] }
}

function findLife({ status, replica }: NodeSnapshot): readonly Finding[] {
  if (status.phase === 'failed' || replica?.status === 'failed') {
    return [
      finding(
        'stopped',
        'The node has failed. The cause is in the log and in what closed rejects with.',
      ),
    ]
  }
  if (status.phase === 'stopping' || status.phase === 'stopped') {
    return [finding('stopped', `The node is ${status.phase}.`)]
  }
  return []
}

function findClock(s: NodeSnapshot): readonly Finding[] {
  const inputs = s.replica?.inputsAtOneTime ?? 0
  if (s.clock.readings >= STILL_READINGS || inputs >= STILL_INPUTS) {
    const message = `The clock stands still at ${s.clock.nowMs} ms, so no timer fires. Check options.clock.`
    return [finding('clock', message)]
  }
  const { replica } = s
  if (replica?.viewSince === undefined || replica.writing !== undefined) return []
  const overdue = since(s, replica.deadline)
  const late = Math.max(overdue, replica.timerLateMs)
  if (!isLong(s, late)) return []
  const message = `The view timer ${overdue > 0 ? 'is' : 'fired'} ${span(late)} late. The process was suspended, or something blocks its event loop.`
  return [finding('clock', message)]
}

function findDisk(s: NodeSnapshot): readonly Finding[] {
  const writing = s.replica?.writing
  if (writing === undefined || !isLong(s, since(s, writing.since))) return []
  const what = writing.what === 'state' ? 'the vote' : 'a block'
  const message = `The disk has been writing ${what} for ${span(since(s, writing.since))}. Nothing is sent before it is done.`
  return [finding('disk', message)]
}

function findSigner(s: NodeSnapshot): readonly Finding[] {
  const { replica } = s
  if (replica === undefined) return []
  const { signing, unsigned } = replica
  if (signing !== undefined && isLong(s, since(s, signing.since))) {
    const message = `The signer has not answered for ${span(since(s, signing.since))}, asked to sign ${signing.label}. Without it this validator does not vote.`
    return [finding('signer', message)]
  }
  const failed = unsigned.filter((label) => label !== signing?.label)
  if (signing !== undefined || failed.length === 0) return []
  const message = `The signer failed to sign ${failed.join(', ')}. It is asked again when the view times out.`
  return [finding('signer', message)]
}

function findExecution(s: NodeSnapshot): readonly Finding[] {
  const slow = s.execution.calls.filter((call) => isLong(s, since(s, call.since)))
  return slow.map(({ method, block, since: at }) => {
    const effect = {
      propose: 'When it leads, this validator proposes nothing.',
      verify: 'This validator does not vote for the block.',
      commit: 'This node goes no further before it is done.',
      scheduleAt: 'This node goes no further before it knows who may vote.',
    }[method]
    const message = `The execution layer has been in ${method} of block ${block} for ${span(since(s, at))}. ${effect}`
    return finding('execution', message)
  })
}
