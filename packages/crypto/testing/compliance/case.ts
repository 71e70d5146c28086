import { fromHex, toHex } from '../../src/bytes.js'

/** One requirement: `run` throws when it is not met. Any test framework, or none, can run it. */
export interface ComplianceCase {
  readonly name: string
  run(): void | Promise<void>
}

/** Thrown by a {@link ComplianceCase} whose requirement is not met. */
export class ComplianceError extends Error {
  override readonly name = 'ComplianceError'
}

/** Throws a {@link ComplianceError} unless `condition` holds. */
export function check(condition: boolean, requirement: string): asserts condition {
  if (!condition) throw new ComplianceError(requirement)
}

/** Throws a {@link ComplianceError} unless the byte strings are equal. */
export function checkBytes(got: Uint8Array | undefined, wanted: string, what: string): void {
  const text = got === undefined ? 'undefined' : toHex(got)
  check(text === wanted, `${what}: expected ${wanted}, got ${text}`)
}

/** Throws a {@link ComplianceError} unless `action` throws an error of this class. */
export function checkThrows(
  action: () => unknown,
  errorClass: new (message: string) => Error,
  what: string,
): void {
  try {
    action()
  } catch (error) {
    check(error instanceof errorClass, `${what}: expected a ${errorClass.name}`)
    return
  }
  throw new ComplianceError(`${what}: expected a ${errorClass.name}, nothing was thrown`)
}

/** The bytes of a hexadecimal constant. */
export function bytesOf(hex: string): Uint8Array {
  const bytes = fromHex(hex)
  if (bytes === undefined) throw new TypeError(`not hexadecimal: ${hex}`)
  return bytes
}
