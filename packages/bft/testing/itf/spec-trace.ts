import { decodeState } from './decode-spec.js'
import { deriveAction } from './derive-action.js'
import { ItfCursor } from './itf-cursor.js'
import { ItfError } from './itf-error.js'
import type { ItfTrace } from './read-trace.js'
import type { SpecAction, SpecJustification, SpecState } from './spec-types.js'

/** Most replicas that a trace may name. */
const mostReplicas = 200

/** A state, and how it came about. */
export interface SpecStep {
  /** Place in the trace, from 0. */
  readonly index: number
  readonly action: SpecAction
  readonly before: SpecState
  readonly after: SpecState
}

/** A run of the specification, from a file or from a model. */
export interface RecordedRun {
  readonly initial: SpecState
  /** Every replica that it names, correct or faulty. */
  readonly replicas: readonly string[]
  /** Number of steps. */
  readonly length: number
  steps(): Iterable<SpecStep>
}

/** A trace of the specification. Each walk over its steps decodes them anew; two states are in memory at a time. */
export class SpecTrace implements RecordedRun {
  readonly initial: SpecState
  /** Every replica that the trace names, correct or faulty, in the natural order of names. */
  readonly replicas: readonly string[]
  readonly #states: readonly ItfCursor[]

  /** @throws ItfError */
  constructor(trace: ItfTrace) {
    this.#states = trace.states
    this.initial = this.#decode(0)
    const last = this.#decode(this.length)
    const names = new Set([...namesIn(this.initial), ...namesIn(last)])
    this.replicas = [...names].toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    if (this.replicas.length > mostReplicas) {
      throw new ItfError('TOO_LARGE', `${this.replicas.length} replicas, at most ${mostReplicas}`)
    }
  }

  /** Number of steps: one fewer than states. */
  get length(): number {
    return this.#states.length - 1
  }

  /** The steps in order. @throws ItfError when it comes to one that cannot be read. */
  *steps(): Generator<SpecStep, void, void> {
    let before = this.initial
    let lastAction = this.#variables(0).optional('ghost_step')
    for (let index = 1; index <= this.length; index += 1) {
      const variables = this.#variables(index)
      const after = this.#decode(index)
      const action = deriveAction({
        before,
        after,
        lastAction,
        replicas: this.replicas.length,
        ...variables,
      })
      if (action === undefined) {
        throw new ItfError('UNKNOWN_STEP', `states[${index}]: no telling what was done`)
      }
      yield { index, action, before, after }
      before = after
      lastAction = variables.optional('ghost_step')
    }
  }

  #decode(index: number): SpecState {
    return decodeState(this.#variables(index).variable)
  }

  #variables(index: number): Variables {
    const at = this.#states[index]
    if (at === undefined) throw new ItfError('NOT_ITF', `no state ${index}`)
    return variablesOf(at)
  }
}

/** The variables of one state, by the last part of their names. */
export interface Variables {
  readonly variable: (name: string) => ItfCursor
  readonly optional: (name: string) => ItfCursor | undefined
}

function variablesOf(at: ItfCursor): Variables {
  const record = at.record()
  const optional = (name: string): ItfCursor | undefined => {
    const key = Object.keys(record).find((key) => key === name || key.endsWith(`::${name}`))
    return key === undefined ? undefined : new ItfCursor(record[key], `.${key}`, at)
  }
  return { optional, variable: (name) => optional(name) ?? at.fail(`has no variable '${name}'`) }
}

function* namesIn(state: SpecState): Generator<string, void, void> {
  yield* state.replicas.keys()
  yield* state.leader.values()
  for (const { sig, highCommitQc } of state.timeouts) {
    yield sig
    yield* highCommitQc?.signers ?? []
  }
  for (const { sig } of state.commits) yield sig
  for (const { sig, justification } of [...state.newViews, ...state.proposals]) {
    yield sig
    yield* signersIn(justification)
  }
  for (const { highTimeoutQc } of state.replicas.values()) yield* highTimeoutQc?.signers ?? []
}

function signersIn(justification: SpecJustification): readonly string[] {
  return justification.qc.signers
}
