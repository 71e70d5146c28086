import { bn254, concatBytes, loadCryptoBackends, type Bn254 } from '@zkstack/crypto'
import { afterAll, describe, expect, test } from 'vitest'
import {
  decodeSp1ProofFile,
  sp1Circuits,
  Sp1Verifier,
  type Sp1ProofClaim,
} from '../../src/index.js'
import { parseGroth16Key } from '../../src/sp1/groth16-key.js'
import { parsePlonkKey } from '../../src/sp1/plonk-key.js'
import { loadVectorBytes } from '../helpers/load-vector.js'
import { printSeedOnFailure, testRandom } from '../helpers/seed.js'
import { backendOf, claimOf, sp1Fixtures } from '../helpers/sp1-fixtures.js'

await loadCryptoBackends()
printSeedOnFailure()

const mcl = new Sp1Verifier({ backend: backendOf('mcl') })
const noble = new Sp1Verifier({ backend: backendOf('noble') })
const accepted = sp1Fixtures.filter(({ expected }) => expected === 'accept')
const regionBytes = 32

/** A claim with one bit of one of its parts flipped. */
function flipped(
  claim: Sp1ProofClaim,
  part: 'proof' | 'publicValues' | 'vkey',
  at: number,
  bit: number,
): Sp1ProofClaim {
  const bytes = Uint8Array.from(claim[part])
  bytes[at] = (bytes[at] ?? 0) ^ (1 << bit)
  return { ...claim, [part]: bytes }
}

const textOf = (verdict: unknown): string =>
  JSON.stringify(verdict, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value))

describe.each(accepted)('$name', ({ name, ...fixture }) => {
  const claim = claimOf({ name, ...fixture })

  test('one bit flipped in each region of the proof › refused', () => {
    const random = testRandom(`${name}/regions`)
    for (let start = 0; start < claim.proof.length; start += regionBytes) {
      const at = start + random.below(Math.min(regionBytes, claim.proof.length - start))
      const changed = flipped(claim, 'proof', at, random.below(8))
      expect(mcl.verify(changed).ok, `byte ${at}`).toBe(false)
    }
  })

  test('one bit flipped in the public values or in the key › refused', () => {
    const random = testRandom(`${name}/statement`)
    for (const part of ['publicValues', 'vkey'] as const) {
      for (let i = 0; i < 4; i++) {
        const at = random.below(claim[part].length)
        const changed = flipped(claim, part, at, random.below(8))
        expect(mcl.verify(changed).ok, `${part} ${at}`).toBe(false)
      }
    }
    const longer = { ...claim, publicValues: concatBytes(claim.publicValues, Uint8Array.of(0)) }
    expect(mcl.verify(longer).ok).toBe(false)
  })

  test('a few of these mutations › noble says what mcl says, error by error', () => {
    const random = testRandom(`${name}/backends`)
    for (let i = 0; i < 4; i++) {
      const at = random.below(claim.proof.length)
      const changed = flipped(claim, 'proof', at, random.below(8))
      expect(textOf(noble.verify(changed)), `byte ${at}`).toBe(textOf(mcl.verify(changed)))
    }
    expect(textOf(noble.verify(claim))).toBe(textOf(mcl.verify(claim)))
  })

  test('unchanged › accepted', () => {
    expect(mcl.verify(claim).ok).toBe(true)
  })
})

describe('the mutations of a statement', () => {
  test('under a backend that finds every product of pairings to be one › are accepted: it is the pairing that they test', () => {
    const { current } = bn254
    const credulous: Bn254 = {
      backend: 'credulous',
      decodeG1: (bytes) => current.decodeG1(bytes),
      decodeG2: (bytes) => current.decodeG2(bytes),
      decompressG1: (bytes) => current.decompressG1(bytes),
      decompressG2: (bytes) => current.decompressG2(bytes),
      negate: (point) => current.negate(point),
      multiplySum: (terms) => current.multiplySum(terms),
      prepare: (point) => current.prepare(point),
      pairingProductIsOne: () => true,
    }
    const verifier = new Sp1Verifier({ backend: credulous })
    for (const fixture of accepted) {
      const changed = flipped(claimOf(fixture), 'publicValues', 0, 0)
      expect(verifier.verify(changed).ok).toBe(true)
      expect(mcl.verify(changed).ok).toBe(false)
    }
  })
})

describe('what verifiers and decoders make of noise', () => {
  const kinds = new Map<string, number>()
  afterAll(() => expect(kinds.size).toBeGreaterThan(3))

  test('proofs with any regions replaced › refused, and nothing is thrown', () => {
    const random = testRandom('noise')
    for (let i = 0; i < 300; i++) {
      const claim = claimOf(random.pick(accepted))
      const proof = Uint8Array.from(claim.proof).slice(0, random.below(claim.proof.length + 1))
      for (let n = random.below(4); n >= 0; n--) {
        const at = random.below(Math.max(1, proof.length))
        proof.set(random.hash().subarray(0, Math.min(32, proof.length - at)), at)
      }
      const verdict = mcl.verify({ ...claim, proof })
      expect(verdict.ok).toBe(false)
      if (!verdict.ok) kinds.set(verdict.error.code, (kinds.get(verdict.error.code) ?? 0) + 1)
    }
  })

  test('verifying keys changed or cut anywhere › parse, or do not, and nothing is thrown', () => {
    const random = testRandom('keys')
    for (const { system, verifyingKey } of sp1Circuits) {
      const genuine = verifyingKey()
      const parse = system === 'plonk' ? parsePlonkKey : parseGroth16Key
      const meaningful = system === 'plonk' ? 564 : genuine.length
      for (let i = 0; i < 12; i++) {
        const bytes = genuine.slice(
          0,
          random.below(4) === 0 ? random.below(genuine.length) : undefined,
        )
        const at = random.below(Math.max(1, Math.min(meaningful, bytes.length)))
        bytes.set(random.hash().subarray(0, Math.min(8, bytes.length - at)), at)
        const result = parse(bn254.current, bytes)
        if (!result.ok) expect(result.error).toMatch(/^(FORM|GAMMA_EQUALS_DELTA)$/)
      }
    }
  })

  test('saved proofs changed or cut anywhere › decode, or give an error that names a field', () => {
    const random = testRandom('files')
    for (const file of [
      'agglayer-c98b21ef-non_regression_proof_encoding.proof',
      'sp1-df14c7f0c-fibonacci-groth16.bin',
      'sp1-df14c7f0c-fibonacci-plonk.bin',
    ]) {
      const genuine = loadVectorBytes(`sp1/${file}`)
      for (let i = 0; i < 200; i++) {
        const bytes = genuine.slice(
          0,
          random.below(4) === 0 ? random.below(genuine.length) : undefined,
        )
        const at = random.below(Math.max(1, bytes.length))
        bytes.set(random.hash().subarray(0, Math.min(8, bytes.length - at)), at)
        const result = decodeSp1ProofFile(bytes)
        if (!result.ok) expect(result.error.code).toMatch(/^[A-Z_]+$/)
      }
    }
  })
})
