import type { SignatureScheme } from '@zkstack/crypto'
import { protocols } from '@zkstack/network'
import { labelOf, viewOf } from '@zkstack/roles'
import { describeActorFrame } from './describe-actor-frame.js'
import type { InvariantChecker } from './invariant-checker.js'
import type { WireObserver } from './simulated-connection.js'
import type { SimulationLog } from './simulation-log.js'

/** What a {@link WireLog} works with. */
export interface WireLogInit {
  readonly log: SimulationLog
  readonly checker: InvariantChecker
  readonly scheme: SignatureScheme
  isActor(node: number): boolean
  now(): number
}

/** Notes what goes over the wire, shows it to the checker as far as it is of honest nodes, and counts. */
export class WireLog implements WireObserver {
  readonly #init: WireLogInit
  /** The last frame in words: it goes to many, one after another. */
  #described: { readonly frame: Uint8Array; readonly words: string } | undefined
  #deliveries = 0
  #views = 0n

  constructor(init: WireLogInit) {
    this.#init = init
  }

  /** Consensus messages that arrived. */
  get deliveries(): number {
    return this.#deliveries
  }

  /** The highest view of a message of an honest node. */
  get views(): bigint {
    return this.#views
  }

  sent(from: number, to: number, protocol: string, frame: Uint8Array): string {
    const { checker, isActor } = this.#init
    if (protocol === protocols.proposals && !isActor(from)) {
      checker.sentElsewhere(from, protocol, frame)
    }
    if (protocol === protocols.consensus && !isActor(from) && checker.sent(from, frame)) {
      this.#noteNew(frame)
    }
    const words = this.#describe(from, protocol, frame)
    this.#add('send', from, to, words)
    return words
  }

  delivered(from: number, to: number, protocol: string, words: string): void {
    if (protocol === protocols.consensus) this.#deliveries += 1
    this.#add('deliver', to, from, words)
  }

  lost(from: number, to: number, _: string, words: string): void {
    this.#add('lose', to, from, words)
  }

  #add(type: 'send' | 'deliver' | 'lose', node: number, peer: number, text: string): void {
    const { log, now } = this.#init
    log.add({ at: now(), type, node, peer, text })
  }

  #noteNew(frame: Uint8Array): void {
    const { log, checker } = this.#init
    log.noteBytes(frame)
    const { number } = viewOf(checker.decode(frame).msg)
    if (number > this.#views) this.#views = number
  }

  #describe(from: number, protocol: string, frame: Uint8Array): string {
    const { checker, isActor, scheme } = this.#init
    if (protocol !== protocols.consensus) return `${protocol} ${frame.length}`
    if (isActor(from)) return describeActorFrame(frame, scheme)
    if (this.#described?.frame === frame) return this.#described.words
    const { msg } = checker.decode(frame)
    const words = `${labelOf(msg)} ${viewOf(msg).number}`
    this.#described = { frame, words }
    return words
  }
}
