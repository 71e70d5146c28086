import { callAll } from './call-all.js'

interface Hub {
  readonly listeners: Set<() => void>
  readonly unlink: () => void
}

/**
 * One platform listener per signal, however many wait on it: platforms warn of a leak from the eleventh listener on, and adding
 * and removing thousands of them takes time. A hub lives while somebody listens.
 */
const hubOf = new WeakMap<AbortSignal, Hub>()

function createHub(signal: AbortSignal): Hub {
  const listeners = new Set<() => void>()
  const abort = (): void => {
    hub.unlink()
    callAll(listeners)
  }
  const hub = {
    listeners,
    unlink: () => {
      signal.removeEventListener('abort', abort)
      hubOf.delete(signal)
    },
  }
  signal.addEventListener('abort', abort)
  hubOf.set(signal, hub)
  return hub
}

/**
 * Calls `f` once when the signal aborts (at once when it has) and returns the function that takes the call back. Any number of
 * these share one platform listener, which goes with the last of them.
 */
export function onAbort(signal: AbortSignal, f: () => void): () => void {
  if (signal.aborted) {
    f()
    return () => undefined
  }
  const hub = hubOf.get(signal) ?? createHub(signal)
  // A wrapper, so that registering one function twice gives two registrations.
  const listener = (): void => {
    f()
  }
  hub.listeners.add(listener)
  return () => {
    if (hub.listeners.delete(listener) && hub.listeners.size === 0) hub.unlink()
  }
}
