/**
 * Thrown by every decoder of untrusted bytes, and the only error such a decoder throws.
 * `code` is stable and machine-readable, `offset` is the byte position in the input at which decoding failed.
 */
export class DecodeError extends Error {
  override readonly name = 'DecodeError'
  readonly code: string
  readonly offset: number

  constructor(code: string, message: string, offset = 0) {
    super(message)
    this.code = code
    this.offset = offset
  }
}
