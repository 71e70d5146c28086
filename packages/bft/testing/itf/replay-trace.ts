import type { step } from '../../src/chonky/step.js'
import type { DivergenceName } from './divergence.js'
import { explain } from './divergence.js'
import { project, projectedFields, showMessage } from './show-spec.js'
import type { Projection } from './show-spec.js'
import { specInvariants } from './spec-invariants.js'
import { SpecReplicas } from './spec-replicas.js'
import type { ReplicaAction } from './spec-replicas.js'
import { ItfError } from './itf-error.js'
import type { RecordedRun, SpecStep } from './spec-trace.js'
import type { SpecMessage, SpecReplica, SpecState } from './spec-types.js'
import { replayedState } from './replayed-state.js'

/** Options of {@link replayTrace}. */
export interface ReplayOptions {
  /** The state machine; a test of the harness replaces it by a broken one. */
  readonly step?: typeof step
  /** Whether the application accepts a block; default: unless its name begins with `inv`, as in the specification. */
  readonly isValidBlock?: (block: string) => boolean
  /** Called after each step. */
  readonly onStep?: (done: number, of: number) => void
}

/** A step in which implementation and specification part, for no known reason. */
export interface Mismatch {
  readonly index: number
  readonly action: ReplicaAction['type'] | 'init' | 'environment'
  readonly replica: string
  /** What differs, each with both values, or a message that was not sent. */
  readonly differences: readonly string[]
}

/** An invariant that a state breaks. */
export interface InvariantBreak {
  readonly index: number
  readonly invariant: string
  readonly what: string
}

/** What a replay found. */
export interface ReplayReport {
  /** Steps of the trace in which a correct replica acts, and those in which none does. */
  readonly replicaSteps: number
  readonly environmentSteps: number
  /** Steps after which all six fields of the acting replica were equal, and all that it sent was sent. */
  readonly compared: number
  /** Steps passed over, by the known divergence that explains each. */
  readonly passedOver: readonly { readonly index: number; readonly why: DivergenceName }[]
  /** Where the replay ended early; `undefined` when it reached the end. */
  readonly mismatch: Mismatch | undefined
  readonly statesChecked: number
  /** Invariants that the replayed state breaks and the recorded one does not. */
  readonly broken: readonly InvariantBreak[]
  /** Invariants that both break: what the trace was made to show. */
  readonly recorded: readonly InvariantBreak[]
}

/**
 * Feeds a trace of the specification to the implementation, action by action, and compares the acting replica after each.
 * Where a known divergence explains a difference, the replica is put into the recorded state and the replay goes on.
 *
 * @throws ItfError when it comes to a step that cannot be read.
 */
export function replayTrace(trace: RecordedRun, options: ReplayOptions = {}): ReplayReport {
  return new Replay(trace, options).run()
}

class Replay {
  readonly #trace: RecordedRun
  readonly #o: ReplayOptions
  readonly #replicas: SpecReplicas
  readonly #passedOver: { index: number; why: DivergenceName }[] = []
  readonly #broken: InvariantBreak[] = []
  readonly #recorded: InvariantBreak[] = []
  #replicaSteps = 0
  #environmentSteps = 0
  #compared = 0
  #statesChecked = 0

  constructor(trace: RecordedRun, o: ReplayOptions) {
    this.#trace = trace
    this.#o = o
    this.#replicas = new SpecReplicas(trace, o.step)
  }

  run(): ReplayReport {
    const { initial, length } = this.#trace
    const start = this.#compareAll(initial, 0, 'init')
    if (start !== undefined) return this.#report(start)
    this.#checkInvariants(initial, 0)
    for (const specStep of this.#trace.steps()) {
      const mismatch = this.#step(specStep)
      if (mismatch !== undefined) return this.#report(mismatch)
      this.#checkInvariants(specStep.after, specStep.index)
      this.#o.onStep?.(specStep.index, length)
    }
    return this.#report(undefined)
  }

  #step(specStep: SpecStep): Mismatch | undefined {
    const { action, after, before, index } = specStep
    if (action.type === 'environment') {
      this.#environmentSteps += 1
      return this.#compareAll(after, index, 'environment')
    }
    this.#replicaSteps += 1
    const name = action.replica
    const spec = { before: stateOf(before, name), after: stateOf(after, name) }
    const replicaBefore = this.#replicas.replica(name).state
    this.#replicas.act(action, before.timeouts)
    const fields = this.#differing(name, spec.after)
    const unsent = sentBetween(before, after, name).filter(
      (message) => !this.#replicas.said.has(showMessage(message)),
    )
    if (fields.length === 0 && unsent.length === 0) {
      this.#compared += 1
      return undefined
    }
    const replicas = this.#replicas
    const why = explain({ action, ...spec, state: before, replicas, replicaBefore, fields })
    if (why === undefined) {
      const differences = [
        ...this.#describe(name, spec.after, fields),
        ...unsent.map(describeUnsent),
      ]
      return { index, action: action.type, replica: name, differences }
    }
    this.#passedOver.push({ index, why })
    if (fields.length > 0) replicas.adopt(name, spec.after, after)
    replicas.replaceSent(unsent)
    return undefined
  }

  #differing(name: string, spec: SpecReplica): readonly (keyof Projection)[] {
    const [ours, theirs] = [project(this.#replicas.state(name, spec)), project(spec)]
    return projectedFields.filter((field) => ours[field] !== theirs[field])
  }

  #describe(
    name: string,
    spec: SpecReplica,
    fields: readonly (keyof Projection)[],
  ): readonly string[] {
    const [ours, theirs] = [project(this.#replicas.state(name, spec)), project(spec)]
    return fields.map((field) => `${field} is ${ours[field]}, in the trace ${theirs[field]}`)
  }

  #compareAll(state: SpecState, index: number, action: Mismatch['action']): Mismatch | undefined {
    for (const [name, spec] of state.replicas) {
      const fields = this.#differing(name, spec)
      if (fields.length > 0) {
        const differences = this.#describe(name, spec, fields)
        return { index, action, replica: name, differences }
      }
    }
    return undefined
  }

  #checkInvariants(recorded: SpecState, index: number): void {
    const isValidBlock = this.#o.isValidBlock ?? ((block) => !block.startsWith('inv'))
    const { replicas } = this.#trace
    const ours = replayedState(this.#replicas, recorded)
    this.#statesChecked += 1
    for (const [invariant, check] of Object.entries(specInvariants)) {
      const what = check({ state: ours, replicas, isValidBlock })
      if (what === undefined) continue
      const same = check({ state: recorded, replicas, isValidBlock }) !== undefined
      ;(same ? this.#recorded : this.#broken).push({ index, invariant, what })
    }
  }

  #report(mismatch: Mismatch | undefined): ReplayReport {
    return {
      replicaSteps: this.#replicaSteps,
      environmentSteps: this.#environmentSteps,
      compared: this.#compared,
      passedOver: this.#passedOver,
      mismatch,
      statesChecked: this.#statesChecked,
      broken: this.#broken,
      recorded: this.#recorded,
    }
  }
}

function stateOf({ replicas }: SpecState, name: string): SpecReplica {
  const found = replicas.get(name)
  if (found === undefined) throw new ItfError('NOT_CHONKY', `${name} acts and has no state`)
  return found
}

function describeUnsent(message: SpecMessage): string {
  return `not sent: ${showMessage(message)}`
}

/** What a replica sent in a step of the specification. */
function sentBetween(before: SpecState, after: SpecState, name: string): readonly SpecMessage[] {
  const known = new Set(messagesOf(before, name).map(showMessage))
  return messagesOf(after, name).filter((message) => !known.has(showMessage(message)))
}

function messagesOf(state: SpecState, name: string): readonly SpecMessage[] {
  const { commits, timeouts, newViews, proposals } = state
  const own = <T extends { readonly sig: string }>(messages: readonly T[]): readonly T[] =>
    messages.filter(({ sig }) => sig === name)
  return [
    ...own(commits).map((value) => ({ type: 'commit', value }) as const),
    ...own(timeouts).map((value) => ({ type: 'timeout', value }) as const),
    ...own(newViews).map((value) => ({ type: 'newView', value }) as const),
    ...own(proposals).map((value) => ({ type: 'proposal', value }) as const),
  ]
}
