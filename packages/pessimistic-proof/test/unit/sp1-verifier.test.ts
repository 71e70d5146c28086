import { blake3 } from '@noble/hashes/blake3.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bn254, bn254Order, concatBytes, hash32, loadCryptoBackends } from '@zkstack/crypto'
import { describe, expect, test } from 'vitest'
import {
  pessimisticVKeyRoutes,
  sp1Circuits,
  Sp1Verifier,
  verifyGatewayProof,
  verifySp1Proof,
  type Sp1Circuit,
  type Sp1ProofClaim,
} from '../../src/index.js'
import { bigintFromBytes, bytesFromBigint } from '../../src/codec/u256.js'
import { LagrangeBasis } from '../../src/sp1/lagrange-basis.js'
import { parsePlonkKey } from '../../src/sp1/plonk-key.js'
import { TrapdoorCircuit } from '../../testing/index.js'
import { claimOf, fixtureOf } from '../helpers/sp1-fixtures.js'
import { errorOf, valueOf } from '../helpers/value-of.js'

await loadCryptoBackends()

const verifier = new Sp1Verifier()
const v5 = claimOf(fixtureOf('pessimistic/agglayer-contracts-a1fc665b-sp1-v5.0.0-plonk'))
const v6 = claimOf(fixtureOf('generic/v6.0-plonk-fibonacci20'))
const v6Groth16 = claimOf(fixtureOf('generic/v6.1-groth16-fixA'))
const v3Groth16 = claimOf(fixtureOf('generic/sp1-df14c7f0c-fibonacci-groth16'))

/** The bytes with others written over them. */
function patched(bytes: Uint8Array, at: number, patch: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes)
  copy.set(patch, at)
  return copy
}

function patchedProof(claim: Sp1ProofClaim, at: number, ...patch: Uint8Array[]): Sp1ProofClaim {
  return { ...claim, proof: patched(claim.proof, at, concatBytes(...patch)) }
}

const word = (value: bigint): Uint8Array => bytesFromBigint(value)

describe('verifySp1Proof', () => {
  test('an empty proof, as mock provers make them › refused', () => {
    const error = errorOf(verifySp1Proof({ ...v5, proof: new Uint8Array(0) }))
    expect(error).toEqual({ code: 'InvalidProofBytesLength', length: 0, minimum: 4 })
  })

  test('a selector of no circuit › WrongVerifierSelector with all that there are', () => {
    const error = errorOf(
      verifier.verify(patchedProof(v5, 0, Uint8Array.of(0xd4, 0xe8, 0xec, 0xd3))),
    )
    expect(error).toMatchObject({ code: 'WrongVerifierSelector', received: '0xd4e8ecd3' })
    expect(error).toHaveProperty('expected', expect.arrayContaining(['0xd4e8ecd2', '0x5a093a2f']))
  })

  test('a circuit that the verifier does not accept › WrongVerifierSelector', () => {
    const circuits = sp1Circuits.filter(({ version }) => version === 'v6.1.0')
    const error = errorOf(new Sp1Verifier({ circuits }).verify(v5))
    expect(error).toEqual({
      code: 'WrongVerifierSelector',
      received: '0xd4e8ecd2',
      expected: ['0x5a093a2f', '0x4388a21c'],
    })
  })

  test('circuits v4 and older › RouteIsFrozen unless they are allowed', () => {
    for (const name of [
      'pessimistic/agglayer-contracts-33954101-sp1-v3.0.0-plonk',
      'pessimistic/agglayer-contracts-d947b946-sp1-v2.0.0-plonk',
      'generic/sp1-df14c7f0c-fibonacci-groth16',
    ]) {
      const { proof, publicValues, vkey } = claimOf(fixtureOf(name))
      const error = errorOf(verifier.verify({ proof, publicValues, vkey }))
      expect(error).toMatchObject({ code: 'RouteIsFrozen', version: fixtureOf(name).version })
      expect(verifier.verify({ proof, publicValues, vkey, allowOldCircuits: true }).ok).toBe(true)
    }
    const old = sp1Circuits.filter(({ isOld }) => isOld).map(({ version }) => version)
    expect(new Set(old)).toEqual(new Set(['v1.1.0', 'v2.0.0', 'v3.0.0', 'v4.0.0-rc.3']))
    expect(verifier.verify({ ...v5, allowOldCircuits: false }).ok).toBe(true)
  })

  test('a v6 proof cut before its own bytes › InvalidProofBytesLength', () => {
    const error = errorOf(verifier.verify({ ...v6, proof: v6.proof.subarray(0, 99) }))
    expect(error).toEqual({ code: 'InvalidProofBytesLength', length: 99, minimum: 100 })
  })

  test('another exit code than expected › InvalidExitCode, before the root is looked at', () => {
    const error = errorOf(verifier.verify(patchedProof(v6, 4, word(1n), word(2n))))
    expect(error).toEqual({ code: 'InvalidExitCode', received: 1n, expected: 0n })
    const expected = errorOf(verifier.verify({ ...v6, expectedExitCode: 3n }))
    expect(expected).toEqual({ code: 'InvalidExitCode', received: 0n, expected: 3n })
  })

  test('an exit code that a circuit before v6 cannot prove › InvalidExitCode', () => {
    const error = errorOf(verifier.verify({ ...v5, expectedExitCode: 1n }))
    expect(error).toEqual({ code: 'InvalidExitCode', received: 0n, expected: 1n })
  })

  test('another root › InvalidVkRoot, before the inputs are looked at', () => {
    const claim = { ...patchedProof(v6, 36, word(2n)), vkey: new Uint8Array(32).fill(0xff) }
    expect(errorOf(verifier.verify(claim))).toMatchObject({
      code: 'InvalidVkRoot',
      received: hash32(word(2n)),
    })
  })

  test('the exit code that was expected, not the one proven › the proof fails', () => {
    const claim = { ...patchedProof(v6, 4, word(1n)), expectedExitCode: 1n }
    const error = errorOf(verifier.verify(claim))
    expect(error).toEqual({ code: 'InvalidProof', fault: 'EQUATION' })
  })

  test('an input that is no scalar › PublicInputNotInField, before the proof is looked at', () => {
    const garbage = (length: number) => new Uint8Array(length).fill(0xff)
    for (const value of [bn254Order, (1n << 256n) - 1n]) {
      const claim = patchedProof({ ...v5, vkey: word(value) }, 4, garbage(864))
      const error = errorOf(verifier.verify(claim))
      expect(error).toEqual({ code: 'PublicInputNotInField', input: 0 })
      const nonce = patchedProof(v6Groth16, 68, word(value), garbage(256))
      const nonceError = errorOf(verifier.verify(nonce))
      expect(nonceError).toEqual({ code: 'PublicInputNotInField', input: 4 })
    }
    const below = errorOf(verifier.verify({ ...v5, vkey: word(bn254Order - 1n) }))
    expect(below).toEqual({ code: 'InvalidProof', fault: 'EQUATION' })
  })

  test('a byte too many or too few › LENGTH', () => {
    for (const [claim, code] of [
      [v5, 'InvalidProof'],
      [v6, 'InvalidProof'],
      [v3Groth16, 'ProofInvalid'],
      [v6Groth16, 'ProofInvalid'],
    ] as const) {
      const { proof } = claim
      for (const changed of [concatBytes(proof, Uint8Array.of(0)), proof.subarray(0, -1)]) {
        const error = errorOf(verifier.verify({ ...claim, proof: changed }))
        expect(error).toEqual({ code, fault: 'LENGTH' })
      }
    }
  })

  test('any point of a proof at infinity › POINT', () => {
    for (const offset of [0, 0x40, 0x80, 0xc0, 0x100, 0x140, 0x220, 0x280, 0x2c0, 0x320]) {
      const claim = patchedProof(v5, 4 + offset, new Uint8Array(64))
      expect(errorOf(verifier.verify(claim))).toEqual({ code: 'InvalidProof', fault: 'POINT' })
    }
    for (const [at, length] of [
      [4, 64],
      [68, 128],
      [196, 64],
    ] as const) {
      const claim = patchedProof(v3Groth16, at, new Uint8Array(length))
      expect(errorOf(verifier.verify(claim))).toEqual({ code: 'ProofInvalid', fault: 'POINT' })
    }
  })

  test('a scalar not below the order › SCALAR', () => {
    for (const offset of [0x180, 0x1a0, 0x1c0, 0x1e0, 0x200, 0x260, 0x300]) {
      const at = 4 + offset
      const value = bigintFromBytes(v5.proof.subarray(at, at + 32))
      const claim = patchedProof(v5, at, word(value + bn254Order))
      expect(errorOf(verifier.verify(claim))).toEqual({ code: 'InvalidProof', fault: 'SCALAR' })
    }
  })

  test('the same Groth16 proof with the signs of A and B changed › is as valid, so that proofs identify nothing', () => {
    const p = 0x30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47n
    const { proof } = v3Groth16
    const negated = (at: number): [number, Uint8Array] => {
      const y = bigintFromBytes(proof.subarray(at, at + 32))
      return [at, word(p - y)]
    }
    const altered = [36, 132, 164]
      .map(negated)
      .reduce((bytes, [at, y]) => patched(bytes, at, y), proof)
    expect(altered).not.toEqual(proof)
    expect(verifier.verify({ ...v3Groth16, proof: altered }).ok).toBe(true)
    const half = patched(proof, ...negated(36))
    const error = errorOf(verifier.verify({ ...v3Groth16, proof: half }))
    expect(error).toEqual({ code: 'ProofInvalid', fault: 'EQUATION' })
  })

  test('a key that is not 32 bytes › RangeError', () => {
    expect(() => verifySp1Proof({ ...v5, vkey: new Uint8Array(31) })).toThrow(RangeError)
  })

  test('public values hashed with blake3 › accepted as such alone', () => {
    const trapdoor = new TrapdoorCircuit()
    const own = new Sp1Verifier({ circuits: [trapdoor.circuit] })
    const vkey = word(0xabcdn)
    const publicValues = Uint8Array.of(1, 2, 3)
    const proof = trapdoor.prove({ vkey, publicValues, digest: blake3, nonce: 9n })
    const claim = { proof, vkey, publicValues }
    expect(errorOf(own.verify(claim))).toEqual({ code: 'ProofInvalid', fault: 'EQUATION' })
    const statement = valueOf(verifySp1Proof({ ...claim, digest: 'blake3', verifier: own }))
    expect(statement).toMatchObject({ exitCode: 0n, proofNonce: 9n, version: 'trapdoor' })
    const error = errorOf(verifier.verify({ ...v5, digest: 'blake3' }))
    expect(error).toEqual({ code: 'InvalidProof', fault: 'EQUATION' })
  })

  test('an exit code other than zero › accepted where it is expected', () => {
    const trapdoor = new TrapdoorCircuit()
    const own = new Sp1Verifier({ circuits: [trapdoor.circuit] })
    const claim = { vkey: word(5n), publicValues: new Uint8Array(0) }
    const proof = trapdoor.prove({ ...claim, exitCode: 2n })
    expect(errorOf(own.verify({ ...claim, proof })).code).toBe('InvalidExitCode')
    expect(own.verify({ ...claim, proof, expectedExitCode: 2n }).ok).toBe(true)
  })

  test('the backend changes while a verifier is kept › the same verdict', async () => {
    const kept = new Sp1Verifier()
    for (const backend of ['noble', 'mcl', 'noble'] as const) {
      await loadCryptoBackends({ bn254: backend })
      expect(bn254.current.backend).toBe(backend)
      expect(kept.verify(v5).ok).toBe(true)
      expect(kept.verify(patchedProof(v5, 0x184, word(1n))).ok).toBe(false)
    }
    await loadCryptoBackends({ bn254: 'mcl' })
  })
})

describe('the verifying key of a circuit', () => {
  const genuine = new TrapdoorCircuit()
  const claim = { vkey: word(5n), publicValues: new Uint8Array(0) }
  const proof = genuine.prove(claim)
  const key = genuine.circuit.verifyingKey()

  function faultWith(circuit: Sp1Circuit): unknown {
    return errorOf(new Sp1Verifier({ circuits: [circuit] }).verify({ ...claim, proof }))
  }

  /** The circuit with other bytes for a key, whose hash is put right, under the selector of the proof. */
  function withKey(bytes: Uint8Array): unknown {
    const verifierHash = hash32(sha256(bytes))
    const circuit = { ...genuine.circuit, verifierHash, verifyingKey: () => bytes }
    const selected = patched(proof, 0, verifierHash.subarray(0, 4))
    return errorOf(new Sp1Verifier({ circuits: [circuit] }).verify({ ...claim, proof: selected }))
  }

  test('whose bytes have another hash than the selector says › refused', () => {
    const changed = patched(key, key.length - 1, Uint8Array.of(1))
    const circuit = { ...genuine.circuit, verifyingKey: () => changed }
    const expected = { code: 'InvalidVerifyingKey', version: 'trapdoor', fault: 'HASH' }
    expect(faultWith(circuit)).toEqual(expected)
  })

  test('with γ = δ › refused, though proofs of it verify', () => {
    const careless = new TrapdoorCircuit({ delta: 7n })
    const forged = careless.prove(claim)
    const error = errorOf(
      new Sp1Verifier({ circuits: [careless.circuit] }).verify({ ...claim, proof: forged }),
    )
    expect(error).toMatchObject({ code: 'InvalidVerifyingKey', fault: 'GAMMA_EQUALS_DELTA' })
  })

  test('that is cut, extended, or has a point, number or count changed › refused', () => {
    const plonk = sp1Circuits.find(({ version }) => version === 'v6.1.0')
    if (plonk === undefined) throw new Error('there is a circuit v6.1.0')
    const expected = { code: 'InvalidVerifyingKey', fault: 'FORM' }
    for (const bytes of [
      key.subarray(0, -1),
      concatBytes(key, Uint8Array.of(0)),
      patched(key, 0, new Uint8Array(32)),
      patched(key, 0, concatBytes(Uint8Array.of(0x40), new Uint8Array(31))),
      patched(key, 288, Uint8Array.of(0xff, 0xff, 0xff, 0xff)),
      patched(key, 288, Uint8Array.of(0, 0, 0, 5)),
      patched(key, key.length - 4, Uint8Array.of(0, 0, 0, 1)),
      new TrapdoorCircuit({ vkRoot: undefined }).circuit.verifyingKey(),
      new Uint8Array(0),
      plonk.verifyingKey(),
    ]) {
      expect(withKey(bytes)).toMatchObject(expected)
    }
    const bytes = plonk.verifyingKey()
    for (const changed of [
      patched(bytes, 0, bytesFromBigint(3n).subarray(24)),
      patched(bytes, 8, word(1n)),
      patched(bytes, 40, word(1n)),
      patched(bytes, 40, word(bn254Order)),
      patched(bytes, 72, new Uint8Array(8).fill(0xff)),
      patched(bytes, 368, Uint8Array.of(0, 0, 0, 2)),
      patched(bytes, bytes.length - 8, bytesFromBigint(1n << 25n).subarray(24)),
      bytes.subarray(0, -1),
    ]) {
      const verdict = parsePlonkKey(bn254.current, changed)
      expect(verdict).toEqual({ ok: false, error: 'FORM' })
    }
  })
})

describe('verifyGatewayProof', () => {
  const route = { selector: '0x00000001', pessimisticVKey: hash32(v5.vkey), frozen: false }
  const { publicValues } = v5
  const proof = concatBytes(Uint8Array.of(0, 0, 0, 1), v5.proof)

  test('a proof behind the selector of a route › is verified with the key of the route', () => {
    const statement = valueOf(
      verifyGatewayProof({ proof, publicValues, routes: [route], verifier }),
    )
    expect(statement).toMatchObject({ vkey: v5.vkey, version: 'v5.0.0' })
    const other = { ...route, pessimisticVKey: hash32(word(1n)) }
    const error = errorOf(verifyGatewayProof({ proof, publicValues, routes: [other], verifier }))
    expect(error).toEqual({ code: 'InvalidProof', fault: 'EQUATION' })
  })

  test('fewer than 4 bytes, no route, a frozen one › the gateway’s errors', () => {
    const short = { proof: proof.subarray(0, 3), publicValues, routes: [route] }
    expect(errorOf(verifyGatewayProof(short)).code).toBe('InvalidProofBytesLength')
    const unknown = errorOf(verifyGatewayProof({ proof, publicValues }))
    expect(unknown).toEqual({ code: 'RouteNotFound', selector: '0x00000001' })
    const routes = [{ ...route, frozen: true }]
    const frozen = errorOf(verifyGatewayProof({ proof, publicValues, routes }))
    expect(frozen).toEqual({ code: 'RouteIsFrozen', selector: '0x00000001' })
    const bare = { proof: proof.subarray(0, 4), publicValues, routes: [route] }
    expect(errorOf(verifyGatewayProof(bare)).code).toBe('InvalidProofBytesLength')
  })

  test('the routes of Agglayer’s releases › selectors 8 and 14', () => {
    expect(pessimisticVKeyRoutes.map(({ selector }) => selector)).toEqual([
      '0x00000008',
      '0x0000000e',
    ])
  })
})

describe('a PLONK challenge inside the domain', () => {
  test('the polynomials cannot be evaluated, which the vanishing value of zero says', () => {
    const plonk = sp1Circuits.find(({ version }) => version === 'v5.0.0')
    const key = valueOf(parsePlonkKey(bn254.current, plonk?.verifyingKey() ?? new Uint8Array(0)))
    expect(new LagrangeBasis(key, key.generator).vanishing).toBe(0n)
    expect(() => new LagrangeBasis(key, key.generator).at(1)).toThrow()
    expect(new LagrangeBasis(key, 5n).vanishing).not.toBe(0n)
  })
})
