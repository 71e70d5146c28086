import { err, ok, type Result } from '@zkstack/crypto'

/**
 * What can be wrong with an input:
 *
 * | code | meaning |
 * |---|---|
 * | `BAD_JSON` | the text is no JSON, is nested too deep, or names a member twice |
 * | `MISSING_FIELD` | a required field is absent |
 * | `DUPLICATE_FIELD` | a field, or a list's key, that may stand once stands twice |
 * | `WRONG_TYPE` | a value of another type than the field's, or another protobuf wire type |
 * | `OUT_OF_RANGE` | a number or a list that is larger than the field allows |
 * | `BAD_LENGTH` | a byte string or list of another length than the field's |
 * | `BAD_VARIANT` | a tag, boolean or version that names no variant |
 * | `BAD_TEXT` | bytes that are no UTF-8, or a text that is no number, hexadecimal or base64 |
 * | `UNSORTED` | the keys of a map do not ascend |
 * | `TRUNCATED` | the input ends too early |
 * | `TRAILING_BYTES` | the input goes on after the value |
 */
export type CodecErrorCode =
  | 'BAD_JSON'
  | 'MISSING_FIELD'
  | 'DUPLICATE_FIELD'
  | 'WRONG_TYPE'
  | 'OUT_OF_RANGE'
  | 'BAD_LENGTH'
  | 'BAD_VARIANT'
  | 'BAD_TEXT'
  | 'UNSORTED'
  | 'TRUNCATED'
  | 'TRAILING_BYTES'

/** Why an input could not be decoded: the only error of every decoder here. */
export interface CodecError {
  readonly code: CodecErrorCode
  /** The field that is wrong, such as `bridge_exits[3].amount`; empty for the whole. */
  readonly field: string
  readonly message: string
}

/** Carries a {@link CodecError} out of nested readers; never leaves the package. */
export class CodecFailure extends Error {
  readonly code: CodecErrorCode
  /** Names and positions, the innermost first. */
  readonly #path: (string | number)[] = []

  constructor(code: CodecErrorCode, message: string) {
    super(message)
    this.code = code
  }

  /** The failure, seen from the value around the one that failed. */
  inside(step: string | number): this {
    this.#path.push(step)
    return this
  }

  toError(): CodecError {
    let field = ''
    for (const step of this.#path.toReversed()) {
      if (typeof step === 'number') field += `[${step}]`
      else field += field === '' ? step : `.${step}`
    }
    return { code: this.code, field, message: this.message }
  }
}

/** The name of a property in files and messages: `l1InfoTreeIndex` is `l1_info_tree_index`. */
export function fieldName(property: string): string {
  return property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** Reads a part of a value; a failure then names that part. */
export function within<T>(step: string | number, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw error instanceof CodecFailure ? error.inside(step) : error
  }
}

/** Turns the failure of a reader into a value. */
export function decoded<T>(read: () => T): Result<T, CodecError> {
  try {
    return ok(read())
  } catch (error) {
    if (error instanceof CodecFailure) return err(error.toError())
    throw error
  }
}
