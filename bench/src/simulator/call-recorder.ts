/** One call, to be made again. */
export interface RecordedCall {
  readonly name: string
  readonly again: () => unknown
}

/** Keeps the calls of functions that were made recordable; those that one of them makes are a part of it. */
export class CallRecorder {
  readonly calls: RecordedCall[] = []
  #depth = 0

  /** Makes a call for its caller, and notes it. */
  call<A extends unknown[], R>(name: string, f: (...args: A) => R, args: A): R {
    if (this.#depth === 0) this.calls.push({ name, again: () => f(...args) })
    this.#depth += 1
    try {
      return f(...args)
    } finally {
      this.#depth -= 1
    }
  }
}

const place = globalThis as { callRecorder?: CallRecorder }

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
