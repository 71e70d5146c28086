/**
 * Thrown when work ends because its context or signal was canceled.
 *
 * Its `name` is `'AbortError'`, so code that knows the platform's abort convention recognises it; its `cause` is the reason
 * given to `cancel`.
 */
export class CanceledError extends Error {
  /** Stable code: always `'CANCELED'`. */
  readonly code = 'CANCELED'

  constructor(message = 'the operation was canceled', o?: { readonly cause?: unknown }) {
    super(message, o)
    this.name = 'AbortError'
  }
}

/** True for a {@link CanceledError} and for any other error whose name is `'AbortError'`, as the platform throws them. */
export function isCanceled(e: unknown): boolean {
  return e instanceof CanceledError || (e instanceof Error && e.name === 'AbortError')
}

/** The base of every error the library throws or reports; `code` is stable, `message` is for people. */
export class ZkStackError extends Error {
  /** Stable, upper-case code by which callers tell errors apart. */
  readonly code: string

  constructor(code: string, message: string, o?: { readonly cause?: unknown }) {
    super(message, o)
    this.name = new.target.name
    this.code = code
  }
}

/** Thrown by an execution layer to say: this failed for now, try me again. */
export class RetryableError extends ZkStackError {
  constructor(message: string, o?: { readonly cause?: unknown }) {
    super('RETRYABLE', message, o)
  }
}

/** Normalises a caught value: an `Error` is returned as it is, anything else becomes the message and cause of a new one. */
export function errorOf(e: unknown): Error {
  if (e instanceof Error) return e
  return new Error(
    typeof e === 'string' ? e : `a value that is no Error was thrown: ${textOf(e)}`,
    { cause: e },
  )
}

/** An object without a prototype, or with a broken `toString`, has no text. */
function textOf(value: unknown): string {
  try {
    return String(value)
  } catch {
    return Object.prototype.toString.call(value)
  }
}

/**
 * Puts a message before an error, which becomes the `cause`; a cancellation passes through untouched, because an error that
 * hides a cancellation would be reported as a failure.
 */
export function wrapError(e: unknown, message: string): Error {
  const cause = errorOf(e)
  return isCanceled(cause) ? cause : new Error(`${message}: ${cause.message}`, { cause })
}

/** The {@link CanceledError} to throw for a cancel reason: the reason itself when it is a cancellation, else its wrapper. */
export function canceledBecause(reason: unknown): Error {
  if (reason instanceof Error && isCanceled(reason)) return reason
  if (reason === undefined) return new CanceledError()
  return new CanceledError(`the operation was canceled: ${errorOf(reason).message}`, {
    cause: reason,
  })
}

/** True for errors that only a bug raises (`TypeError`, `RangeError`, `ReferenceError`, …). */
export function isProgrammingError(e: unknown): boolean {
  return (
    e instanceof TypeError ||
    e instanceof RangeError ||
    e instanceof ReferenceError ||
    e instanceof SyntaxError ||
    e instanceof EvalError ||
    e instanceof URIError
  )
}
