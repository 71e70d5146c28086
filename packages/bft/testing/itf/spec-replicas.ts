import { createFinalBlock, hashPayload, impliedBlock } from '@zkstack/roles'
import type { ConsensusMsg, Signed } from '@zkstack/roles'
import type { Effect } from '../../src/chonky/effect.js'
import { currentJustification } from '../../src/chonky/justification.js'
import type { ChonkyState } from '../../src/chonky/state.js'
import type { step } from '../../src/chonky/step.js'
import { pruneTally } from '../../src/chonky/vote-tally.js'
import { FakeDisk } from '../fake-disk.js'
import { StepReplica } from '../step-replica.js'
import type { StepReplicaOptions } from '../step-replica.js'
import { ItfError } from './itf-error.js'
import { showMessage } from './show-spec.js'
import { SpecTranslator } from './spec-translator.js'
import type { RecordedRun } from './spec-trace.js'
import { justifiedView } from './spec-types.js'
import type {
  SpecAction,
  SpecEntry,
  SpecMessage,
  SpecProposal,
  SpecReplica,
  SpecState,
} from './spec-types.js'

/** An action of a correct replica. */
export type ReplicaAction = Exclude<SpecAction, { readonly type: 'environment' }>

/** The correct replicas of a trace, run by the implementation: one `step` each, which gets only what the trace delivers. */
export class SpecReplicas {
  readonly translator: SpecTranslator
  readonly names: readonly string[]
  /** What they sent, in order, but for each NewView that was only sent again: the specification has none of these. */
  get sent(): readonly SpecMessage[] {
    return this.#sent
  }

  /** Everything that they sent, as text. */
  readonly said = new Set<string>()
  /** With what each entered, or voted in, a view. */
  readonly justifications = new Map<string, SpecEntry>()
  readonly #replicas = new Map<string, StepReplica>()
  #sent: SpecMessage[] = []
  readonly #step: typeof step | undefined

  constructor(trace: RecordedRun, machine?: typeof step) {
    const { initial, replicas } = trace
    this.translator = new SpecTranslator(replicas, initial.leader)
    this.names = [...initial.replicas.keys()]
    this.#step = machine
    for (const [name, spec] of initial.replicas) this.#bring(name, spec, initial)
  }

  replica(name: string): StepReplica {
    const replica = this.#replicas.get(name)
    if (replica === undefined) throw new ItfError('NOT_CHONKY', `${name} is no correct replica`)
    return replica
  }

  /** The state of a replica in the terms of the specification, so as to be compared with `other`. */
  state(name: string, other?: SpecReplica): SpecReplica {
    const { state, disk } = this.replica(name)
    return this.translator.fromState(state, disk.blocks, other?.highTimeoutQc?.highCommitQc)
  }

  /** Takes messages for sent that only the specification sent, in a step that is passed over: its proposal replaces ours. */
  replaceSent(messages: readonly SpecMessage[]): void {
    const proposers = messages.flatMap((message) =>
      message.type === 'proposal' ? [proposerKey(message.value)] : [],
    )
    const kept = this.#sent.filter(
      (message) => message.type !== 'proposal' || !proposers.includes(proposerKey(message.value)),
    )
    this.#sent = [...kept, ...messages]
  }

  /** Gives a replica the input that the action consists of. @throws ItfError when its message has no counterpart. */
  act(action: ReplicaAction, timeouts: SpecState['timeouts']): void {
    const { translator } = this
    const replica = this.replica(action.replica)
    const before = replica.effects.length
    switch (action.type) {
      case 'on_timer_is_finished':
        replica.expire()
        break
      case 'proposer_step':
        if (action.block !== undefined) {
          const payload = translator.payload(action.block)
          replica.input({ type: 'payloadProposed', view: replica.state.view, payload })
        }
        break
      case 'fetcher_step': {
        const { block, qc } = action.block
        replica.receiveBlock(createFinalBlock(translator.payload(block), translator.commitQc(qc)))
        break
      }
      default:
        this.#deliver(replica, this.#message(action, timeouts))
    }
    const effects = replica.effects.slice(before)
    this.#noteJustifications(action, effects)
    this.#noteSent(replica.takeSent(), effects)
  }

  #message(
    action: Extract<ReplicaAction, { readonly message: unknown }>,
    timeouts: SpecState['timeouts'],
  ): Signed {
    const { translator } = this
    const author = translator.index(action.message.sig)
    switch (action.type) {
      case 'on_commit':
        return translator.signCommit(action.message)
      case 'on_timeout':
        return translator.signTimeout(action.message)
      case 'on_new_view': {
        const justification = translator.justification(action.message.justification, timeouts)
        return translator.committee.signNewView(author, justification)
      }
      case 'on_proposal': {
        const { block } = action.message
        const justification = translator.justification(action.message.justification, timeouts)
        const payload = block === undefined ? undefined : translator.payload(block)
        return translator.committee.signProposal(author, justification, payload)
      }
    }
  }

  /** Puts a replica into a state of the trace, after a step in which the two are known to differ. */
  adopt(name: string, spec: SpecReplica, recorded: SpecState): void {
    const { timeouts } = recorded
    const old = this.replica(name)
    const { translator } = this
    const disk = new FakeDisk()
    for (const { block, qc } of spec.committedBlocks) {
      disk.append(createFinalBlock(translator.payload(block), translator.commitQc(qc)))
    }
    const replica = new StepReplica({ ...this.#options(name), disk, now: old.now })
    const deadline = old.now + old.state.config.viewTimeoutMs
    const { commit, timeout } = old.state.votes
    const state: ChonkyState = {
      ...old.state,
      view: spec.view,
      phase: spec.phase,
      highVote: spec.highVote && translator.commit(spec.highVote),
      highCommitQc: spec.highCommitQc && translator.commitQc(spec.highCommitQc),
      highTimeoutQc: spec.highTimeoutQc && translator.timeoutQc(spec.highTimeoutQc, timeouts),
      nextBlock: disk.next,
      deadline,
      votes: { commit: pruneTally(commit, spec.view), timeout: pruneTally(timeout, spec.view) },
      proposals: spec.cachedProposals
        .filter(([number]) => number >= disk.next)
        .map(([number, block]) => {
          const payload = translator.payload(block)
          return { number, payload, hash: hashPayload(payload) }
        }),
      pendingProposal: undefined,
      proposer: undefined,
    }
    replica.state = { ...state, proposer: proposerOf(state) }
    replica.timer = deadline
    this.#replicas.set(name, replica)
    for (const entry of recorded.justifications) if (entry.replica === name) this.#note(entry)
    const proposal = reproposalOf(state)
    if (proposal !== undefined) {
      this.#noteSent([translator.committee.sign(replica.index, proposal)], [])
    }
  }

  #bring(name: string, spec: SpecReplica, initial: SpecState): void {
    const replica = new StepReplica(this.#options(name))
    this.#replicas.set(name, replica)
    replica.start()
    const { translator } = this
    if (spec.highTimeoutQc !== undefined) {
      const other = translator.index(name) === 0 ? 1 : 0
      const qc = translator.timeoutQc(spec.highTimeoutQc, initial.timeouts)
      const before = replica.effects.length
      replica.receive(translator.committee.signNewView(other, { type: 'timeout', qc }))
      const action = { type: 'on_timer_is_finished', replica: name } as const
      this.#noteJustifications(action, replica.effects.slice(before))
    }
    this.#noteSent(replica.takeSent(), replica.effects)
  }

  #noteSent(messages: readonly Signed[], effects: readonly Effect[]): void {
    const entered = effects.some(({ type }) => type === 'viewEntered')
    for (const signed of messages) {
      const message = this.translator.fromSigned(signed)
      this.said.add(showMessage(message))
      if (message.type !== 'newView' || entered) this.#sent.push(message)
    }
  }

  #options(name: string): StepReplicaOptions {
    return {
      committee: this.translator.committee,
      index: this.translator.index(name),
      holdLoopback: true,
      execution: { propose: () => 'later' },
      ...(this.#step === undefined ? {} : { step: this.#step }),
    }
  }

  #deliver(replica: StepReplica, message: Signed): void {
    const own = this.translator.committee.schedule.indexOf(message.key) === replica.index
    if (own) replica.loopBack(message)
    else replica.receive(message)
  }

  #noteJustifications(action: ReplicaAction, effects: readonly Effect[]): void {
    const { state } = this.replica(action.replica)
    for (const effect of effects) {
      if (effect.type === 'viewEntered') {
        const justification = this.translator.fromJustification(currentJustification(state))
        this.#note({ replica: action.replica, view: effect.view, justification })
      }
    }
    const voted = effects.some(
      (effect) => effect.type === 'broadcast' && effect.message.type === 'replicaCommit',
    )
    if (action.type === 'on_proposal' && voted) {
      const { justification } = action.message
      this.#note({ replica: action.replica, view: state.view, justification })
    }
  }

  #note(entry: SpecEntry): void {
    this.justifications.set(`${entry.replica}/${entry.view}`, entry)
  }
}

function proposerKey({ sig, justification }: SpecProposal): string {
  return `${sig} in view ${justifiedView(justification)}`
}

function leads({ config, phase, view }: ChonkyState): boolean {
  if (phase !== 'prepare' || view === 0n) return false
  return config.scope.schedule.leaderAt(view) === config.self
}

/** What a leader that entered its view by the way of `step` would be waiting for. */
function proposerOf(state: ChonkyState): ChonkyState['proposer'] {
  const { schedule, firstBlock } = state.config.scope
  if (!leads(state)) return undefined
  const { number, payload } = impliedBlock(currentJustification(state), schedule, firstBlock)
  if (payload !== undefined || number !== state.nextBlock) return undefined
  return { step: 'payload', number }
}

/** What such a leader would have sent at once. */
function reproposalOf(state: ChonkyState): ConsensusMsg | undefined {
  const { schedule, firstBlock } = state.config.scope
  if (!leads(state)) return undefined
  const justification = currentJustification(state)
  if (impliedBlock(justification, schedule, firstBlock).payload === undefined) return undefined
  return { type: 'leaderProposal', value: { payload: undefined, justification } }
}
