import { hash32 } from '@zkstack/crypto'
import { bigintFromBytes } from '../codec/u256.js'
import type { ProofEnvelope } from '../prover/prover.js'
import { ZERO_HASH } from '../trees/empty-hashes.js'
import { selectorOf, selectorText, sp1Circuits, type Sp1Circuit } from './circuits.js'
import type { Sp1ProofFile } from './sp1-proof-layout.js'
import { digestOf, selectorBytes } from './stated-inputs.js'

/** What a proof of SP1's mock prover, which proves nothing, says that it is of. */
const mockVersion = 'v6.1.0'

/**
 * What SP1 would have saved of a proof, except gnark's own form, which no verifier reads. An empty proof becomes that of SP1's mock
 * prover. `undefined` for a proof of none of the circuits.
 */
export function sp1ProofFileOf(
  envelope: Extract<ProofEnvelope, { readonly type: 'sp1' }>,
  circuits: readonly Sp1Circuit[] = sp1Circuits,
): Sp1ProofFile | undefined {
  const { proof, publicValues } = envelope
  const vkey = hash32(Uint8Array.from(envelope.vkey))
  const stated = [vkey, digestOf({ proof, publicValues, vkey })].map(bigintFromBytes)
  const common = { vkey, publicValues, proof, rawProof: new Uint8Array() }
  if (proof.length === 0) {
    const publicInputs = [...stated, 0n, 0n, 0n]
    const mock = { system: 'plonk', verifierHash: ZERO_HASH, sp1Version: mockVersion } as const
    return { ...common, ...mock, publicInputs }
  }
  const selector = selectorText(proof)
  const circuit = circuits.find((candidate) => selectorOf(candidate) === selector)
  if (circuit === undefined || proof.length < lengthOfStated(circuit)) return undefined
  const { system, verifierHash, version, vkRoot } = circuit
  const after = vkRoot === undefined ? [] : [4, 36, 68].map((at) => proof.subarray(at, at + 32))
  const publicInputs = [...stated, ...after.map(bigintFromBytes)]
  return { ...common, system, verifierHash, sp1Version: version, publicInputs }
}

/** Selector, and what is stated after it since v6. */
function lengthOfStated({ vkRoot }: Sp1Circuit): number {
  return vkRoot === undefined ? selectorBytes : selectorBytes + 96
}
