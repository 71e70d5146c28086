import type { Result } from '@zkstack/crypto'
import { BincodeReader } from '../codec/bincode/bincode-reader.js'
import { decoded, type CodecError } from '../codec/codec-error.js'
import { readSp1Proof, type Sp1ProofFile } from './sp1-proof-layout.js'

/**
 * Decodes a saved proof, bincode with little-endian integers of fixed width: u32 variant (2 PLONK, 3 Groth16), public inputs as decimal
 * texts, the proof and gnark's form of it as hexadecimal texts, 32 bytes hash, up to v3 the program's input, the public values, the
 * version as a text, since v5 an optional proof of a trusted execution environment.
 * @see https://github.com/succinctlabs/sp1, crates/sdk/src/proof.rs
 */
export function decodeSp1ProofFile(bytes: Uint8Array): Result<Sp1ProofFile, CodecError> {
  const current = decoded(() => readSp1Proof(new BincodeReader(bytes, true), false))
  if (current.ok) return current
  const older = decoded(() => readSp1Proof(new BincodeReader(bytes, true), true))
  return older.ok ? older : current
}
