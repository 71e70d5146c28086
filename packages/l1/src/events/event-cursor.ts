import { bytesEqual, concatBytes, err, hash32, keccak256, ok, type Result } from '@zkstack/crypto'
import { hexData } from '../client/answer-fields.js'
import type { BlockRef, LogFilter } from '../client/l1-types.js'

/** How far events have been read, and what the chain looked like there. */
export interface EventCursor {
  /** The first block that is ever read. */
  readonly start: bigint
  /** The first block that has not been read. */
  readonly next: bigint
  /** Blocks that were read, ascending, the last of them `next − 1`; how deep a reorg can be followed. Empty before the first read. */
  readonly checkpoints: readonly BlockRef[]
  /** Whether older checkpoints have been dropped. */
  readonly isPruned: boolean
  /** Up to which block the consumer was told that what it has is final. */
  readonly finalTo: bigint | undefined
}

/** What a cursor is of. */
export interface CursorScope {
  readonly chainId: bigint
  readonly filter: LogFilter
  readonly start: bigint
}

/** Why a stored cursor cannot be used. */
export interface CursorError {
  /** Damaged, or of another version; or of another chain, filter or start block, whose events it would silently leave out. */
  readonly code: 'CURSOR_CORRUPT' | 'CURSOR_MISMATCH'
  readonly message: string
}

const version = 1
const checksumBytes = 4
const scopeBytes = 1 + 32

/** The cursor of a reader that has read nothing. */
export function initialCursor(start: bigint): EventCursor {
  return { start, next: start, checkpoints: [], isPruned: false, finalTo: undefined }
}

/**
 * u8 version ‖ 32 bytes digest of the scope ‖ u8 flags (1: pruned, 2: finalTo) ‖ be64 next ‖ be64 finalTo ‖ checkpoints, each be64
 * number and 32 bytes hash ‖ first 4 bytes of the keccak256 of all that.
 */
export function encodeEventCursor(cursor: EventCursor, scope: CursorScope): Uint8Array {
  const { next, checkpoints, isPruned, finalTo } = cursor
  const flags = Number(isPruned) | (finalTo === undefined ? 0 : 2)
  const body = concatBytes(
    Uint8Array.of(version),
    scopeDigest(scope),
    Uint8Array.of(flags),
    be64(next),
    ...(finalTo === undefined ? [] : [be64(finalTo)]),
    ...checkpoints.flatMap(({ number, hash }) => [be64(number), hash]),
  )
  return concatBytes(body, checksum(body))
}

/** Reads what {@link encodeEventCursor} wrote for the same scope. */
export function decodeEventCursor(
  bytes: Uint8Array,
  scope: CursorScope,
): Result<EventCursor, CursorError> {
  const body = bytes.subarray(0, Math.max(0, bytes.length - checksumBytes))
  if (!bytesEqual(checksum(body), bytes.subarray(body.length)))
    return err({ code: 'CURSOR_CORRUPT', message: 'the checksum does not fit' })
  if (body[0] !== version)
    return err({ code: 'CURSOR_CORRUPT', message: `version ${body[0]}, not ${version}` })
  if (!bytesEqual(body.subarray(1, scopeBytes), scopeDigest(scope)))
    return err({
      code: 'CURSOR_MISMATCH',
      message: 'the cursor is of another chain, filter or start block',
    })
  return readBody(body, scope.start)
}

function readBody(body: Uint8Array, start: bigint): Result<EventCursor, CursorError> {
  const view = new DataView(body.buffer, body.byteOffset, body.length)
  const flags = body[scopeBytes] ?? 0
  let at = scopeBytes + 1
  const number = (): bigint => view.getBigUint64((at += 8) - 8)
  const block = (): BlockRef => ({
    number: number(),
    hash: hash32(body.slice(at, (at += 32))),
  })
  const fixed = at + 8 + ((flags & 2) === 0 ? 0 : 8)
  if (body.length < fixed || (body.length - fixed) % 40 !== 0)
    return err({ code: 'CURSOR_CORRUPT', message: `${body.length} bytes` })
  const next = number()
  const finalTo = (flags & 2) === 0 ? undefined : number()
  const checkpoints: BlockRef[] = []
  while (at < body.length) checkpoints.push(block())
  return ok({ start, next, checkpoints, isPruned: (flags & 1) !== 0, finalTo })
}

/** keccak256 of the scope as JSON; addresses and topics in the order in which they were given. */
function scopeDigest({ chainId, filter, start }: CursorScope): Uint8Array {
  const text = JSON.stringify([
    String(chainId),
    String(start),
    filter.addresses.map(hexData),
    filter.topics?.map((wanted) => wanted && wanted.map(hexData)) ?? [],
  ])
  return keccak256(new TextEncoder().encode(text))
}

function checksum(body: Uint8Array): Uint8Array {
  return keccak256(body).subarray(0, checksumBytes)
}

function be64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, value)
  return bytes
}
