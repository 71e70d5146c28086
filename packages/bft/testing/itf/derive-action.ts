import {
  decodeNewView,
  decodeProposal,
  decodeSignedCommit,
  decodeSignedTimeout,
} from './decode-spec.js'
import type { ItfCursor } from './itf-cursor.js'
import {
  project,
  projectedFields,
  showJustification,
  showNewView,
  showProposal,
  showSignedCommit,
  showSignedTimeout,
  showTimeoutQc,
} from './show-spec.js'
import { specImpliedBlock, specThresholds } from './spec-rules.js'
import type { Variables } from './spec-trace.js'
import { justifiedView } from './spec-types.js'
import type { SpecAction, SpecJustification, SpecProposal, SpecState } from './spec-types.js'

/** What is known of a step: the states around it, and what the trace says of the action. */
export interface StepEvidence extends Variables {
  readonly before: SpecState
  readonly after: SpecState
  /** Number of replicas, faulty ones included. */
  readonly replicas: number
  /** The variable `ghost_step` of the state before. */
  readonly lastAction: ItfCursor | undefined
}

/** Names of actions that a driver gives to the specification's own, which it calls with chosen arguments. */
const driverNames = new Map([
  ['g_proposal', 'on_proposal'],
  ['g_commit', 'on_commit'],
  ['g_timeout', 'on_timeout'],
  ['g_new_view', 'on_new_view'],
  ['fetcher_step', 'fetcher_step'],
])

/**
 * The action of a step: from the picks that a simulator recorded, or else from the specification's own `ghost_step` and
 * what changed. `undefined` when neither tells.
 */
export function deriveAction(step: StepEvidence): SpecAction | undefined {
  const taken = step.optional('mbt::actionTaken')?.string()
  const picks = step.optional('mbt::nondetPicks')
  if (taken !== undefined && picks !== undefined) return fromPicks(step, taken, picks)
  return fromChanges(step)
}

function fromPicks(step: StepEvidence, taken: string, picks: ItfCursor): SpecAction | undefined {
  const pick = <T>(name: string, read: (at: ItfCursor) => T): T | undefined =>
    picks.optionalField(name)?.option(read)
  const name = driverNames.get(taken) ?? taken
  const replica = pick('id', (id) => id.string())
  if (name === 'faulty_step') return { type: 'environment' }
  // A guided run picks messages by other means than a pick of a replica.
  if (replica === undefined) return fromChanges(step)
  if (name === 'proposer_step') return proposerStep(step, replica)
  if (name === 'on_timer_is_finished') return { type: name, replica }
  if (name === 'on_proposal') {
    const message = pick('proposal', decodeProposal)
    return message === undefined ? fromChanges(step) : { type: name, replica, message }
  }
  if (name === 'on_commit') {
    const message = pick('signed_vote', decodeSignedCommit)
    return message === undefined ? fromChanges(step) : { type: name, replica, message }
  }
  if (name === 'on_timeout') {
    const message = pick('vote', decodeSignedTimeout)
    return message === undefined ? fromChanges(step) : { type: name, replica, message }
  }
  if (name === 'on_new_view') {
    const message = pick('new_view', decodeNewView)
    return message === undefined ? fromChanges(step) : { type: name, replica, message }
  }
  return fromChanges(step)
}

function fromChanges(step: StepEvidence): SpecAction | undefined {
  const { before, after } = step
  const ghost = step.optional('ghost_step')
  if (ghost === undefined) return undefined
  const [tag, content] = ghost.variant()
  if (tag === 'FaultyStep' || tag === 'InitStep') return { type: 'environment' }
  const replica = tag === 'OnNewViewStep' ? content.field('id').string() : content.string()
  const again = JSON.stringify(step.lastAction?.value) === JSON.stringify(ghost.value)
  // An action that leaves its mark nowhere did not happen: the test that made the trace only looked at the state.
  const idle: SpecAction | undefined = again ? { type: 'environment' } : undefined
  switch (tag) {
    case 'ProposerStep':
      return step.after.proposals.length > before.proposals.length || !again
        ? proposerStep(step, replica)
        : idle
    case 'OnCommitStep': {
      const message = added(before.storedCommits, after.storedCommits, replica, showSignedCommit)
      return message === undefined ? idle : { type: 'on_commit', replica, message }
    }
    case 'OnTimeoutStep': {
      const message = added(before.storedTimeouts, after.storedTimeouts, replica, showSignedTimeout)
      return message === undefined ? idle : { type: 'on_timeout', replica, message }
    }
    case 'OnTimerIsFinishedStep':
      return isSame(before, after, replica) ? idle : { type: 'on_timer_is_finished', replica }
    case 'OnProposalStep': {
      const message = isSame(before, after, replica) ? undefined : findProposal(step, replica)
      return message === undefined ? idle : { type: 'on_proposal', replica, message }
    }
    case 'OnNewViewStep': {
      if (again && isSame(before, after, replica)) return idle
      const view = content.field('view').natural()
      const message = findNewView(step, replica, view)
      return message === undefined ? undefined : { type: 'on_new_view', replica, message }
    }
    case 'FetchStep': {
      const block = after.replicas.get(replica)?.committedBlocks.at(-1)
      if (isSame(before, after, replica) || block === undefined) return idle
      return { type: 'fetcher_step', replica, block }
    }
    default:
      return ghost.fail(`is the unknown step ${tag}`)
  }
}

function proposerStep({ before, after }: StepEvidence, replica: string): SpecAction {
  const known = new Set(before.proposals.map(showProposal))
  const made = after.proposals.find((proposal) => !known.has(showProposal(proposal)))
  return { type: 'proposer_step', replica, block: made?.block }
}

function isSame(before: SpecState, after: SpecState, replica: string): boolean {
  const a = before.replicas.get(replica)
  const b = after.replicas.get(replica)
  if (a === undefined || b === undefined) return false
  const [then, now] = [project(a), project(b)]
  return projectedFields.every((field) => then[field] === now[field])
}

function added<T>(
  before: ReadonlyMap<string, readonly T[]>,
  after: ReadonlyMap<string, readonly T[]>,
  replica: string,
  show: (message: T) => string,
): T | undefined {
  const known = new Set(before.get(replica)?.map(show))
  return after.get(replica)?.find((message) => !known.has(show(message)))
}

/** The proposal for which a replica voted: that of its new high vote. */
function findProposal(
  { after, replicas }: StepEvidence,
  replica: string,
): SpecProposal | undefined {
  const vote = after.replicas.get(replica)?.highVote
  if (vote === undefined) return undefined
  const entered = after.justifications.find(
    (entry) => entry.replica === replica && entry.view === vote.view,
  )
  return after.proposals.find(
    ({ block, justification, sig }) =>
      justifiedView(justification) === vote.view &&
      sig === after.leader.get(vote.view) &&
      (isReproposal(justification, replicas) ? block === undefined : block === vote.block) &&
      (entered === undefined ||
        showJustification(entered.justification) === showJustification(justification)),
  )
}

function isReproposal(justification: SpecJustification, replicas: number): boolean {
  return specImpliedBlock(justification, specThresholds(replicas)).block !== undefined
}

/**
 * The NewView that a replica took: with the TimeoutQC that became its high one, or else with the certificate by which it entered the
 * view; from somebody else if possible.
 */
function findNewView(
  { before, after }: StepEvidence,
  replica: string,
  view: bigint,
): SpecState['newViews'][number] | undefined {
  const candidates = before.newViews.filter(
    ({ justification }) => justifiedView(justification) === view,
  )
  const entered = after.justifications.find(
    (entry) => entry.replica === replica && entry.view === view,
  )
  const raised = raisedTimeoutQc(before, after, replica)
  const fitting = candidates.filter(({ justification }) => {
    // one that has entered the view already takes further NewViews of it, as long as it has not voted
    if (raised !== undefined)
      return justification.type === 'timeout' && showTimeoutQc(justification.qc) === raised
    return (
      entered === undefined ||
      showJustification(justification) === showJustification(entered.justification)
    )
  })
  const choice = fitting.length > 0 ? fitting : candidates
  const byName = choice.toSorted((a, b) => (showNewView(a) < showNewView(b) ? -1 : 1))
  return byName.find(({ sig }) => sig !== replica) ?? byName[0]
}

/** The high TimeoutQC of a replica, if this step made it that. */
function raisedTimeoutQc(before: SpecState, after: SpecState, replica: string): string | undefined {
  const [then, now] = [before, after].map((state) => state.replicas.get(replica)?.highTimeoutQc)
  if (now === undefined) return undefined
  const shown = showTimeoutQc(now)
  return then !== undefined && showTimeoutQc(then) === shown ? undefined : shown
}
