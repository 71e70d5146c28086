import { errorOf, onAbort } from '@zkstack/concurrency'

/** What a {@link EventHub} does with an error that a listener of `event` threw or rejected with. */
export type OnListenerError = (event: string, error: Error) => void

/** Listeners by event name. A listener that throws, or rejects, never disturbs the emitter or other listeners. */
export class EventHub<E> {
  readonly #listeners = new Map<keyof E, Set<(value: never) => unknown>>()
  readonly #onListenerError: OnListenerError

  constructor(onListenerError: OnListenerError) {
    this.#onListenerError = onListenerError
  }

  /** Calls `listener` with every later event of that name, until the returned function is called or `signal` aborts. */
  on<K extends keyof E>(
    event: K,
    listener: (value: E[K]) => void,
    o?: { readonly signal?: AbortSignal },
  ): () => void {
    if (o?.signal?.aborted === true) return () => undefined
    // A wrapper, so that registering one function twice gives two registrations.
    const registered = (value: E[K]): unknown => listener(value)
    const listeners = this.#listeners.get(event) ?? new Set()
    this.#listeners.set(event, listeners.add(registered))
    const remove = (): void => {
      listeners.delete(registered)
    }
    if (o?.signal === undefined) return remove
    const unlink = onAbort(o.signal, remove)
    return () => {
      remove()
      unlink()
    }
  }

  /** Calls the listeners in the order of their registration. */
  emit<K extends keyof E>(event: K, value: E[K]): void {
    const listeners = this.#listeners.get(event)
    for (const listener of [...(listeners ?? [])]) {
      // one before it may have ended it
      if (listeners?.has(listener) === true) this.#call(event, listener, value)
    }
  }

  /** Number of listeners of an event. */
  count(event: keyof E): number {
    return this.#listeners.get(event)?.size ?? 0
  }

  #call<K extends keyof E>(event: K, listener: (value: never) => unknown, value: E[K]): void {
    const fail = (e: unknown): void => {
      this.#onListenerError(String(event), errorOf(e))
    }
    try {
      const result = listener(value as never)
      if (result instanceof Promise) result.catch(fail)
    } catch (e) {
      fail(e)
    }
  }
}
