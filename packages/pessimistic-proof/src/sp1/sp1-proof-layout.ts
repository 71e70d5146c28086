import { concatBytes, fromHex, hash32, toHex, type Hash32 } from '@zkstack/crypto'
import type { BincodeReader } from '../codec/bincode/bincode-reader.js'
import type { BincodeWriter } from '../codec/bincode/bincode-writer.js'
import { CodecFailure, within } from '../codec/codec-error.js'
import { bytesFromBigint, TWO_256 } from '../codec/u256.js'
import type { Sp1ProofSystem } from './circuits.js'

/** A proof as SP1 saves it, with what it says of itself: nothing of it is verified. */
export interface Sp1ProofFile {
  readonly system: Sp1ProofSystem
  /** The program's verifying key: the first public input. */
  readonly vkey: Hash32
  /** All public inputs of the circuit, 2 before v6 and 5 since. */
  readonly publicInputs: readonly bigint[]
  /** As a verifier takes it; empty for the proof of a mock prover, which proves nothing. */
  readonly proof: Uint8Array
  /** gnark's own form of the proof. */
  readonly rawProof: Uint8Array
  /** Hash of the circuit's verifying key. */
  readonly verifierHash: Hash32
  readonly publicValues: Uint8Array
  /** The version of the circuits, such as `v6.1.0`. */
  readonly sp1Version: string
  /** A proof by a trusted execution environment, which goes with some proofs since v5. */
  readonly teeProof?: Uint8Array
}

const systems: Readonly<Record<number, Sp1ProofSystem>> = { 2: 'plonk', 3: 'groth16' }

/** A public input has at most this many digits; the proof, in the place of a third one before v6, has more, or none. */
const mostDigits = 78
const inputsBefore6 = 2
const inputsSince6 = 5

/** Reads a proof to the end of the bytes; up to v3 with the program's input. @throws CodecFailure */
export function readSp1Proof(reader: BincodeReader, hasInput: boolean): Sp1ProofFile {
  const system = systems[reader.u32()]
  if (system === undefined) throw new CodecFailure('BAD_VARIANT', 'not a PLONK or Groth16 proof')
  const { publicInputs, encodedProof } = within('public_inputs', () => readInputs(reader))
  const encoded = within('encoded_proof', () => hexadecimal(encodedProof))
  const rawProof = within('raw_proof', () => hexadecimal(text(reader)))
  const verifierHash = hash32(reader.bytes(32))
  if (hasInput) within('stdin', () => skipInput(reader))
  const publicValues = within('public_values', () => reader.bytes(reader.length(1)))
  const sp1Version = within('sp1_version', () => version(text(reader)))
  const teeProof = reader.left > 0 ? within('tee_proof', () => optionalBytes(reader)) : undefined
  if (reader.left > 0) throw new CodecFailure('TRAILING_BYTES', `${reader.left} bytes are left`)
  const selector = encoded.length === 0 ? encoded : verifierHash.subarray(0, 4)
  return {
    ...{ system, publicInputs, rawProof, verifierHash, publicValues, sp1Version },
    vkey: hash32(bytesFromBigint(publicInputs[0] ?? 0n)),
    proof: concatBytes(selector, encoded),
    ...(teeProof === undefined ? {} : { teeProof }),
  }
}

/** Writes a proof as SP1 does since v5. The proof must begin with its selector, or be empty. */
export function writeSp1Proof(writer: BincodeWriter, file: Sp1ProofFile): void {
  writer.u32(file.system === 'plonk' ? 2 : 3)
  for (const input of file.publicInputs) writeText(writer, String(input))
  writeText(writer, toHex(file.proof.subarray(4)))
  writeText(writer, toHex(file.rawProof))
  writer.bytes(file.verifierHash)
  writeBytes(writer, file.publicValues)
  writeText(writer, file.sp1Version)
  writer.u8(file.teeProof === undefined ? 0 : 1)
  if (file.teeProof !== undefined) writeBytes(writer, file.teeProof)
}

function writeBytes(writer: BincodeWriter, bytes: Uint8Array): void {
  writer.u64(BigInt(bytes.length))
  writer.bytes(bytes)
}

function writeText(writer: BincodeWriter, content: string): void {
  writeBytes(writer, new TextEncoder().encode(content))
}

/** The public inputs, whose number is not stated, and the text after them. */
function readInputs(reader: BincodeReader): { publicInputs: bigint[]; encodedProof: string } {
  const publicInputs = Array.from({ length: inputsBefore6 }, () => decimal(text(reader)))
  const next = text(reader)
  if (next.length === 0 || next.length > mostDigits) return { publicInputs, encodedProof: next }
  publicInputs.push(decimal(next))
  while (publicInputs.length < inputsSince6) publicInputs.push(decimal(text(reader)))
  return { publicInputs, encodedProof: text(reader) }
}

/** The program's input: buffers, a position and proofs, of which there may be none here. */
function skipInput(reader: BincodeReader): void {
  const buffers = reader.length(8)
  for (let i = 0; i < buffers; i++) reader.bytes(reader.length(1))
  reader.u64()
  if (reader.u64() !== 0n) throw new CodecFailure('BAD_VARIANT', 'proofs among the input')
}

function optionalBytes(reader: BincodeReader): Uint8Array | undefined {
  const tag = reader.u8()
  if (tag > 1) throw new CodecFailure('BAD_VARIANT', `option ${tag}`)
  return tag === 1 ? reader.bytes(reader.length(1)) : undefined
}

function text(reader: BincodeReader): string {
  const bytes = reader.bytes(reader.length(1))
  if (bytes.some((byte) => byte > 0x7f)) throw new CodecFailure('BAD_TEXT', 'not ASCII')
  return new TextDecoder().decode(bytes)
}

function decimal(digits: string): bigint {
  if (digits.length > mostDigits || !/^[0-9]+$/.test(digits)) {
    throw new CodecFailure('BAD_TEXT', 'not a decimal number')
  }
  const value = BigInt(digits)
  if (value >= TWO_256) throw new CodecFailure('OUT_OF_RANGE', 'beyond 256 bits')
  return value
}

function hexadecimal(digits: string): Uint8Array {
  const bytes = fromHex(digits)
  if (bytes === undefined) throw new CodecFailure('BAD_TEXT', 'not hexadecimal')
  return bytes
}

function version(name: string): string {
  if (!/^v?[0-9]+\.[0-9]/.test(name)) throw new CodecFailure('BAD_TEXT', 'not a version')
  return name
}
