import { CanceledError, errorOf, lazySignal } from '@zkstack/concurrency'
import type { Ctx } from '@zkstack/concurrency'
import { HashedProposal, hashMsg, labelOf, payloadPartBytes } from '@zkstack/roles'
import type { ConsensusMsg, MessageLabel, Signed } from '@zkstack/roles'
import type { SignatureScheme } from '@zkstack/crypto'
import { ReplicaWarning } from './errors.js'
import type { ValidatorSigner } from './validator-signer.js'

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

/** What the signer was asked for. */
interface SignerCall {
  readonly label: MessageLabel
  readonly message: ConsensusMsg
  /** Monotonic milliseconds. */
  readonly since: number
  /** Ends with the call. */
  readonly ctx: Ctx
}

/** What is chained to it comes after everything that runs now. */
const settled = Promise.resolve()

/**
 * Signs our messages one after the other, in the order in which the state machine decided them, beside its loop: a slow or
 * dead signer delays nothing but our own messages. Bounded: a newer message of a label replaces an older one that still
 * waits. What could not be signed is kept for `retry`.
 */
export class SigningLane {
  readonly #init: SigningLaneInit
  readonly #waiting = new Map<MessageLabel, ConsensusMsg>()
  /** What could not be signed. */
  readonly #unsigned = new Map<MessageLabel, ConsensusMsg>()
  #ctx: Ctx | undefined
  #end: (error: unknown) => void = () => undefined
  #signing: SignerCall | undefined
  /** From the moment at which a message is due until its call has ended. */
  #isBusy = false

  constructor(init: SigningLaneInit) {
    this.#init = init
  }

  /** Labels of the messages that are not signed yet. */
  get unsigned(): readonly MessageLabel[] {
    const labels = new Set([...this.#unsigned.keys(), ...this.#waiting.keys()])
    if (this.#signing !== undefined) labels.add(this.#signing.label)
    return [...labels]
  }

  /** The message that the signer was asked to sign, and since when in monotonic milliseconds. */
  get signing(): { readonly label: MessageLabel; readonly since: number } | undefined {
    if (this.#signing === undefined) return undefined
    const { label, since } = this.#signing
    return { label, since }
  }

  /** Takes a message whose decision is on disk (rule 22). */
  submit(message: ConsensusMsg): void {
    const label = labelOf(message)
    this.#unsigned.delete(label)
    this.#waiting.delete(label)
    this.#waiting.set(label, message)
    this.#wake()
  }

  /** Tries failed messages again, those excepted that are moot by now. */
  retry(isMoot: (message: ConsensusMsg) => boolean): void {
    const unsigned = [...this.#unsigned.values()]
    this.#unsigned.clear()
    for (const message of unsigned) if (!isMoot(message)) this.submit(message)
  }

  /** Runs until cancellation. */
  run(ctx: Ctx): Promise<never> {
    return new Promise((_resolve, reject) => {
      this.#ctx = ctx
      this.#end = reject
      ctx.onCancel(() => {
        reject(ctx.reason ?? new CanceledError())
      })
      this.#wake()
    })
  }

  /** The next message is signed once everything that runs now is done: whoever submits one has not come to its end. */
  #wake(): void {
    if (this.#isBusy || this.#ctx === undefined || this.#waiting.size === 0) return
    this.#isBusy = true
    settled.then(this.#begin, this.#end)
  }

  readonly #begin = (): void => {
    const outer = this.#ctx
    const [next] = this.#waiting
    if (outer === undefined || outer.canceled || next === undefined) return
    const [label, message] = next
    this.#waiting.delete(label)
    const ctx = outer.child({ timeoutMs: this.#init.timeoutMs })
    const call: SignerCall = { label, message, since: ctx.clock.now(), ctx }
    this.#signing = call
    ctx.onCancel(() => {
      this.#failed(call, ctx.reason)
    })
    if (payloadBytesOf(message) <= payloadPartBytes) {
      this.#ask(call, message)
      return
    }
    this.#hashed(ctx, message).then(
      (hashed) => {
        this.#ask(call, hashed)
      },
      (e: unknown) => {
        this.#failed(call, e)
      },
    )
  }

  #ask(call: SignerCall, msg: ConsensusMsg): void {
    try {
      // A signer that is no async function may return what it likes.
      const answer = Promise.resolve(this.#init.signer.sign(hashMsg(msg), lazySignal(call.ctx)))
      answer.then(
        (sig) => {
          this.#answered(call, msg, sig)
        },
        (e: unknown) => {
          this.#failed(call, e)
        },
      )
    } catch (e) {
      this.#failed(call, e)
    }
  }

  #answered(call: SignerCall, msg: ConsensusMsg, sig: Uint8Array): void {
    if (this.#signing !== call || this.#ctx?.canceled === true) return
    const { signer, scheme, signed } = this.#init
    try {
      if (scheme.isCanonicalSignature(sig)) {
        signed({ msg, key: signer.publicKey, sig: new Uint8Array(sig) })
        this.#finish(call)
        return
      }
    } catch (e) {
      this.#failed(call, e)
      return
    }
    const text = `no signature of ${scheme.name} for ${call.label}`
    this.#giveUp(call, new ReplicaWarning('SIGNER_MALFORMED', text))
  }

  #failed(call: SignerCall, cause: unknown): void {
    if (this.#signing !== call || this.#ctx?.canceled === true) return
    const text = `${call.label} not signed: ${errorOf(cause).message}`
    this.#giveUp(call, new ReplicaWarning('SIGNER_FAILED', text, { cause }))
  }

  #giveUp(call: SignerCall, warning: ReplicaWarning): void {
    this.#init.warn(warning)
    if (!this.#waiting.has(call.label)) this.#unsigned.set(call.label, call.message)
    this.#finish(call)
  }

  #finish({ ctx }: SignerCall): void {
    this.#signing = undefined
    ctx[Symbol.dispose]()
    this.#isBusy = false
    this.#wake()
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
