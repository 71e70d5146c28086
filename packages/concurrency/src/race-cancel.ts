/** Hears of the cancellation of a context, once. */
export interface CancelListener {
  canceled(): void
}

/** The side of a context that races see. */
export interface RacedContext {
  readonly listeners: Set<CancelListener>
  /** The error of a canceled context. */
  reason(): Error
}

/**
 * Where a promise keeps those who wait for it through a context. A promise's reactions cannot be taken back, so each promise gets one
 * pair of them for all its racers, and a racer that gives up leaves; a reaction per race would stay on a long-lived promise for
 * ever. On the promise itself, because most are raced once and a map from promises is dear to the garbage collector.
 */
const racersKey = Symbol('racers')

type RacedPromise = Promise<unknown> & { [racersKey]?: Racer | Set<Racer> | undefined }

/** One who waits for a promise through a context. */
class Racer implements CancelListener {
  readonly #promise: RacedPromise
  readonly #context: RacedContext
  readonly #resolve: (value: never) => void
  readonly #reject: (error: unknown) => void

  constructor(
    promise: RacedPromise,
    context: RacedContext,
    settle: {
      readonly resolve: (value: never) => void
      readonly reject: (error: unknown) => void
    },
  ) {
    this.#promise = promise
    this.#context = context
    this.#resolve = settle.resolve
    this.#reject = settle.reject
  }

  fulfilled(value: unknown): void {
    this.#context.listeners.delete(this)
    this.#resolve(value as never)
  }

  rejected(error: unknown): void {
    this.#context.listeners.delete(this)
    this.#reject(error)
  }

  canceled(): void {
    const racers = this.#promise[racersKey]
    if (racers instanceof Set) racers.delete(this)
    // An empty set says that the promise has its reactions.
    else if (racers === this) this.#promise[racersKey] = new Set()
    this.#reject(this.#context.reason())
  }
}

/** Waits for `p` or for the cancellation of a context that is not canceled yet; see `Ctx.race`. */
export function raceCancel<T>(context: RacedContext, p: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const racer = new Racer(p, context, { resolve, reject })
    context.listeners.add(racer)
    enter(p, racer)
  })
}

function enter(p: RacedPromise, racer: Racer): void {
  const known = p[racersKey]
  if (known instanceof Set) known.add(racer)
  else if (known !== undefined) p[racersKey] = new Set([known, racer])
  else if (remember(p, racer)) react(p, () => take(p))
  else react(p, () => racer)
}

/** False for a frozen promise; then each race has reactions of its own. */
function remember(p: RacedPromise, racer: Racer): boolean {
  try {
    p[racersKey] = racer
    return true
  } catch {
    return false
  }
}

function take(p: RacedPromise): Racer | Set<Racer> | undefined {
  const racers = p[racersKey]
  p[racersKey] = undefined
  return racers
}

function react(p: RacedPromise, racers: () => Racer | Set<Racer> | undefined): void {
  p.then(
    (value) => {
      const waiting = racers()
      if (waiting instanceof Set) for (const racer of waiting) racer.fulfilled(value)
      else waiting?.fulfilled(value)
    },
    (error: unknown) => {
      const waiting = racers()
      if (waiting instanceof Set) for (const racer of waiting) racer.rejected(error)
      else waiting?.rejected(error)
    },
  )
}
