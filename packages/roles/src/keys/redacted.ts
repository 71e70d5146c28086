/** The property that Node's `util.inspect`, and so `console.log`, asks for a value's text. */
const inspectCustom: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never

/** Base of values that hold a secret: every way to print one shows {@link toString} instead. */
export abstract class Redacted {
  /** What may be shown. */
  abstract toString(): string

  toJSON(): string {
    return this.toString()
  }

  [inspectCustom](): string {
    return this.toString()
  }
}
