import { err, fromHex, ok, toHex, type Result } from '@zkstack/crypto'

/** Why a text is not the form of a key, signature or hash. The text itself is never quoted: it may be a secret. */
export interface TextError {
  readonly code: 'BAD_PREFIX' | 'UNKNOWN_SCHEME' | 'BAD_HEX' | 'BAD_LENGTH' | 'BAD_KEY'
  readonly message: string
}

/** A failure to read a text. */
export function textError(
  code: TextError['code'],
  message: string,
): {
  readonly ok: false
  readonly error: TextError
} {
  return err({ code, message })
}

/** `prefix` and the bytes in lower-case hex. */
export function formatText(prefix: string, bytes: Uint8Array): string {
  return prefix + toHex(bytes)
}

/** The bytes after `prefix`, of which there must be `length` unless it is `undefined`. */
export function parseText(
  text: string,
  prefix: string,
  length: number | undefined,
): Result<Uint8Array, TextError> {
  if (!text.startsWith(prefix)) return textError('BAD_PREFIX', `expected ${prefix}…`)
  const bytes = fromHex(text.slice(prefix.length))
  if (bytes === undefined) return textError('BAD_HEX', `${prefix} expected hexadecimal digits`)
  if (length !== undefined && bytes.length !== length) {
    return textError('BAD_LENGTH', `${prefix} expected ${length} bytes, got ${bytes.length}`)
  }
  return ok(bytes)
}
