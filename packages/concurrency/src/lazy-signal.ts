import { onAbort } from './on-abort.js'
import type { WaitOptions } from './wait-queue.js'

/** Where a call option keeps whose signal it is. */
const ownerKey = Symbol('owner')

/** Something that is canceled, and says so without a platform signal too. */
interface SignalOwner {
  readonly signal: AbortSignal
  onCancel?(f: () => void): () => void
}

type Listenable = Pick<SignalOwner, 'onCancel'>

/** What {@link lazySignal} makes. */
class OwnedOptions {
  declare readonly signal: AbortSignal
  readonly [ownerKey]: SignalOwner

  constructor(owner: SignalOwner) {
    this[ownerKey] = owner
    Object.defineProperty(this, 'signal', signalProperty)
  }
}

/** Of each object itself, so that a copy has the signal too; one for all: an object with a getter of its own is slow to make and to use. */
const signalProperty = {
  configurable: true,
  enumerable: true,
  get(this: OwnedOptions): AbortSignal {
    return this[ownerKey].signal
  },
}

/**
 * Call options whose signal is made when it is first asked for: a platform signal costs more than many of the calls that it is
 * handed to, and few of them look at it.
 */
export function lazySignal(owner: SignalOwner): {
  readonly signal: AbortSignal
} {
  return new OwnedOptions(owner)
}

/**
 * Calls `f` once when the signal of some options aborts (at once when it has), and returns the function that takes the call back;
 * `undefined` when there is no signal. A context, or {@link lazySignal} of one, is listened to without making its signal.
 */
export function onCancel(o: WaitOptions | undefined, f: () => void): (() => void) | undefined {
  if (o === undefined) return undefined
  const owner = (ownerKey in o ? o[ownerKey] : o) as Listenable
  if (owner.onCancel !== undefined) return owner.onCancel(f)
  return o.signal && onAbort(o.signal, f)
}
