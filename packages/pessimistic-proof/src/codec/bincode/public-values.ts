import { err, type Result } from '@zkstack/crypto'
import type { PessimisticProofOutput } from '../../types/pessimistic-proof-output.js'
import type { CodecError } from '../codec-error.js'
import { contracts } from './bincode.js'
import { pessimisticProofOutput } from './proof-layouts.js'

/** Length of the public values in bytes. */
export const PUBLIC_VALUES_BYTES = 196

/**
 * The public values of a pessimistic proof, as L1 packs them: previous local exit root ‖ previous pessimistic root ‖
 * L1 info root ‖ u32 BE network id ‖ aggchain hash ‖ new local exit root ‖ new pessimistic root: 196 bytes.
 */
export function encodePublicValues(output: PessimisticProofOutput): Uint8Array {
  return contracts.encode(pessimisticProofOutput, output)
}

/** Reads what {@link encodePublicValues} writes. */
export function decodePublicValues(bytes: Uint8Array): Result<PessimisticProofOutput, CodecError> {
  if (bytes.length === PUBLIC_VALUES_BYTES) return contracts.decode(pessimisticProofOutput, bytes)
  const message = `expected ${PUBLIC_VALUES_BYTES} bytes, got ${bytes.length}`
  return err({ code: 'BAD_LENGTH', field: '', message })
}
