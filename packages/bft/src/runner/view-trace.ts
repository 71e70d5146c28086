import { childOf, type Span, type SpanAttributes, type Tracer } from '@zkstack/concurrency'
import { toHex } from '@zkstack/crypto'
import type { EpochScope } from '@zkstack/roles'
import type { Effect } from '../chonky/effect.js'
import type { Input } from '../chonky/input.js'
import type { ChonkyState } from '../chonky/state.js'

/** How a view ended: with its block, without one when its time ran out, or because others were ahead. */
export type ViewOutcome = 'finalized' | 'timeout' | 'skipped' | 'stopped'

interface OpenView {
  readonly view: bigint
  readonly span: Span
  outcome: ViewOutcome
}

/** What a {@link ViewTrace} takes. */
export interface ViewTraceInit {
  readonly tracer: Tracer
  readonly scope: EpochScope
  /** The tracer threw: nothing more is traced. */
  onFailure(error: unknown): void
}

/**
 * A span for each view of a replica, with children for what it waited for: `propose`, `verify`, `check` (of signatures), `persist`,
 * `save_block`. It only watches what the state machine is given and decides; a tracer that throws is never called again.
 */
export class ViewTrace {
  readonly #init: ViewTraceInit
  /** Spans of calls and checks that were begun, by what ends them. */
  readonly #open = new Map<string, Span>()
  #view: OpenView | undefined
  #failed = false

  constructor(init: ViewTraceInit) {
    this.#init = init
  }

  /** An input was handled; its effects are yet to be carried out. */
  handled({ view }: ChonkyState, input: Input, effects: readonly Effect[]): void {
    this.#guard(() => {
      this.#answered(input)
      for (const effect of effects) this.#decided(effect)
      if (this.#view === undefined) this.#enter(view)
    })
  }

  /** A write that everything else waits for begins; the result ends its span. */
  writing(effect: Effect): (() => void) | undefined {
    const waits = effect.type === 'persist' || (effect.type === 'saveBlock' && effect.wait)
    if (!waits) return undefined
    return this.#guard(() => {
      const name = effect.type === 'persist' ? 'persist' : 'save_block'
      const key = `write ${name}`
      this.#begin(key, name, {})
      return () => {
        this.#guard(() => {
          this.#end(key)
        })
      }
    })
  }

  /** Ends everything that is open. */
  close(): void {
    this.#guard(() => {
      this.#leave('stopped')
    })
  }

  #answered(input: Input): void {
    if (input.type === 'payloadProposed') {
      const outcome = input.payload === undefined ? 'none' : 'payload'
      this.#end('propose', { 'zkstack.outcome': outcome })
    } else if (input.type === 'payloadVerified') {
      this.#end('verify', { 'zkstack.outcome': input.verdict.ok ? 'accepted' : 'refused' })
    } else if (input.type === 'verified') {
      this.#end(`check ${input.id}`)
    }
  }

  #decided(effect: Effect): void {
    switch (effect.type) {
      case 'propose':
        return this.#begin('propose', 'propose', { 'zkstack.block': Number(effect.number) })
      case 'verifyPayload':
        return this.#begin('verify', 'verify', {
          'zkstack.block': Number(effect.number),
          'zkstack.payload_bytes': effect.payload.length,
        })
      case 'verify':
        return this.#begin(`check ${effect.id}`, 'check', { 'zkstack.check': effect.check.type })
      case 'finalized':
        if (this.#view?.view !== effect.view) return
        this.#view.outcome = 'finalized'
        this.#view.span.setAttribute('zkstack.block', Number(effect.header.number))
        return
      case 'viewTimedOut':
        if (this.#view?.outcome === 'skipped') this.#view.outcome = 'timeout'
        return
      case 'viewEntered':
        this.#leave()
        return this.#enter(effect.view)
      default:
        return
    }
  }

  #enter(view: bigint): void {
    const { tracer, scope } = this.#init
    const leader = scope.schedule.leaderAt(view)
    const attributes = {
      'zkstack.view': Number(view),
      'zkstack.epoch': Number(scope.epoch),
      'zkstack.leader': toHex(scope.schedule.at(leader)?.key ?? new Uint8Array()),
    }
    const span = tracer.startSpan('zkstack.view', { root: true, attributes })
    this.#view = { view, span, outcome: 'skipped' }
  }

  /** Ends the view, and what was begun in it and has not ended: its answer no longer matters. */
  #leave(outcome?: ViewOutcome): void {
    for (const key of [...this.#open.keys()]) this.#end(key, { 'zkstack.outcome': 'moot' })
    const view = this.#view
    this.#view = undefined
    if (view === undefined) return
    view.span.setAttribute('zkstack.outcome', outcome ?? view.outcome)
    if (view.outcome === 'timeout') view.span.setStatus({ code: 2, message: 'the view timed out' })
    view.span.end()
  }

  #begin(key: string, name: string, attributes: SpanAttributes): void {
    if (this.#view === undefined) return
    this.#end(key)
    const context = childOf(this.#view.span)
    const options = { attributes: { ...attributes } }
    this.#open.set(key, this.#init.tracer.startSpan(`zkstack.${name}`, options, context))
  }

  #end(key: string, attributes: SpanAttributes = {}): void {
    const span = this.#open.get(key)
    if (span === undefined) return
    this.#open.delete(key)
    for (const [name, value] of Object.entries(attributes)) span.setAttribute(name, value)
    span.end()
  }

  #guard<T>(act: () => T): T | undefined {
    if (this.#failed) return undefined
    try {
      return act()
    } catch (error) {
      this.#failed = true
      this.#init.onFailure(error)
      return undefined
    }
  }
}
