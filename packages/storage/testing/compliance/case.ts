import { bytesEqual } from '@zkstack/crypto'
import { encodeBlock, encodeReplicaState, type Block, type ReplicaState } from '@zkstack/roles'

/** One requirement: `run` rejects when it is not met. Any test framework, or none, can run it. */
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

/** Throws a {@link ComplianceError} unless the values are the same. */
export function checkSame(got: unknown, wanted: unknown, what: string): void {
  check(Object.is(got, wanted), `${what}: expected ${String(wanted)}, got ${String(got)}`)
}

/** Throws a {@link ComplianceError} unless both blocks are equal in all bytes, or both are absent. */
export function checkBlock(got: Block | undefined, wanted: Block | undefined, what: string): void {
  const equal =
    got === undefined || wanted === undefined
      ? got === wanted
      : bytesEqual(encodeBlock(got), encodeBlock(wanted))
  check(equal, `${what}: ${got === undefined ? 'is missing' : 'is another block'}`)
}

/** Throws a {@link ComplianceError} unless both states are equal in all bytes and hashes, or both are absent. */
export function checkState(
  got: ReplicaState | undefined,
  wanted: ReplicaState | undefined,
  what: string,
): void {
  if (got === undefined || wanted === undefined) {
    check(got === wanted, `${what}: ${got === undefined ? 'is missing' : 'should not be there'}`)
    return
  }
  check(
    bytesEqual(encodeReplicaState(got), encodeReplicaState(wanted)),
    `${what}: is another state`,
  )
  const hashes = got.proposals.every(({ hash }, i) => {
    const other = wanted.proposals[i]?.hash
    return other !== undefined && bytesEqual(hash, other)
  })
  check(hashes, `${what}: a proposal has another hash`)
}

/** Throws a {@link ComplianceError} unless the promise rejects with an error that has this code, or name. */
export async function checkRejects(
  promise: Promise<unknown>,
  codeOrName: string,
  what: string,
): Promise<void> {
  let outcome = 'nothing was thrown'
  try {
    await promise
  } catch (e) {
    const code = e instanceof Error && 'code' in e ? String(e.code) : ''
    const name = e instanceof Error ? e.name : ''
    if (code === codeOrName || name === codeOrName) return
    outcome = `got ${name} ${code}: ${String(e)}`
  }
  throw new ComplianceError(`${what}: expected ${codeOrName}, ${outcome}`)
}
