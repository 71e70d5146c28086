import { signatureScheme } from './crypto-backends.js'
import { hashBackend } from './keccak256.js'
import { availableCores, startWorker } from './platform.js'
import type { SignatureScheme } from './signature-scheme.js'
import { packChecks, type AggregateCheck } from './workers/aggregate-check.js'
import { ReturnedMemory } from './workers/returned-memory.js'
import type { BatchAnswer, WorkerEvents, WorkerMessage, WorkerPort } from './workers/worker-port.js'

/** What {@link SignatureWorkers} takes. */
export interface SignatureWorkersInit {
  /** Threads, 64 at most; 0 for none. Default: one less than there are cores, 4 at most. */
  readonly count?: number | undefined
  /** A worker did not start, ended by itself, or was silent for a minute: there is one less from now on. */
  onFailure(error: Error): void
  /** Starts a worker that is about to be asked for a backend. Default: a thread of Node; browsers have none. */
  readonly start?: (events: WorkerEvents, backend: string) => Promise<WorkerPort>
  /** Calls `fire` after so many milliseconds, and returns what takes that back. Absent: a silent worker is waited for without end. */
  readonly setTimer?: (ms: number, fire: () => void) => () => void
}

/** How a check is treated. */
export interface CheckOptions {
  /** Goes before all that are not. Default false. */
  readonly urgent?: boolean
}

interface Job extends AggregateCheck {
  readonly scheme: SignatureScheme
  settle(verdict: boolean | undefined): void
}

interface Batch {
  readonly jobs: readonly Job[]
  readonly urgent: boolean
}

interface Seat {
  port: WorkerPort | undefined
  isReady: boolean
  readonly batches: Map<number, Batch>
  /** Looks now and then whether it still answers, while it has something to do. */
  watch: { readonly cancel: () => void } | undefined
  answers: number
}

/**
 * Batches at one worker, one at work, one that it finds when that is done; more only while they are small. Urgent ones count by
 * themselves: they do not wait for the others.
 */
const maxBatches = 2
/** Checks of a batch, at most. */
const maxChecks = 64
/** Bytes of a batch that are hashed, at most, unless they are of one check; a batch with so many is not small. They are copied. */
const maxHashedBytes = { alone: 256 * 1024, together: 4 * 1024 * 1024 }
/** Fewer than these are not shared out among several workers: where checks are made together, few at a time cost more. */
const fewChecks = { alone: 4, together: 32 }
/** Who asks for more means something else. */
const mostThreads = 64
/** More than one thread can feed. */
const mostByDefault = 4
/** Checks that wait, at most. */
const maxWaiting = 4_096
/** How long a worker may answer nothing; asked twice, since a process that was asleep wakes with its timers due. */
const patienceMs = 30_000

/**
 * Threads that check aggregate signatures. They start with the first check, which like all others that come before a worker is
 * ready is left to the caller, and do not keep the process alive. Checks made in one turn of the event loop travel together.
 *
 * A verdict is a worker's own: whatever it did not verify, because it crashed, is busy, or does not know the scheme, comes back as
 * `undefined`, for the caller to check.
 */
export class SignatureWorkers implements AsyncDisposable {
  readonly #init: SignatureWorkersInit
  readonly #seats = new Set<Seat>()
  readonly #memory = new ReturnedMemory()
  #urgent: Job[] = []
  #waiting: Job[] = []
  #lastBatch = 0
  #isStarted = false
  #isClosed = false
  #isScheduled = false

  /** @throws RangeError when `count` is no number of threads. */
  constructor(init: SignatureWorkersInit) {
    const { count = 0 } = init
    if (!Number.isSafeInteger(count) || count < 0 || count > mostThreads)
      throw new RangeError(`count: expected 0 to ${mostThreads} threads, got ${count}`)
    this.#init = init
  }

  /** Workers that are ready. */
  get size(): number {
    let ready = 0
    for (const { isReady } of this.#seats) if (isReady) ready += 1
    return ready
  }

  /**
   * The verdict of `scheme.verifyAggregate`, and of keccak256 on what is hashed with it, reached in another thread; `undefined` when none
   * is free to tell. Nothing that was given
   * may change before it resolves. Never rejects.
   */
  verifyAggregate(
    scheme: SignatureScheme,
    { claims, aggregate, hashed }: AggregateCheck,
    o: CheckOptions = {},
  ): Promise<boolean | undefined> {
    this.#start(scheme.backend)
    const queue = o.urgent === true ? this.#urgent : this.#waiting
    const isKnown = signatureScheme(scheme.id, { backend: scheme.backend }) === scheme
    if (!isKnown || this.size === 0 || queue.length >= maxWaiting) return Promise.resolve(undefined)
    const verdict = new Promise<boolean | undefined>((settle) => {
      queue.push({ scheme, claims, aggregate, hashed, settle })
    })
    this.#schedule()
    return verdict
  }

  /**
   * Leaves the checks that have waited longest for a worker, and are not urgent, to their callers: a few, or as many as are worth
   * making together. False when none waits.
   */
  giveBack(): boolean {
    const { scheme } = this.#waiting[0] ?? {}
    if (!scheme) return false
    for (const job of takeOf(scheme, fewOf(scheme), this.#waiting)) job.settle(undefined)
    return true
  }

  /** Ends the workers; what they were asked is left to those who asked. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    const seats = [...this.#seats]
    for (const seat of seats) this.#remove(seat)
    this.#giveUpIfAlone()
    await Promise.all(seats.map(({ port }) => port?.terminate() ?? Promise.resolve()))
  }

  #start(backend: string): void {
    if (this.#isStarted || this.#isClosed) return
    this.#isStarted = true
    const { count } = this.#init
    if (count !== undefined) this.#startMany(count, backend)
    else {
      availableCores().then(
        (cores) => {
          this.#startMany(Math.min(mostByDefault, cores - 1), backend)
        },
        (e: unknown) => {
          this.#init.onFailure(e instanceof Error ? e : new Error(String(e)))
        },
      )
    }
  }

  #startMany(count: number, backend: string): void {
    for (let i = 0; i < count && !this.#isClosed; i++) this.#startOne(backend)
  }

  #startOne(backend: string): void {
    const seat: Seat = {
      port: undefined,
      isReady: false,
      batches: new Map(),
      watch: undefined,
      answers: 0,
    }
    this.#seats.add(seat)
    const onEnd = (error: Error): void => {
      if (!this.#seats.has(seat)) return
      this.#remove(seat)
      this.#giveUpIfAlone()
      this.#init.onFailure(error)
    }
    const onMessage = (message: WorkerMessage): void => {
      if (message === 'ready') seat.isReady = true
      else this.#answer(seat, message)
      this.#schedule()
    }
    const begin = this.#init.start ?? startWorker
    begin({ onMessage, onEnd }, backend).then((port) => {
      seat.port = port
      return this.#isClosed ? port.terminate() : undefined
    }, onEnd)
  }

  /** Hands out what waits, when everybody has asked who asks in this turn. */
  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    queueMicrotask(() => {
      this.#isScheduled = false
      this.#dispatch()
    })
  }

  #dispatch(): void {
    for (;;) {
      const queue = this.#urgent.length > 0 ? this.#urgent : this.#waiting
      const [first] = queue
      const urgent = queue === this.#urgent
      const seat = first && this.#leastBusy(urgent)
      if (first === undefined || seat?.port === undefined) return
      const { scheme } = first
      const share = Math.max(fewOf(scheme), Math.ceil(queue.length / this.size))
      const jobs = takeOf(scheme, urgent ? fewChecks.alone : Math.min(maxChecks, share), queue)
      const id = ++this.#lastBatch
      seat.batches.set(id, { jobs, urgent })
      if (seat.watch === undefined) this.#watch(seat, seat.answers, false)
      const { id: schemeId, backend } = scheme
      const hash = hashBackend()
      const checks = packChecks(jobs, (length) => this.#memory.take(length))
      seat.port.post({ id, urgent, scheme: schemeId, backend, hash, checks })
    }
  }

  /** The worker with the fewest checks of that urgency, if one may take more. */
  #leastBusy(urgent: boolean): Seat | undefined {
    let best: { readonly seat: Seat; readonly checks: number } | undefined
    for (const seat of this.#seats) {
      const batches = [...seat.batches.values()].filter((batch) => batch.urgent === urgent)
      const jobs = batches.flatMap((batch) => batch.jobs)
      const checks = jobs.length
      const isSmall = checks < maxChecks && hashedBytesOf(jobs) < maxHashedBytes.alone
      const isFree = batches.length < maxBatches || (!urgent && isSmall)
      if (seat.isReady && isFree && (best === undefined || checks < best.checks))
        best = { seat, checks }
    }
    return best?.seat
  }

  #answer(seat: Seat, { id, verdicts, memory }: BatchAnswer): void {
    if (memory) this.#memory.giveBack(memory)
    const { jobs = [] } = seat.batches.get(id) ?? {}
    seat.batches.delete(id)
    seat.answers += 1
    for (const [i, job] of jobs.entries()) {
      const verdict = verdicts[i]
      job.settle(verdict === 1 ? true : verdict === 0 ? false : undefined)
    }
  }

  /** @param isLate whether it had not answered when it was looked at last. */
  #watch(seat: Seat, answers: number, isLate: boolean): void {
    const fire = (): void => {
      seat.watch = undefined
      if (seat.batches.size === 0) return
      const isSilent = seat.answers === answers
      if (isSilent && isLate) this.#giveUp(seat)
      else this.#watch(seat, seat.answers, isSilent)
    }
    const cancel = this.#init.setTimer?.(patienceMs, fire)
    if (cancel) seat.watch = { cancel }
  }

  /** Ends a worker that lives, but does not answer. */
  #giveUp(seat: Seat): void {
    this.#remove(seat)
    this.#giveUpIfAlone()
    this.#schedule()
    seat.port?.terminate().catch(() => undefined)
    this.#init.onFailure(new Error(`a worker answered nothing for ${(2 * patienceMs) / 1000} s`))
  }

  #remove(seat: Seat): void {
    this.#seats.delete(seat)
    seat.watch?.cancel()
    for (const { jobs } of seat.batches.values()) for (const job of jobs) job.settle(undefined)
    seat.batches.clear()
  }

  /** Nobody is left who could tell. */
  #giveUpIfAlone(): void {
    if (this.size > 0) return
    const jobs = [...this.#urgent, ...this.#waiting]
    this.#urgent = []
    this.#waiting = []
    for (const job of jobs) job.settle(undefined)
  }
}

function hashedBytesOf(jobs: readonly Job[]): number {
  return jobs.reduce((sum, { hashed }) => sum + (hashed?.bytes.length ?? 0), 0)
}

function fewOf(scheme: SignatureScheme): number {
  return fewChecks[kindOf(scheme)]
}

/** How checks of a scheme are made. */
function kindOf({ gainsFromBatches }: SignatureScheme): 'alone' | 'together' {
  return gainsFromBatches === true ? 'together' : 'alone'
}

/** Takes the first checks of a queue, so many at most, while they are of that scheme and there is not too much to hash. */
function takeOf(scheme: SignatureScheme, most: number, queue: Job[]): Job[] {
  const mostBytes = maxHashedBytes[kindOf(scheme)]
  let bytes = 0
  const end = queue.findIndex((job, i) => {
    bytes += job.hashed?.bytes.length ?? 0
    return i === most || job.scheme !== scheme || (i > 0 && bytes > mostBytes)
  })
  return queue.splice(0, end < 0 ? queue.length : end)
}
