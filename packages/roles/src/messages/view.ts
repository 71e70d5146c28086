import { bytesEqual, compareBytes, err, ok, type Hash32, type Result } from '@zkstack/crypto'
import { readHash, writeBytes } from '../codec/bytes-message.js'
import type { CanonicalReader, DecodeOptions } from '../codec/canonical-reader.js'
import { decodeWith } from '../codec/canonical-reader.js'
import type { CanonicalWriter } from '../codec/canonical-writer.js'
import { encodeWith } from '../codec/canonical-writer.js'
import type { EpochScope } from './epoch-scope.js'

/** A round of the protocol: its number within an epoch of the chain that the genesis names. */
export interface View {
  readonly genesis: Hash32
  readonly number: bigint
  readonly epoch: bigint
}

/** Why a view belongs elsewhere. */
export type ViewVerifyError =
  | { readonly code: 'GENESIS_MISMATCH'; readonly expected: Hash32; readonly got: Hash32 }
  | { readonly code: 'EPOCH_MISMATCH'; readonly expected: bigint; readonly got: bigint }

/**
 * Checks that a view is of this chain and epoch; its number is not looked at.
 * @see docs/spec/messages.md V1
 */
export function verifyView(view: View, scope: EpochScope): Result<void, ViewVerifyError> {
  if (!bytesEqual(view.genesis, scope.genesis)) {
    return err({ code: 'GENESIS_MISMATCH', expected: scope.genesis, got: view.genesis })
  }
  if (view.epoch !== scope.epoch) {
    return err({ code: 'EPOCH_MISMATCH', expected: scope.epoch, got: view.epoch })
  }
  return ok(undefined)
}

/** Whether two views are equal in all fields. */
export function sameView(a: View, b: View): boolean {
  return a.number === b.number && a.epoch === b.epoch && bytesEqual(a.genesis, b.genesis)
}

/** Canonical order: by genesis, then epoch, then number; negative when `a` sorts first. */
export function compareViews(a: View, b: View): number {
  return (
    compareBytes(a.genesis, b.genesis) ||
    compareNumbers(a.epoch, b.epoch) ||
    compareNumbers(a.number, b.number)
  )
}

/** Order of two numbers: -1, 0 or 1. */
export function compareNumbers(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Writes the body of a view: genesis 1, number 2, epoch 3. */
export function writeView(writer: CanonicalWriter, view: View): void {
  writer.uint64(3, view.epoch)
  writer.uint64(2, view.number)
  writer.message(1, writeBytes, view.genesis)
}

/** Reads the body of a view. */
export function readView(reader: CanonicalReader): View {
  const genesis = reader.message(1, readHash)
  const number = reader.uint64(2)
  const epoch = reader.uint64(3)
  return { genesis, number, epoch }
}

/** Canonical bytes of a view. */
export function encodeView(view: View): Uint8Array {
  return encodeWith(writeView, view)
}

/** Inverse of {@link encodeView}. @throws DecodeError */
export function decodeView(bytes: Uint8Array, options?: DecodeOptions): View {
  return decodeWith(readView, bytes, options)
}
