import { Semaphore } from '@zkstack/concurrency'
import { SignatureWorkers, type AggregateCheck, type SignatureScheme } from '@zkstack/crypto'
import type { AggregateVerifier } from '@zkstack/roles'
import { NodeError } from './errors.js'

/** What {@link SignatureChecks} takes. */
export interface SignatureChecksInit {
  /** Threads beside the main one. */
  readonly workers: number | undefined
  /** Lets other work run. */
  yieldTurn(): Promise<void>
  warn(error: NodeError): void
}

/**
 * Where a node checks aggregate signatures: in worker threads, and whatever those cannot tell in this one, one after another with
 * a turn of the event loop after each.
 */
export class SignatureChecks implements AsyncDisposable {
  readonly #workers: SignatureWorkers
  readonly #yieldTurn: () => Promise<void>
  readonly #here = new Semaphore(1)
  #help: Promise<void> | undefined

  constructor(o: SignatureChecksInit) {
    this.#yieldTurn = () => o.yieldTurn()
    this.#workers = new SignatureWorkers({
      count: o.workers,
      onFailure: (cause) => {
        o.warn(
          new NodeError(
            'SIGNATURE_WORKER_FAILED',
            `a thread that checks signatures failed: ${cause.message}. Its checks are done by the others, or by the main thread; restart the node to have it back.`,
            { cause },
          ),
        )
      },
    })
  }

  /** For certificates of blocks, many at once: what finds all threads busy, this one takes over, one after another. */
  readonly ofBlocks: AggregateVerifier = async (scheme, check) => {
    const verdict = this.#workers.verifyAggregate(scheme, check)
    this.#help ??= this.#helpWorkers()
    return (await verdict) ?? this.#verifyHere(scheme, check)
  }

  /**
   * For votes and certificates that consensus waits for, one at a time. A signature of Ed25519 costs about as much as asking another
   * thread.
   */
  readonly ofConsensus: AggregateVerifier = async (scheme, check) => {
    const elsewhere = scheme.needsProofOfPossession
      ? await this.#workers.verifyAggregate(scheme, check, { urgent: true })
      : undefined
    if (elsewhere !== undefined) return elsewhere
    const valid = scheme.verifyAggregate(check.claims, check.aggregate)
    await this.#yieldTurn()
    return valid
  };

  /** Ends the threads. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#workers[Symbol.asyncDispose]()
  }

  /** Ends when no check waits. */
  async #helpWorkers(): Promise<void> {
    do {
      await this.#yieldTurn()
      // the one before is done
      const turn = await this.#here.acquire()
      turn[Symbol.dispose]()
    } while (this.#workers.giveBack())
    this.#help = undefined
  }

  async #verifyHere(scheme: SignatureScheme, check: AggregateCheck): Promise<boolean> {
    using _turn = await this.#here.acquire()
    const valid = scheme.verifyAggregate(check.claims, check.aggregate)
    await this.#yieldTurn()
    return valid
  }
}
