import { bn254 } from '@noble/curves/bn254.js'
import { bn254Order } from '@zkstack/crypto'
import { bigintFromBytes } from '../codec/u256.js'

/** Arithmetic of the field of scalars of BN254, on canonical values; `inv` throws for zero. */
export const scalarField = bn254.fields.Fr

/** Bytes of a scalar. */
export const scalarBytes = 32

/** A big-endian number reduced to a scalar. */
export function reduceToScalar(bytes: Uint8Array): bigint {
  return bigintFromBytes(bytes) % bn254Order
}

/** Whether a number that is not negative is a canonical scalar. */
export function isScalar(value: bigint): boolean {
  return value < bn254Order
}
