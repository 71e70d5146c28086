/** One call, to be made again. */
export interface RecordedCall {
  readonly name: string
  readonly again: () => unknown
}

/** Keeps the calls of functions that were made recordable; those that one of them makes are a part of it. */
export class CallRecorder {
  readonly calls: RecordedCall[] = []
  #depth = 0

  /** Makes a call for its caller, and notes it; `again` is what is called later, if not the same. */
  call<A extends unknown[], R>(
    name: string,
    f: (...args: A) => R,
    args: A,
    again: (...args: A) => R = f,
  ): R {
    if (this.#depth === 0) this.calls.push({ name, again: () => again(...args) })
    this.#depth += 1
    try {
      return f(...args)
    } finally {
      this.#depth -= 1
    }
  }
}

/** The log of a simulation: what is noted goes into its digest. */
interface Log {
  noteBytes(bytes: Uint8Array): void
  add(event: object): void
}

const place = globalThis as {
  callRecorder?: CallRecorder
  SimulationLog?: new (o: { readonly trace: boolean }) => Log
}

/** Lets a recorder note all calls from now on; nobody when there is none. */
export function recordCalls(recorder: CallRecorder | undefined): void {
  if (recorder === undefined) delete place.callRecorder
  else place.callRecorder = recorder
}

/** Makes methods of an object recordable. */
export function makeRecordable<T extends object>(
  target: T,
  methods: readonly (keyof T & string)[],
): void {
  for (const method of methods) {
    const inner = target[method]
    if (typeof inner !== 'function') throw new TypeError(`${method} is no method`)
    const f = inner.bind(target) as (...args: unknown[]) => unknown
    Object.defineProperty(target, method, {
      value: (...args: unknown[]) => {
        const { callRecorder } = place
        return callRecorder === undefined ? f(...args) : callRecorder.call(method, f, args)
      },
    })
  }
}

/** Makes the logs of simulations recordable; what is noted again is noted in another log, since theirs have ended. */
export function makeLogsRecordable(): void {
  const { SimulationLog } = place
  if (SimulationLog === undefined) throw new TypeError('the log of simulations is not shown')
  const { noteBytes, add } = SimulationLog.prototype as Log
  const spare = new SimulationLog({ trace: false })
  const recordable = <A extends unknown[]>(name: string, f: (this: Log, ...args: A) => void) =>
    function (this: Log, ...args: A): void {
      const noteIn =
        (log: Log) =>
        (...noted: A): void => {
          f.apply(log, noted)
        }
      const { callRecorder } = place
      if (callRecorder === undefined) f.apply(this, args)
      else callRecorder.call(name, noteIn(this), args, noteIn(spare))
    }
  Object.assign(SimulationLog.prototype, {
    noteBytes: recordable('hashLoggedBytes', noteBytes),
    add: recordable('hashLoggedEvent', add),
  })
}
