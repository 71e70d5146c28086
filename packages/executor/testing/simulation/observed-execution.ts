import type { FinalBlock } from '@zkstack/roles'
import type {
  CallOptions,
  ExecutionLayer,
  ProposeRequest,
  Verdict,
  VerifyRequest,
} from '@zkstack/storage'
import type { ProcessLife } from './process-life.js'

/** What is told of an execution layer. */
export interface ExecutionObserver {
  proposed(number: bigint, payload: Uint8Array): void
  accepted(number: bigint, payload: Uint8Array): void
  /** The execution layer has the block for good. */
  committed(block: FinalBlock): void
}

/**
 * The execution layer as one process of a node sees it: takes its time, says what it did, and answers no dead process. What
 * it is asked to commit it commits before it answers, so that a crash in between leaves a block that the node has not heard of.
 */
export class ObservedExecution implements ExecutionLayer {
  readonly #inner: ExecutionLayer
  readonly #life: ProcessLife
  readonly #observer: ExecutionObserver
  readonly #takesMs: () => number
  readonly lastCommitted?: (o: CallOptions) => Promise<bigint | null>

  constructor(o: {
    readonly inner: ExecutionLayer
    readonly life: ProcessLife
    readonly observer: ExecutionObserver
    readonly takesMs: () => number
  }) {
    this.#inner = o.inner
    this.#life = o.life
    this.#observer = o.observer
    this.#takesMs = o.takesMs
    const { inner, life } = o
    if (inner.lastCommitted === undefined) return
    this.lastCommitted = (call) =>
      life.run(() => inner.lastCommitted?.(call) ?? Promise.resolve(null))
  }

  async propose(p: ProposeRequest, o: CallOptions): Promise<Uint8Array | null> {
    await this.#life.wait(this.#takesMs())
    const payload = await this.#life.run(() => this.#inner.propose(p, o))
    if (payload !== null) this.#observer.proposed(p.number, payload)
    return payload
  }

  async verify(p: VerifyRequest, o: CallOptions): Promise<Verdict> {
    await this.#life.wait(this.#takesMs())
    const verdict = await this.#life.run(() => this.#inner.verify(p, o))
    if (verdict.ok) this.#observer.accepted(p.number, p.payload)
    return verdict
  }

  async commit(block: FinalBlock, o: CallOptions): Promise<void> {
    await this.#life.wait(this.#takesMs())
    await this.#inner.commit(block, o)
    this.#observer.committed(block)
    await this.#life.wait(this.#takesMs())
  }
}
