import { conflictOf, labelOf, sameReplicaCommit, viewOf } from '@zkstack/roles'
import type { ReplicaCommit, ReplicaState, Signed } from '@zkstack/roles'
import type { InvariantViolation } from './invariant.js'

/** The newest message of each label that we sent; views only grow, so an older one adds nothing. */
export type OwnMessages = readonly Signed[]

/** Before the first message. */
export const noOwnMessages: OwnMessages = []

/** Checks a message that is about to leave against the state on disk and our earlier messages, and remembers it. */
export function checkSending(
  own: OwnMessages,
  disk: ReplicaState | undefined,
  message: Signed,
): { readonly own: OwnMessages; readonly violations: readonly InvariantViolation[] } {
  const violations: InvariantViolation[] = []
  const label = labelOf(message.msg)
  const view = viewOf(message.msg).number
  if (!isCovered(message, disk)) {
    const held = disk === undefined ? 'nothing' : `view ${disk.view}, phase ${disk.phase}`
    violations.push({
      code: 'VOTE_ON_DISK',
      message: `${label} of view ${view} is not covered by the disk, which holds ${held}`,
      data: { messages: [message], disk },
    })
  }
  for (const earlier of own) {
    const conflict = conflictOf(earlier.msg, message.msg)
    if (conflict === undefined) continue
    violations.push({
      code: 'DOUBLE_VOTE',
      message: `${label} of view ${view} contradicts a message that we sent: ${conflict}`,
      data: { messages: [earlier, message] },
    })
  }
  const newest = own.find(({ msg }) => labelOf(msg) === label)
  if (newest === undefined) return { own: [...own, message], violations }
  if (viewOf(newest.msg).number > view) return { own, violations }
  return { own: own.map((one) => (one === newest ? message : one)), violations }
}

/** Whether the state on disk forbids every contradiction of a message; it may be of a later view. */
function isCovered({ msg }: Signed, disk: ReplicaState | undefined): boolean {
  const view = viewOf(msg).number
  if (disk === undefined || disk.view < view) return false
  if (msg.type === 'replicaCommit') {
    const { highVote } = disk
    if (highVote === undefined || highVote.view.number < view) return false
    return highVote.view.number > view || sameReplicaCommit(highVote, msg.value)
  }
  if (msg.type !== 'replicaTimeout') return true
  if (disk.view === view && disk.phase !== 'timeout') return false
  const votedLater = disk.highVote !== undefined && disk.highVote.view.number > view
  return votedLater || sameVote(disk.highVote, msg.value.highVote)
}

function sameVote(a: ReplicaCommit | undefined, b: ReplicaCommit | undefined): boolean {
  return a === undefined || b === undefined ? a === b : sameReplicaCommit(a, b)
}
