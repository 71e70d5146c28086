import { errorOf, systemRandom, type Clock } from '@zkstack/concurrency'
import {
  SignatureWorkers,
  verifyBySteps,
  type AggregateCheck,
  type SignatureScheme,
  type SignatureWorkersInit,
} from '@zkstack/crypto'
import type { AggregateVerifier } from '@zkstack/roles'
import { NodeError } from './errors.js'

/** What {@link SignatureChecks} takes. */
export interface SignatureChecksInit extends Pick<SignatureWorkersInit, 'start'> {
  /** Threads of its own beside the main one. */
  readonly workers: number | undefined
  /** Threads of others, in place of its own. */
  readonly shared?: SignatureWorkers | undefined
  /** Tells when a thread of its own has not answered for too long. */
  readonly clock: Clock
  /** Lets other work run. */
  yieldTurn(): Promise<void>
  warn(error: NodeError): void
}

/** Checks of BLS that this thread makes together, by steps of a few checks at most. */
const maxTogether = 64

interface Job {
  readonly scheme: SignatureScheme
  readonly check: AggregateCheck
  resolve(verdict: boolean): void
  reject(error: Error): void
}

/**
 * Where a node checks aggregate signatures: in worker threads, and whatever those cannot tell in this one, one after another with
 * a turn of the event loop after each.
 */
export class SignatureChecks implements AsyncDisposable {
  readonly #workers: SignatureWorkers
  readonly #own: SignatureWorkers | undefined
  readonly #yieldTurn: () => Promise<void>
  /** What this thread has to check. */
  readonly #here: Job[] = []
  #working: Promise<void> | undefined
  #help: Promise<void> | undefined

  constructor(o: SignatureChecksInit) {
    this.#yieldTurn = () => o.yieldTurn()
    this.#workers = o.shared ?? ownWorkers(o)
    this.#own = o.shared === undefined ? this.#workers : undefined
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
    if (check.hashed) return this.#verifyHere(scheme, check)
    const valid = scheme.verifyAggregate(check.claims, check.aggregate)
    await this.#yieldTurn()
    return valid
  }

  /** Ends its own threads. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#own?.[Symbol.asyncDispose]()
  }

  /** Ends when no check waits. */
  async #helpWorkers(): Promise<void> {
    do {
      await this.#yieldTurn()
      // those before are done
      await this.#working
    } while (this.#workers.giveBack())
    this.#help = undefined
  }

  #verifyHere(scheme: SignatureScheme, check: AggregateCheck): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#here.push({ scheme, check, resolve, reject })
      this.#working ??= this.#work()
    })
  }

  /** Ends when everything is checked that this thread has to check. */
  async #work(): Promise<void> {
    // others ask in the same turn
    await Promise.resolve()
    for (let jobs = this.#nextJobs(); jobs.length > 0; jobs = this.#nextJobs()) {
      try {
        const verdicts = await this.#verdictsOf(jobs)
        for (const [i, job] of jobs.entries()) job.resolve(verdicts[i] === true)
      } catch (e) {
        for (const job of jobs) job.reject(errorOf(e))
      }
    }
    this.#working = undefined
  }

  /** One check, or several where that costs less. */
  #nextJobs(): Job[] {
    const scheme = this.#here[0]?.scheme
    const most = scheme?.gainsFromBatches === true ? maxTogether : 1
    const end = this.#here.findIndex((job, i) => i === most || job.scheme !== scheme)
    return this.#here.splice(0, end < 0 ? this.#here.length : end)
  }

  /** With a turn for others after each step. */
  async #verdictsOf(jobs: readonly Job[]): Promise<readonly boolean[]> {
    const scheme = jobs[0]?.scheme
    if (!scheme) return []
    const checks = jobs.map(({ check }) => check)
    const steps = verifyBySteps(scheme, checks, (n) => systemRandom.bytes(n))
    for (;;) {
      const step = steps.next()
      if (step.done === true) return step.value
      await this.#yieldTurn()
    }
  }
}

function ownWorkers({ start, workers, clock, warn }: SignatureChecksInit): SignatureWorkers {
  return new SignatureWorkers({
    ...(start && { start }),
    count: workers,
    setTimer: (ms, fire) => clock.setTimer(clock.now() + ms, fire, { passive: true }),
    onFailure: (cause) => {
      warn(
        new NodeError(
          'SIGNATURE_WORKER_FAILED',
          `a thread that checks signatures failed: ${cause.message}. Its checks are done by the others, or by the main thread; restart the node to have it back.`,
          { cause },
        ),
      )
    },
  })
}
