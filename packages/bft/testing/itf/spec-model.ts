import { showCommitVote, showMessage } from './show-spec.js'
import { specImpliedBlock, specThresholds } from './spec-rules.js'
import type { SpecThresholds } from './spec-rules.js'
import type { RecordedRun, SpecStep } from './spec-trace.js'
import { justifiedView } from './spec-types.js'
import type {
  SpecAction,
  SpecCommitQC,
  SpecJustification,
  SpecMessage,
  SpecReplica,
  SpecSignedCommit,
  SpecSignedTimeout,
  SpecState,
  SpecTimeoutQC,
  SpecTimeoutVote,
} from './spec-types.js'

/** Options of {@link SpecModel}. */
export interface SpecModelOptions {
  /** Names of all replicas, each of weight one. */
  readonly replicas: readonly string[]
  /** Those that do not follow the protocol; default none. */
  readonly faulty?: readonly string[]
  /** Names of the leaders of views 0, 1, …; a replica that would enter a later view stays where it is. */
  readonly leaders: readonly string[]
}

/**
 * The specification of ChonkyBFT as an executable model: it starts in view 1 with a TimeoutQC of all replicas, takes the
 * actions that it is given when their conditions hold, and records them as a run that can be replayed.
 *
 * @see era-consensus, spec/protocol-spec/replica.qnt
 */
export class SpecModel implements RecordedRun {
  readonly replicas: readonly string[]
  readonly initial: SpecState
  state: SpecState
  readonly #steps: SpecStep[] = []
  readonly #proposerViews = new Map<string, bigint>()
  readonly #thresholds: SpecThresholds

  constructor(o: SpecModelOptions) {
    this.replicas = o.replicas
    this.#thresholds = specThresholds(o.replicas.length)
    const vote = { view: 0n, highVote: undefined, highCommitQcView: undefined }
    const qc: SpecTimeoutQC = {
      view: 0n,
      votes: o.replicas.toSorted().map((name) => [name, vote] as const),
      signers: o.replicas.toSorted(),
      highCommitQc: undefined,
    }
    const correct = o.replicas.filter((name) => o.faulty?.includes(name) !== true)
    const timeouts = o.replicas.map((sig) => ({ vote, sig, highCommitQc: undefined }))
    const justification: SpecJustification = { type: 'timeout', qc }
    const replica: SpecReplica = {
      view: 1n,
      phase: 'prepare',
      highVote: undefined,
      highCommitQc: undefined,
      highTimeoutQc: qc,
      committedBlocks: [],
      cachedProposals: [],
    }
    this.initial = {
      replicas: new Map(correct.map((name) => [name, replica])),
      leader: new Map(o.leaders.map((name, view) => [BigInt(view), name])),
      timeouts,
      commits: [],
      newViews: correct.map((sig) => ({ sig, justification })),
      proposals: [],
      storedTimeouts: new Map(
        correct.map((name) => [name, name === o.leaders[0] ? timeouts : []] as const),
      ),
      storedCommits: new Map(correct.map((name) => [name, []] as const)),
      justifications: correct.map((name) => ({ replica: name, view: 1n, justification })),
    }
    this.state = this.initial
  }

  get length(): number {
    return this.#steps.length
  }

  *steps(): Generator<SpecStep, void, void> {
    yield* this.#steps
  }

  /** A correct replica. @throws RangeError for another name. */
  replica(name: string): SpecReplica {
    const replica = this.state.replicas.get(name)
    if (replica === undefined) throw new RangeError(`name: ${name} is no correct replica`)
    return replica
  }

  /** Has faulty replicas send messages; nothing about them is checked. */
  inject(...messages: readonly SpecMessage[]): void {
    this.#record({ type: 'environment' }, withMessages(this.state, messages))
  }

  /** Takes an action if its conditions hold, and says whether they did. */
  take(action: SpecAction): boolean {
    const next = this.#next(action)
    if (next === undefined) return false
    if (action.type === 'proposer_step') {
      this.#proposerViews.set(action.replica, this.replica(action.replica).view)
    }
    this.#record(action, next)
    return true
  }

  #record(action: SpecAction, after: SpecState): void {
    this.#steps.push({ index: this.length + 1, action, before: this.state, after })
    this.state = after
  }

  #next(action: SpecAction): SpecState | undefined {
    switch (action.type) {
      case 'proposer_step':
        return this.#proposerStep(action.replica, action.block)
      case 'on_proposal':
        return this.#onProposal(action)
      case 'on_commit':
        return this.#onCommit(action.replica, action.message)
      case 'on_timeout':
        return this.#onTimeout(action.replica, action.message)
      case 'on_new_view':
        return this.#onNewView(action.replica, action.message.justification)
      case 'on_timer_is_finished':
        return this.#onTimer(action.replica)
      case 'fetcher_step': {
        const replica = this.replica(action.replica)
        const next = BigInt(replica.committedBlocks.length)
        const wanted = (replica.highCommitQc?.vote.number ?? -1n) >= next
        if (!wanted || action.block.qc.vote.number !== next) return undefined
        const committedBlocks = [...replica.committedBlocks, action.block]
        return this.#with(action.replica, { ...replica, committedBlocks })
      }
      case 'environment':
        return this.state
    }
  }

  #proposerStep(name: string, block: string | undefined): SpecState | undefined {
    const replica = this.replica(name)
    const { view } = replica
    if ((this.#proposerViews.get(name) ?? 0n) >= view) return undefined
    if (this.state.leader.get(view) !== name) return undefined
    const justification = justificationOf(replica)
    if (justification === undefined || justifiedView(justification) !== view) return undefined
    const implied = specImpliedBlock(justification, this.#thresholds)
    if (implied.number !== BigInt(replica.committedBlocks.length)) return undefined
    const again = implied.block !== undefined
    if (again !== (block === undefined)) return undefined
    const cached = replica.cachedProposals.some(([number]) => number + 1n === implied.number)
    if (!again && implied.number > 0n && !cached) return undefined
    const value = { block, justification, sig: name }
    return withMessages(this.state, [{ type: 'proposal', value }])
  }

  #onProposal(
    action: Extract<SpecAction, { readonly type: 'on_proposal' }>,
  ): SpecState | undefined {
    const { replica: name, message } = action
    const self = this.replica(name)
    const view = justifiedView(message.justification)
    if (view < self.view || (view === self.view && self.phase !== 'prepare')) return undefined
    if (this.state.leader.get(view) !== message.sig) return undefined
    const implied = specImpliedBlock(message.justification, this.#thresholds)
    if (implied.number !== BigInt(self.committedBlocks.length)) return undefined
    if ((implied.block === undefined) !== (message.block !== undefined)) return undefined
    const block = implied.block ?? message.block ?? ''
    const vote = { view, number: implied.number, block }
    const cachedProposals =
      message.block === undefined
        ? self.cachedProposals
        : addPair(self.cachedProposals, [implied.number, block])
    const voted: SpecReplica = { ...self, view, phase: 'commit', highVote: vote, cachedProposals }
    const next = this.#with(name, takeOver(voted, message.justification))
    const justifications = [
      ...next.justifications.filter((entry) => entry.replica !== name || entry.view !== view),
      { replica: name, view, justification: message.justification },
    ]
    const sent: SpecMessage = { type: 'commit', value: { vote, sig: name } }
    return withMessages({ ...next, justifications }, [sent])
  }

  #onCommit(name: string, message: SpecSignedCommit): SpecState | undefined {
    const self = this.replica(name)
    const stored = this.state.storedCommits.get(name) ?? []
    if (message.vote.view < self.view || isStored(stored, message)) return undefined
    const votes = [...stored, message]
    const kept: SpecState = {
      ...this.state,
      storedCommits: new Map(this.state.storedCommits).set(name, votes),
    }
    const text = showCommitVote(message.vote)
    const signers = votes.filter(({ vote }) => showCommitVote(vote) === text).map(({ sig }) => sig)
    if (signers.length < this.#thresholds.quorum) return kept
    const qc: SpecCommitQC = { vote: message.vote, signers: signers.toSorted() }
    return this.#enter(name, kept, { type: 'commit', qc })
  }

  #onTimeout(name: string, message: SpecSignedTimeout): SpecState | undefined {
    const self = this.replica(name)
    const stored = this.state.storedTimeouts.get(name) ?? []
    if (message.vote.view < self.view || isStored(stored, message)) return undefined
    if (isInverted(message.vote)) return undefined
    const all = [...stored, message]
    const kept: SpecState = {
      ...this.state,
      storedTimeouts: new Map(this.state.storedTimeouts).set(name, all),
    }
    const votes = all.filter(({ vote }) => vote.view === message.vote.view)
    if (votes.length < this.#thresholds.quorum) return kept
    return this.#enter(name, kept, { type: 'timeout', qc: timeoutQcOf(votes) })
  }

  #onNewView(name: string, justification: SpecJustification): SpecState | undefined {
    const self = this.replica(name)
    const view = justifiedView(justification)
    if (view < self.view) return undefined
    return view === self.view ? this.state : this.#enter(name, this.state, justification)
  }

  #onTimer(name: string): SpecState | undefined {
    const self = this.replica(name)
    if (self.phase === 'timeout') return undefined
    const { view, highVote, highCommitQc } = self
    const vote = { view, highVote, highCommitQcView: highCommitQc?.vote.view }
    const next = this.#with(name, { ...self, phase: 'timeout' })
    return withMessages(next, [{ type: 'timeout', value: { vote, sig: name, highCommitQc } }])
  }

  #enter(name: string, state: SpecState, justification: SpecJustification): SpecState | undefined {
    const view = justifiedView(justification)
    if (!state.leader.has(view)) return undefined
    const taken = takeOver(this.replica(name), justification)
    const replica: SpecReplica = { ...taken, view, phase: 'prepare' }
    const replicas = new Map(state.replicas).set(name, replica)
    const entry = { replica: name, view, justification: justificationOf(replica) ?? justification }
    const justifications = [...state.justifications, entry]
    const value = { justification: entry.justification, sig: name }
    return withMessages({ ...state, replicas, justifications }, [{ type: 'newView', value }])
  }

  #with(name: string, replica: SpecReplica): SpecState {
    return { ...this.state, replicas: new Map(this.state.replicas).set(name, replica) }
  }
}

/** What justifies the view that a replica is in: the newer of its QCs, the CommitQC on a tie. */
function justificationOf(replica: SpecReplica): SpecJustification | undefined {
  const { highCommitQc: commit, highTimeoutQc: timeout } = replica
  if (commit !== undefined && commit.vote.view >= (timeout?.view ?? 0n)) {
    return { type: 'commit', qc: commit }
  }
  return timeout && { type: 'timeout', qc: timeout }
}

function takeOver(replica: SpecReplica, justification: SpecJustification): SpecReplica {
  if (justification.type === 'commit') return takeOverCommit(replica, justification.qc)
  const { qc } = justification
  const taken = qc.highCommitQc === undefined ? replica : takeOverCommit(replica, qc.highCommitQc)
  const newer = qc.view >= (replica.highTimeoutQc?.view ?? 0n)
  return newer ? { ...taken, highTimeoutQc: qc } : taken
}

function takeOverCommit(replica: SpecReplica, qc: SpecCommitQC): SpecReplica {
  const { number, block, view } = qc.vote
  const next = BigInt(replica.committedBlocks.length) === number
  const cached = replica.cachedProposals.some(([n, name]) => n === number && name === block)
  const committedBlocks =
    next && cached ? [...replica.committedBlocks, { block, qc }] : replica.committedBlocks
  const newer = view >= (replica.highCommitQc?.vote.view ?? 0n)
  return { ...replica, committedBlocks, highCommitQc: newer ? qc : replica.highCommitQc }
}

/** The TimeoutQC that timeouts of one view make, one of each signer. */
export function timeoutQcOf(timeouts: readonly SpecSignedTimeout[]): SpecTimeoutQC {
  const byName = timeouts.toSorted((a, b) => (a.sig < b.sig ? -1 : 1))
  let highCommitQc: SpecCommitQC | undefined
  for (const { highCommitQc: qc } of byName) {
    if (qc !== undefined && qc.vote.view > (highCommitQc?.vote.view ?? -1n)) highCommitQc = qc
  }
  return {
    view: byName[0]?.vote.view ?? 0n,
    votes: byName.map(({ sig, vote }) => [sig, vote] as const),
    signers: byName.map(({ sig }) => sig),
    highCommitQc,
  }
}

/** Whether the specification refuses a timeout for the order of the views in it. */
function isInverted({ view, highVote, highCommitQcView }: SpecTimeoutVote): boolean {
  if (highVote === undefined) return false
  return highVote.view > view || (highCommitQcView ?? 0n) > highVote.view
}

function isStored(
  stored: readonly (SpecSignedCommit | SpecSignedTimeout)[],
  { sig, vote }: SpecSignedCommit | SpecSignedTimeout,
): boolean {
  return stored.some((other) => other.sig === sig && other.vote.view === vote.view)
}

function addPair(
  pairs: SpecReplica['cachedProposals'],
  [number, block]: readonly [bigint, string],
): SpecReplica['cachedProposals'] {
  const known = pairs.some(([n, name]) => n === number && name === block)
  return known ? pairs : [...pairs, [number, block]]
}

function withMessages(state: SpecState, messages: readonly SpecMessage[]): SpecState {
  const next = {
    ...state,
    commits: [...state.commits],
    timeouts: [...state.timeouts],
    newViews: [...state.newViews],
    proposals: [...state.proposals],
  }
  const add = <T>(list: T[], value: T, show: (value: T) => string): void => {
    const text = show(value)
    if (!list.some((other) => show(other) === text)) list.push(value)
  }
  for (const message of messages) {
    if (message.type === 'commit') {
      add(next.commits, message.value, (value) => showMessage({ type: 'commit', value }))
    } else if (message.type === 'timeout') {
      add(next.timeouts, message.value, (value) => showMessage({ type: 'timeout', value }))
    } else if (message.type === 'newView') {
      add(next.newViews, message.value, (value) => showMessage({ type: 'newView', value }))
    } else add(next.proposals, message.value, (value) => showMessage({ type: 'proposal', value }))
  }
  return next
}
