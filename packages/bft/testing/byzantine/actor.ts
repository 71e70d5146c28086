import type { SeededRandom } from '@zkstack/concurrency'
import type { Signed } from '@zkstack/roles'
import type { Committee } from '../committee.js'

/** The payloads that a faulty member proposes, in the terms of the execution layer that judges them. */
export interface ActorPayloads {
  /** A payload that the execution layer accepts for that height; different for each `variant`. */
  valid(number: bigint, variant: number): Uint8Array
  /** A payload that it refuses. */
  invalid(number: bigint): Uint8Array
}

/** What a faulty member knows from the beginning. */
export interface ActorInit {
  readonly committee: Committee
  /** Validator index of the identity that it plays. */
  readonly index: number
  /** The faulty members, itself among them: they share their secrets. */
  readonly coalition: readonly number[]
  readonly random: SeededRandom
  readonly viewTimeoutMs: number
  /** The largest payload that correct replicas accept, in bytes. */
  readonly maxPayloadBytes: number
  readonly payloads: ActorPayloads
}

/** What happens to a faulty member; times are monotonic milliseconds. */
export type ActorInput =
  /** The first input. */
  | { readonly type: 'start'; readonly now: number }
  /** A message arrived; `carrier` is the validator whose connection brought it. */
  | {
      readonly type: 'message'
      readonly now: number
      readonly message: Signed
      readonly carrier: number
    }
  /** A time that a `wake` output named has come. */
  | { readonly type: 'tick'; readonly now: number }

/** Carry a message to these validators, on a connection that proves this identity. */
export interface ActorSend {
  readonly type: 'send'
  readonly message: Signed
  readonly to: readonly number[]
  /** When it leaves; now if that is past. */
  readonly at: number
}

/** Give a `tick` at this time; several may be outstanding. */
export interface ActorWake {
  readonly type: 'wake'
  readonly at: number
}

/** What a faulty member does. */
export type ActorOutput = ActorSend | ActorWake

/**
 * A faulty validator: anything that answers inputs with messages. Synchronous and deterministic: its only chance is the
 * random source that it was made with.
 */
export interface ByzantineActor {
  handle(input: ActorInput): readonly ActorOutput[]
}

/** A kind of fault. */
export interface ActorKind {
  /** What it does, in words. */
  readonly name: string
  /** Blame rules and conflicts of which correct replicas convict it sooner or later; none: what it does proves nothing. */
  readonly convictions: readonly string[]
  readonly create: (init: ActorInit) => ByzantineActor
}
