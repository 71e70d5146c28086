import { qcKey } from '@zkstack/roles'
import type { ConsensusMsg, Signed } from '@zkstack/roles'
import type { Effect } from '../../src/chonky/effect.js'
import { reviewCheck } from '../../src/chonky/review-check.js'
import { initialState } from '../../src/chonky/state.js'
import type { ChonkyState } from '../../src/chonky/state.js'
import { step } from '../../src/chonky/step.js'
import type { UntimedInput } from '../../src/runner/input-queue.js'
import { VerifiedQcCache } from '../../src/runner/verified-qc-cache.js'
import { runCheckAtOnce } from '../run-check-at-once.js'
import type { ActorInit } from './actor.js'

/**
 * A replica that says what a correct one would say, for a faulty member to twist. It runs the `step` of correct replicas,
 * needs no disk, as it takes every final block for stored, and accepts every payload.
 */
export class Puppet {
  readonly #init: ActorInit
  readonly #verified = new VerifiedQcCache(100)
  readonly #inputs: UntimedInput[] = []
  #said: ConsensusMsg[] = []
  #timer = Infinity
  #now = 0
  state: ChonkyState

  constructor(init: ActorInit) {
    this.#init = init
    const { committee, index: self, maxPayloadBytes, viewTimeoutMs } = init
    const { scope } = committee
    this.state = initialState({
      config: { scope, self, maxPayloadBytes, viewTimeoutMs },
      persisted: undefined,
      firstBlock: scope.firstBlock,
      nextBlock: scope.firstBlock,
    })
  }

  /** When it wants a `tick`. */
  get timer(): number {
    return this.#timer
  }

  /** Handles an input; returns what it would send to everybody, in order. */
  input(input: UntimedInput, now: number): readonly ConsensusMsg[] {
    this.#now = now
    this.#inputs.push(input)
    for (let next = this.#inputs.shift(); next !== undefined; next = this.#inputs.shift()) {
      const { state, effects } = step(this.state, { ...next, now })
      this.state = state
      for (const effect of effects) this.#carryOut(effect)
    }
    const said = this.#said
    this.#said = []
    return said
  }

  /** Lets its time run. */
  tick(now: number): readonly ConsensusMsg[] {
    return now >= this.#timer ? this.input({ type: 'tick' }, now) : []
  }

  #carryOut(effect: Effect): void {
    const { committee, index, payloads } = this.#init
    switch (effect.type) {
      case 'broadcast': {
        const message: Signed = committee.sign(index, effect.message)
        this.#said.push(effect.message)
        this.#inputs.push({ type: 'message', message, carrier: 'self' })
        return
      }
      case 'setTimer':
        this.#timer = Math.max(effect.at, this.#now + 1)
        return
      case 'propose': {
        const payload = payloads.valid(effect.number, index)
        this.#inputs.push({ type: 'payloadProposed', view: effect.view, payload })
        return
      }
      case 'verifyPayload': {
        const { view, hash } = effect
        this.#inputs.push({ type: 'payloadVerified', view, hash, verdict: { ok: true } })
        return
      }
      case 'verify':
        return this.#verify(effect)
      case 'qcFormed':
        return this.#verified.add(qcKey(effect.qc, committee.scope))
      case 'finalized': {
        const first = committee.scope.firstBlock
        this.#inputs.push({ type: 'blockPersisted', first, next: effect.header.number + 1n })
        return
      }
      default:
        return
    }
  }

  #verify({ id, check }: Effect & { readonly type: 'verify' }): void {
    if (reviewCheck(this.state, id) === 'drop') {
      this.#inputs.push({ type: 'verified', id, result: { type: 'moot' } })
      return
    }
    const { scope } = this.#init.committee
    const result = runCheckAtOnce(check, { scope, verified: this.#verified })
    this.#inputs.push({ type: 'verified', id, result })
  }
}
