/** What is wrong with a trace file. */
export type ItfErrorCode =
  /** Longer than the limit, packed or unpacked. */
  | 'TOO_LARGE'
  /** The gzip stream is damaged or cut. */
  | 'BAD_ARCHIVE'
  /** No UTF-8, or no JSON. */
  | 'NOT_JSON'
  /** JSON that does not have the shape of a trace in the Informal Trace Format. */
  | 'NOT_ITF'
  /** A trace, but not one of the ChonkyBFT specification: a variable is missing or of another type. */
  | 'NOT_CHONKY'
  /** A step whose action, replica or message cannot be told. */
  | 'UNKNOWN_STEP'

/** The one error that reading a trace throws. */
export class ItfError extends Error {
  override readonly name = 'ItfError'

  constructor(
    readonly code: ItfErrorCode,
    message: string,
  ) {
    super(message)
  }
}
