import { sha256 } from '@noble/hashes/sha2.js'
import { bytesEqual, err, ok, type Bn254, type Result } from '@zkstack/crypto'
import type { Sp1Circuit } from './circuits.js'
import { groth16Fault } from './groth16.js'
import { parseGroth16Key, type Groth16Key } from './groth16-key.js'
import { plonkFault } from './plonk.js'
import { parsePlonkKey, type PlonkKey } from './plonk-key.js'
import type { Sp1KeyFault, Sp1ProofFault } from './sp1-error.js'

/** The verifying key of a circuit, parsed. */
export type CircuitKey =
  | { readonly system: 'groth16'; readonly key: Groth16Key }
  | { readonly system: 'plonk'; readonly key: PlonkKey }

/** Parses a circuit's key, which must have the hash that the circuit is known by, and as many inputs as its proofs. */
export function loadCircuitKey(
  circuit: Sp1Circuit,
  backend: Bn254,
): Result<CircuitKey, Sp1KeyFault> {
  const bytes = circuit.verifyingKey()
  if (!bytesEqual(sha256(bytes), circuit.verifierHash)) return err('HASH')
  const inputCount = circuit.vkRoot === undefined ? 2 : 5
  if (circuit.system === 'plonk') {
    const key = parsePlonkKey(backend, bytes)
    if (!key.ok) return key
    return key.value.inputCount === inputCount
      ? ok({ system: 'plonk', key: key.value })
      : err('FORM')
  }
  const key = parseGroth16Key(backend, bytes)
  if (!key.ok) return key
  const fits = key.value.inputs.length === inputCount + 1
  return fits ? ok({ system: 'groth16', key: key.value }) : err('FORM')
}

/** Checks a proof, without what stands before its own bytes; `undefined` when it is valid. */
export function proofFault(
  backend: Bn254,
  loaded: CircuitKey,
  proof: Uint8Array,
  inputs: readonly bigint[],
): Sp1ProofFault | undefined {
  return loaded.system === 'plonk'
    ? plonkFault(backend, loaded.key, proof, inputs)
    : groth16Fault(backend, loaded.key, proof, inputs)
}
