import { errorOf, lazySignal } from '@zkstack/concurrency'
import type { Ctx } from '@zkstack/concurrency'
import { HashedProposal, hashMsg, labelOf, payloadPartBytes } from '@zkstack/roles'
import type { ConsensusMsg, MessageLabel, Signed } from '@zkstack/roles'
import type { SignatureScheme } from '@zkstack/crypto'
import { ReplicaWarning } from './errors.js'
import type { ValidatorSigner } from './validator-signer.js'
import { Wakeup } from './wakeup.js'

/** What the lane works with. */
export interface SigningLaneInit {
  readonly signer: ValidatorSigner
  readonly scheme: SignatureScheme
  /** After that many milliseconds an answer of the signer is no longer awaited. */
  readonly timeoutMs: number
  /** Lets other work run; awaited between two parts of a large payload. */
  yieldTurn(): Promise<void>
  /** Takes each signed message, in order. */
  signed(message: Signed): void
  warn(warning: ReplicaWarning): void
}

/**
 * Signs our messages one after the other, in the order in which the state machine decided them, beside its loop: a slow or
 * dead signer delays nothing but our own messages. Bounded: a newer message of a label replaces an older one that still
 * waits. What could not be signed is kept for `retry`.
 */
export class SigningLane {
  readonly #init: SigningLaneInit
  readonly #waiting = new Map<MessageLabel, ConsensusMsg>()
  readonly #failed = new Map<MessageLabel, ConsensusMsg>()
  #signing: { readonly label: MessageLabel; readonly since: number } | undefined
  readonly #wakeup = new Wakeup()

  constructor(init: SigningLaneInit) {
    this.#init = init
  }

  /** Labels of the messages that are not signed yet. */
  get unsigned(): readonly MessageLabel[] {
    const labels = new Set([...this.#failed.keys(), ...this.#waiting.keys()])
    if (this.#signing !== undefined) labels.add(this.#signing.label)
    return [...labels]
  }

  /** The message that the signer was asked to sign, and since when in monotonic milliseconds. */
  get signing(): { readonly label: MessageLabel; readonly since: number } | undefined {
    return this.#signing
  }

  /** Takes a message whose decision is on disk (rule 22). */
  submit(message: ConsensusMsg): void {
    const label = labelOf(message)
    this.#failed.delete(label)
    this.#waiting.delete(label)
    this.#waiting.set(label, message)
    this.#wakeup.wake()
  }

  /** Tries failed messages again, those excepted that are moot by now. */
  retry(isMoot: (message: ConsensusMsg) => boolean): void {
    const failed = [...this.#failed.values()]
    this.#failed.clear()
    for (const message of failed) if (!isMoot(message)) this.submit(message)
  }

  /** Runs until cancellation. */
  async run(ctx: Ctx): Promise<never> {
    ctx.onCancel(() => {
      this.#wakeup.wake()
    })
    for (;;) {
      ctx.throwIfCanceled()
      const [next] = this.#waiting
      if (next === undefined) {
        await this.#wakeup.wait()
        continue
      }
      const [label, message] = next
      this.#waiting.delete(label)
      this.#signing = { label, since: ctx.clock.now() }
      await this.#sign(ctx, label, message)
      this.#signing = undefined
    }
  }

  async #sign(outer: Ctx, label: MessageLabel, message: ConsensusMsg): Promise<void> {
    const { signer, scheme, timeoutMs, signed, warn } = this.#init
    const ctx = outer.child({ timeoutMs })
    try {
      const msg =
        payloadBytesOf(message) > payloadPartBytes ? await this.#hashed(ctx, message) : message
      // A signer that is no async function may return what it likes.
      const sig = await ctx.race(Promise.resolve(signer.sign(hashMsg(msg), lazySignal(ctx))))
      if (scheme.isCanonicalSignature(sig)) {
        signed({ msg, key: signer.publicKey, sig: new Uint8Array(sig) })
        return
      }
      warn(new ReplicaWarning('SIGNER_MALFORMED', `no signature of ${scheme.name} for ${label}`))
    } catch (e) {
      outer.throwIfCanceled()
      const { message } = errorOf(e)
      warn(new ReplicaWarning('SIGNER_FAILED', `${label} not signed: ${message}`, { cause: e }))
    } finally {
      ctx[Symbol.dispose]()
    }
    if (!this.#waiting.has(label)) this.#failed.set(label, message)
  }

  /** Hashes a large proposal part by part, once for us and for all who get it from us. */
  async #hashed(ctx: Ctx, message: ConsensusMsg): Promise<ConsensusMsg> {
    if (message.type !== 'leaderProposal') return message
    const { payload, justification } = message.value
    if (payload === undefined) return message
    const hasher = HashedProposal.start({ payload, justification })
    for (;;) {
      hasher.next()
      if (hasher.result !== undefined) return { type: message.type, value: hasher.result }
      await ctx.race(this.#init.yieldTurn())
    }
  }
}

/** Bytes of the payload that a message carries. */
function payloadBytesOf(message: ConsensusMsg): number {
  return message.type === 'leaderProposal' ? (message.value.payload?.length ?? 0) : 0
}
