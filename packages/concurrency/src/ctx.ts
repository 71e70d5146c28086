import { callAll } from './call-all.js'
import { realClock } from './clock.js'
import type { Clock } from './clock.js'
import { CanceledError, canceledBecause } from './errors.js'
import { onAbort } from './on-abort.js'
import { raceCancel } from './race-cancel.js'
import type { CancelListener, RacedContext } from './race-cancel.js'
import { systemRandom } from './random.js'
import type { Random } from './random.js'

/** Options of {@link Ctx.root}. */
export interface RootOptions {
  /** Default: the platform's clock. */
  readonly clock?: Clock | undefined
  /** Default: the platform's cryptographic randomness. */
  readonly random?: Random | undefined
  /** Cancels the root when it aborts. */
  readonly signal?: AbortSignal | undefined
  /** Cancels the root after that many milliseconds. */
  readonly timeoutMs?: number | undefined
}

/** Options of {@link Ctx.child}; the earliest of both and of the parent's deadline holds. */
export interface ChildOptions {
  /** Milliseconds from now. */
  readonly timeoutMs?: number | undefined
  /** Monotonic time of the clock in milliseconds. */
  readonly deadline?: number | undefined
}

/** One for all: whoever disposes of a context has ended its work, and nobody asks where; a stack trace for each costs time. */
const disposed = new CanceledError('the context was disposed of')

/** A moment that is no number would be now for one clock and never for another. */
function checked(atMs: number): number {
  if (Number.isNaN(atMs)) throw new RangeError('timeoutMs and deadline must not be NaN')
  return atMs
}

interface Surroundings {
  readonly clock: Clock
  readonly random: Random
}

/**
 * A node in the tree of cancellation, which also carries the clock and the randomness.
 *
 * Canceling a context cancels its descendants. A context that has been canceled or disposed is unlinked from its parent, so a
 * long-lived parent holds only children that live; dispose of every child, best by `using`.
 */
export class Ctx implements Disposable {
  readonly clock: Clock
  readonly random: Random
  /** Monotonic time in milliseconds at which the context cancels itself; `undefined` when never. */
  readonly deadline: number | undefined
  #isCanceled = false
  #cancelReason: unknown
  #canceledWith: Error | undefined
  #controller: AbortController | undefined
  #unlink: (() => void) | undefined
  #cancelTimer: (() => void) | undefined
  /** Made when first needed: most contexts of a call end without any. */
  #listeners: Set<CancelListener> | undefined
  #raced: RacedContext | undefined

  private constructor(surroundings: Surroundings, deadline: number | undefined) {
    this.clock = surroundings.clock
    this.random = surroundings.random
    this.deadline = deadline
  }

  /** Makes a context without a parent. @throws RangeError when the time-out is NaN. */
  static root(o: RootOptions = {}): Ctx {
    const clock = o.clock ?? realClock
    const deadline = o.timeoutMs === undefined ? undefined : checked(clock.now() + o.timeoutMs)
    const ctx = new Ctx({ clock, random: o.random ?? systemRandom }, deadline)
    if (o.signal !== undefined) ctx.#followSignal(o.signal)
    ctx.#armDeadline(deadline)
    return ctx
  }

  /**
   * Makes a context that ends with this one, at its own deadline, or when it is canceled itself.
   * @throws RangeError when a deadline or a time-out is NaN.
   */
  child(o: ChildOptions = {}): Ctx {
    const own = checked(
      Math.min(
        o.deadline ?? Infinity,
        o.timeoutMs === undefined ? Infinity : this.clock.now() + o.timeoutMs,
      ),
    )
    const earlier = own < (this.deadline ?? Infinity)
    const child = new Ctx(this, earlier ? own : this.deadline)
    if (this.#isCanceled) {
      child.cancel(this.reason)
      return child
    }
    child.#unlink = this.onCancel(() => {
      child.cancel(this.reason)
    })
    if (earlier) child.#armDeadline(own)
    return child
  }

  /** Whether the context has been canceled. */
  get canceled(): boolean {
    return this.#isCanceled
  }

  /**
   * The error everything that waits on the context gets; `undefined` until it is canceled. Made when first asked for: most
   * contexts end with nothing waiting, and an error costs a stack trace.
   */
  get reason(): Error | undefined {
    if (this.#isCanceled) this.#canceledWith ??= canceledBecause(this.#cancelReason)
    return this.#canceledWith
  }

  /** The same cancellation as a platform signal, for interfaces that want one; made when first asked for. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#isCanceled) this.#controller.abort(this.reason)
    }
    return this.#controller.signal
  }

  /** @throws CanceledError when the context has been canceled. */
  throwIfCanceled(): void {
    if (this.reason !== undefined) throw this.reason
  }

  /**
   * Cancels this context and its descendants, once; later calls do nothing. Listeners run in order of their registration.
   *
   * @param reason becomes the `cause` of the `CanceledError` that everything waiting on the context gets.
   */
  cancel(reason?: unknown): void {
    if (this.#isCanceled) return
    this.#isCanceled = true
    this.#cancelReason = reason
    this.#unlink?.()
    this.#unlink = undefined
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    const listeners = [...(this.#listeners ?? [])]
    this.#listeners?.clear()
    this.#controller?.abort(this.reason)
    if (listeners.length === 0) return
    callAll(
      listeners.map((listener) => () => {
        listener.canceled()
      }),
    )
  }

  /** Calls `f` once when the context is canceled (at once when it has been) and returns the function that takes the call back. */
  onCancel(f: () => void): () => void {
    if (this.#isCanceled) {
      f()
      return () => undefined
    }
    // An object, so that registering one function twice gives two registrations.
    const listener: CancelListener = { canceled: f }
    const listeners = (this.#listeners ??= new Set())
    listeners.add(listener)
    return () => {
      listeners.delete(listener)
    }
  }

  /** Number of listeners and live children. */
  get listeners(): number {
    return this.#listeners?.size ?? 0
  }

  /**
   * Waits for `p` or for cancellation, whichever comes first; leaves no listener behind on the context nor on `p`, however often
   * the same promise is raced. A rejection of `p` after the cancellation is swallowed.
   *
   * @throws CanceledError on cancellation.
   */
  race<T>(p: Promise<T>): Promise<T> {
    const reason = (): Error => canceledBecause(this.reason)
    if (this.#isCanceled) {
      p.catch(() => undefined)
      return Promise.reject(reason())
    }
    this.#raced ??= { listeners: (this.#listeners ??= new Set()), reason }
    return raceCancel(this.#raced, p)
  }

  /** Waits `ms` milliseconds. @throws CanceledError on cancellation. */
  sleep(ms: number): Promise<void> {
    return this.sleepUntil(this.clock.now() + ms)
  }

  /** Waits until the clock's monotonic time has reached `at`. @throws CanceledError on cancellation. */
  sleepUntil(at: number): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.reason !== undefined) {
        reject(this.reason)
        return
      }
      const unlink = this.onCancel(() => {
        cancelTimer()
        reject(this.reason ?? new CanceledError())
      })
      const cancelTimer = this.clock.setTimer(at, () => {
        unlink()
        resolve()
      })
    })
  }

  /** Cancels the context and unlinks it from its parent. */
  [Symbol.dispose](): void {
    this.cancel(disposed)
  }

  #armDeadline(at: number | undefined): void {
    if (at === undefined || this.canceled) return
    this.#cancelTimer = this.clock.setTimer(
      at,
      () => {
        this.cancel(new CanceledError('the deadline has passed'))
      },
      { passive: true },
    )
  }

  #followSignal(signal: AbortSignal): void {
    const unlink = onAbort(signal, () => {
      this.cancel(signal.reason)
    })
    if (!this.canceled) this.#unlink = unlink
  }
}
