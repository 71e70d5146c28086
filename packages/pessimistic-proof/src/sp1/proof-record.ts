import type { Result } from '@zkstack/crypto'
import { BincodeReader } from '../codec/bincode/bincode-reader.js'
import { BincodeWriter } from '../codec/bincode/bincode-writer.js'
import { CodecFailure, decoded, type CodecError } from '../codec/codec-error.js'
import { readSp1Proof, writeSp1Proof, type Sp1ProofFile } from './sp1-proof-layout.js'

/** The only kind of proof there is. */
const SP1_VARIANT = 0

/**
 * A proof as Agglayer's prover answers it: bincode with big-endian integers of fixed width, the variant of `Proof`, then what SP1
 * saves.
 * @see agglayer crates/agglayer-types/src/proof.rs
 */
export function encodeProof(file: Sp1ProofFile): Uint8Array {
  const writer = new BincodeWriter(false)
  writer.u32(SP1_VARIANT)
  writeSp1Proof(writer, file)
  return writer.finish()
}

/** Reads what {@link encodeProof} writes, and proofs up to v3 that carry the program's input. Nothing of it is verified. */
export function decodeProof(bytes: Uint8Array): Result<Sp1ProofFile, CodecError> {
  const current = decoded(() => readProof(bytes, false))
  if (current.ok) return current
  const older = decoded(() => readProof(bytes, true))
  return older.ok ? older : current
}

function readProof(bytes: Uint8Array, hasInput: boolean): Sp1ProofFile {
  const reader = new BincodeReader(bytes, false)
  const variant = reader.u32()
  if (variant !== SP1_VARIANT) throw new CodecFailure('BAD_VARIANT', `${variant} is no proof`)
  return readSp1Proof(reader, hasInput)
}
