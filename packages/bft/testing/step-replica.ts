import type { CommitQC, FinalBlock, Signed, TimeoutQC } from '@zkstack/roles'
import { qcKey } from '@zkstack/roles'
import type { Check, CheckResult } from '../src/chonky/check.js'
import type { Effect } from '../src/chonky/effect.js'
import type { Input } from '../src/chonky/input.js'
import { reviewCheck } from '../src/chonky/review-check.js'
import { initialState } from '../src/chonky/state.js'
import type { ChonkyState } from '../src/chonky/state.js'
import { step } from '../src/chonky/step.js'
import type { UntimedInput } from '../src/runner/input-queue.js'
import { VerifiedQcCache } from '../src/runner/verified-qc-cache.js'
import { runCheckAtOnce } from './run-check-at-once.js'
import type { Committee } from './committee.js'
import { deepFreeze } from './deep-freeze.js'
import { FakeDisk } from './fake-disk.js'

/** What the execution layer of a replica under test answers; `'later'`: the test gives the input itself. */
export interface StepExecution {
  propose(view: bigint, number: bigint): Uint8Array | undefined | 'later'
  verify(
    number: bigint,
    payload: Uint8Array,
  ): { readonly ok: true } | { readonly ok: false; readonly reason: string } | 'later'
}

/** Options of {@link StepReplica}. */
export interface StepReplicaOptions {
  readonly committee: Committee
  /** Which validator it is. */
  readonly index: number
  readonly disk?: FakeDisk
  /** Default: proposes the text `block N in view V`, and accepts everything. */
  readonly execution?: Partial<StepExecution>
  readonly viewTimeoutMs?: number
  readonly maxPayloadBytes?: number
  /** The state machine; a test of the tests replaces it by a broken one. */
  readonly step?: typeof step
  /** Whether checks wait for {@link StepReplica.runChecks}; default: they run at once. */
  readonly holdChecks?: boolean
  /** Whether its own messages come back only when the test gives them with {@link StepReplica.loopBack}; default: at once. */
  readonly holdLoopback?: boolean
  /** Simulates a crash: called before each effect, the first `true` ends the replica with that effect not carried out. */
  readonly crashBefore?: (effect: Effect) => boolean
  readonly now?: number
  /** Whether states and inputs are frozen. Default true; only who measures `step` should do without. */
  readonly freeze?: boolean
}

/** A committee of one finalizes block after block by itself: give it an execution layer that stops proposing. */
const mostInputs = 100_000

/**
 * One replica without any asynchrony: `step` and a driver that carries its effects out at once, on a fake disk, with real
 * checks. States are frozen, so a `step` that changes its input fails every test.
 */
export class StepReplica {
  readonly index: number
  readonly committee: Committee
  readonly disk: FakeDisk
  /** All effects so far, in order. */
  readonly effects: Effect[] = []
  /** Messages sent and not yet taken by {@link takeSent}. */
  readonly #sent: Signed[] = []
  readonly #o: StepReplicaOptions
  readonly #inputs: UntimedInput[] = []
  readonly #heldChecks: { readonly id: number; readonly check: Check }[] = []
  readonly #gapped = new Map<bigint, FinalBlock>()
  readonly #verified: VerifiedQcCache
  state: ChonkyState
  now: number
  /** When the timer fires; `undefined` before the start. */
  timer: number | undefined
  crashed = false
  /** The code of a `halt` effect. */
  halted: string | undefined

  constructor(o: StepReplicaOptions) {
    this.#o = o
    this.index = o.index
    this.committee = o.committee
    this.disk = o.disk ?? new FakeDisk(o.committee.scope.firstBlock)
    this.now = o.now ?? 0
    this.#verified = new VerifiedQcCache(1000)
    const config = {
      scope: o.committee.scope,
      self: o.index,
      maxPayloadBytes: o.maxPayloadBytes ?? 1000,
      viewTimeoutMs: o.viewTimeoutMs ?? 2000,
    }
    this.state = this.#frozen(
      initialState({
        config,
        persisted: this.disk.load(),
        firstBlock: this.disk.first,
        nextBlock: this.disk.next,
      }),
    )
  }

  /** A replica of the same validator on the same disk; everything volatile is gone. */
  restart(change: Partial<StepReplicaOptions> = {}): StepReplica {
    const { crashBefore: _, ...o } = this.#o
    return new StepReplica({ ...o, disk: this.disk, now: this.now, ...change })
  }

  start(): readonly Effect[] {
    return this.input({ type: 'start' })
  }

  /** Gives a message from the network; the carrier is the author unless named. */
  receive(message: Signed, carrier?: number | 'nobody'): readonly Effect[] {
    const author = this.committee.schedule.indexOf(message.key)
    const from = carrier === 'nobody' ? undefined : (carrier ?? author)
    return this.input({ type: 'message', message, carrier: from })
  }

  /** Gives back a message that it sent, as its driver would. */
  loopBack(message: Signed): readonly Effect[] {
    return this.input({ type: 'message', message, carrier: 'self' })
  }

  /** Lets the view time run out, or the given time pass. */
  expire(ms?: number): readonly Effect[] {
    this.now = ms === undefined ? Math.max(this.now, this.timer ?? this.now) : this.now + ms
    return this.input({ type: 'tick' })
  }

  /** Takes a block as from sync. */
  receiveBlock(block: FinalBlock): readonly Effect[] {
    if (!this.disk.append(block)) return []
    return this.input(this.#range())
  }

  /** Handles an input and everything that follows from it; returns the effects of all. */
  input(input: UntimedInput): readonly Effect[] {
    const before = this.effects.length
    this.#inputs.push(input)
    this.#settle()
    return this.effects.slice(before)
  }

  /** Checks that wait because of `holdChecks`. */
  get heldChecks(): readonly { readonly id: number; readonly check: Check }[] {
    return this.#heldChecks
  }

  /** Runs the checks held back, oldest first, and whatever follows. */
  runChecks(count = Infinity): readonly Effect[] {
    const before = this.effects.length
    for (let i = 0; i < count; i += 1) {
      const next = this.#heldChecks.shift()
      if (next === undefined) break
      this.#inputs.push({ type: 'verified', id: next.id, result: this.#check(next) })
      this.#settle()
    }
    return this.effects.slice(before)
  }

  /** Takes what was sent since the last call. */
  takeSent(): readonly Signed[] {
    return this.#sent.splice(0)
  }

  #frozen<T>(value: T): T {
    return this.#o.freeze === false ? value : deepFreeze(value)
  }

  #settle(): void {
    let handled = 0
    for (let next = this.#inputs.shift(); next !== undefined; next = this.#inputs.shift()) {
      handled += 1
      if (handled > mostInputs) throw new RangeError('a replica alone never comes to rest')
      if (this.crashed || this.halted !== undefined) return
      const input: Input = this.#frozen({ ...next, now: this.now })
      const { state, effects } = (this.#o.step ?? step)(this.state, input)
      this.state = this.#frozen(state)
      for (const effect of effects) {
        if (this.#o.crashBefore?.(effect) === true) {
          this.crashed = true
          return
        }
        this.effects.push(effect)
        this.#carryOut(effect)
      }
    }
  }

  #carryOut(effect: Effect): void {
    switch (effect.type) {
      case 'persist':
        return this.disk.save(effect.state)
      case 'saveBlock':
        return this.#saveBlock(effect.block, effect.wait)
      case 'broadcast': {
        const message = this.committee.sign(this.index, effect.message)
        this.#sent.push(message)
        if (this.#o.holdLoopback !== true) {
          this.#inputs.push({ type: 'message', message, carrier: 'self' })
        }
        return
      }
      case 'setTimer':
        this.timer = effect.at
        return
      case 'propose': {
        const { view, number } = effect
        const payload = this.#propose(view, number)
        if (payload === 'later') return
        this.#inputs.push({ type: 'payloadProposed', view, payload })
        return
      }
      case 'verifyPayload': {
        const { view, number, payload, hash } = effect
        const verdict = this.#o.execution?.verify?.(number, payload) ?? ({ ok: true } as const)
        if (verdict === 'later') return
        this.#inputs.push({ type: 'payloadVerified', view, hash, verdict })
        return
      }
      case 'verify':
        if (this.#o.holdChecks === true) this.#heldChecks.push(effect)
        else {
          this.#inputs.push({ type: 'verified', id: effect.id, result: this.#check(effect) })
        }
        return
      case 'qcFormed':
        return this.#verified.add(qcKey(effect.qc, this.committee.scope))
      case 'halt':
        this.halted = effect.code
        return
      default:
        return
    }
  }

  #propose(view: bigint, number: bigint): Uint8Array | undefined | 'later' {
    const { execution } = this.#o
    if (execution?.propose !== undefined) return execution.propose(view, number)
    return new TextEncoder().encode(`block ${number} in view ${view}`)
  }

  #saveBlock(block: FinalBlock, wait: boolean): void {
    if (wait && block.number > this.disk.next) throw new TypeError('waits for a block with a gap')
    this.#gapped.set(block.number, block)
    let appended = false
    for (;;) {
      const next = this.#gapped.get(this.disk.next)
      if (next === undefined) break
      appended = this.disk.append(next)
    }
    for (const number of this.#gapped.keys()) {
      if (number < this.disk.next) this.#gapped.delete(number)
    }
    if (appended) this.#inputs.push(this.#range())
  }

  #range(): UntimedInput {
    return { type: 'blockPersisted', first: this.disk.first, next: this.disk.next }
  }

  #check({ id, check }: { readonly id: number; readonly check: Check }): CheckResult {
    const verdict = reviewCheck(this.state, id)
    if (verdict === 'drop') return { type: 'moot' }
    if (verdict === 'pass') return { type: 'message', outcome: 'valid' }
    return runCheckAtOnce(check, { scope: this.committee.scope, verified: this.#verified })
  }
}

/** The QC of that type that the effects announce first. */
export function formedQc(effects: readonly Effect[]): CommitQC | TimeoutQC | undefined {
  return effects.find((effect) => effect.type === 'qcFormed')?.qc
}
