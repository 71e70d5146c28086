import { realClock } from '@zkstack/concurrency'
import { toHex } from '@zkstack/crypto'

/** One requirement: `run` throws when it is not met. Any test framework, or none, can run it. */
export interface ComplianceCase {
  readonly name: string
  run(): Promise<void>
}

/** Thrown by a {@link ComplianceCase} whose requirement is not met. */
export class ComplianceError extends Error {
  override readonly name = 'ComplianceError'
}

/** Throws a {@link ComplianceError} unless `condition` holds. */
export function check(condition: boolean, requirement: string): asserts condition {
  if (!condition) throw new ComplianceError(requirement)
}

/** Throws a {@link ComplianceError} unless both values have the same text. */
export function checkSame(got: unknown, wanted: unknown, what: string): void {
  const [left, right] = [textOf(got), textOf(wanted)]
  check(left === right, `${what}: expected ${right.slice(0, 500)}, got ${left.slice(0, 500)}`)
}

/** Throws a {@link ComplianceError} unless `action` rejects with an error of that code. */
export async function checkRejects(
  action: Promise<unknown>,
  code: string,
  what: string,
): Promise<void> {
  try {
    await action
  } catch (e) {
    const got = e instanceof Error && 'code' in e ? e.code : String(e)
    check(got === code, `${what}: expected ${code}, got ${String(got)}`)
    return
  }
  throw new ComplianceError(`${what}: expected ${code}, nothing was thrown`)
}

/** Waits, in real time and at most 40 s, until `condition` holds. */
export async function eventually(what: string, condition: () => boolean): Promise<void> {
  for (let turns = 0; !condition(); turns++) {
    check(turns < 8_000, `${what}: did not happen`)
    await pause(5)
  }
}

/** Waits `ms` milliseconds of real time. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => realClock.setTimer(realClock.now() + ms, resolve))
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (_, v: unknown) => {
    if (typeof v === 'bigint') return `${v}n`
    return v instanceof Uint8Array ? toHex(v) : v
  })
}
