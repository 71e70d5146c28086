import { sha256 } from '@noble/hashes/sha2.js'
import { bytesEqual, loadCryptoBackends, toHex } from '@zkstack/crypto'
import { describe, expect, test } from 'vitest'
import { decodeSp1ProofFile, sp1Circuits, Sp1Verifier } from '../../src/index.js'
import { LagrangeBasis } from '../../src/sp1/lagrange-basis.js'
import { deriveChallenges } from '../../src/sp1/plonk-challenges.js'
import { parseGroth16Key } from '../../src/sp1/groth16-key.js'
import { parsePlonkKey } from '../../src/sp1/plonk-key.js'
import { evaluatePublicInput, linearise } from '../../src/sp1/plonk-linearisation.js'
import { batchingFactor, foldOpenings } from '../../src/sp1/plonk-openings.js'
import { decodePlonkProof } from '../../src/sp1/plonk-proof.js'
import { PlonkTranscript } from '../../src/sp1/plonk-transcript.js'
import { loadVector, loadVectorBytes } from '../helpers/load-vector.js'
import { backendOf, claimOf, fixtureOf, sp1Fixtures } from '../helpers/sp1-fixtures.js'
import { valueOf } from '../helpers/value-of.js'

await loadCryptoBackends()

const generatorG2 =
  '198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2' +
  '1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed' +
  '090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b' +
  '12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa'

const fieldCharacteristic = 0x30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47n

describe.each(['noble', 'mcl'])('SP1 proofs, BN254 by %s', (name) => {
  const verifier = new Sp1Verifier({ backend: backendOf(name) })

  test.each(sp1Fixtures)('$name ($expected)', (fixture) => {
    const { version, kind: system, selector } = fixture
    const verdict = verifier.verify(claimOf(fixture))
    if (fixture.expected === 'reject') {
      expect(verdict).toEqual({ ok: false, error: { code: 'InvalidProof', fault: 'EQUATION' } })
      return
    }
    expect(valueOf(verdict)).toMatchObject({
      ...{ version, system, selector },
      vkey: fixture.vkey,
      publicValues: fixture.publicValues,
    })
  })
})

type Values = Record<
  'digest' | 'gamma' | 'beta' | 'alpha' | 'zeta' | 'publicInput' | 'linearisedValue' | 'v' | 'u',
  string
>

describe('the steps of a PLONK verification', () => {
  const known = JSON.parse(loadVector('sp1/intermediate-values.json')) as Record<string, Values>

  test.each(Object.entries(known))('%s › every value equals the known one', (name, values) => {
    const fixture = fixtureOf(name)
    const bn254 = backendOf('mcl')
    const statement = valueOf(new Sp1Verifier().verify(claimOf(fixture)))
    const circuit = sp1Circuits.find(
      ({ version, system }) => version === fixture.version && system === 'plonk',
    )
    const key = valueOf(parsePlonkKey(bn254, circuit?.verifyingKey() ?? new Uint8Array(0)))
    const start = circuit?.vkRoot === undefined ? 4 : 100
    const proof = valueOf(decodePlonkProof(bn254, fixture.proof.subarray(start)))
    const stated = [4, 36, 68].map((at) => number(fixture.proof.subarray(at, at + 32)))
    const inputs = [
      ...[fixture.vkey, statement.publicValuesDigest].map(number),
      ...(start === 100 ? stated : []),
    ]
    const transcript = new PlonkTranscript()
    const challenges = deriveChallenges(transcript, key, proof, inputs)
    const basis = new LagrangeBasis(key, challenges.zeta)
    const publicInput = evaluatePublicInput(key, proof, inputs, basis)
    const linearised = linearise(bn254, { key, proof, challenges, basis, publicInput })
    const fold = foldOpenings(bn254, { key, proof, zeta: challenges.zeta, linearised })
    const u = batchingFactor(transcript, proof, fold)
    const found = { ...challenges, publicInput, linearisedValue: linearised.value, v: fold.v, u }
    const texts = Object.entries(found).map(([step, value]) => [step, hexadecimal(value)])
    const digest = hexadecimal(number(statement.publicValuesDigest))
    expect({ digest, ...Object.fromEntries(texts) }).toEqual(values)
  })
})

describe('the verifying keys', () => {
  const constants = JSON.parse(loadVector('sp1/solidity-constants.json')) as Record<
    string,
    Record<string, Record<string, string>>
  >

  test('every circuit that a contract was deployed for since v3 › is there, with its hash', () => {
    for (const version of ['v3.0.0', 'v4.0.0-rc.3', 'v5.0.0', 'v6.0.0', 'v6.1.0']) {
      for (const system of ['groth16', 'plonk']) {
        const circuit = sp1Circuits.find(
          (candidate) => candidate.version === version && candidate.system === system,
        )
        const hash = circuit && `0x${toHex(circuit.verifierHash)}`
        expect(hash, `${system} ${version}`).toBe(constants[version]?.[system]?.['VERIFIER_HASH'])
      }
    }
  })

  test.each(sp1Circuits)('$system $version › hash and constants are the contract’s', (circuit) => {
    const bytes = circuit.verifyingKey()
    expect(bytesEqual(sha256(bytes), circuit.verifierHash)).toBe(true)
    const contract = constants[circuit.version]?.[circuit.system] ?? {}
    expect(`0x${toHex(circuit.verifierHash)}`).toBe(contract['VERIFIER_HASH'])
    const found = circuit.system === 'plonk' ? plonkConstants(bytes) : groth16Constants(bytes)
    for (const [name, value] of Object.entries(found)) {
      expect(`${name} ${value}`).toBe(`${name} ${contract[name]}`)
    }
  })

  function plonkConstants(bytes: Uint8Array): Record<string, bigint> {
    const key = valueOf(parsePlonkKey(backendOf('mcl'), bytes))
    const [s1, s2, s3] = key.permutation
    const { ql, qr, qm, qo, qk } = key
    const commitments = { QL: ql, QR: qr, QM: qm, QO: qo, QK: qk, S1: s1, S2: s2, S3: s3 }
    const named = Object.entries({ ...commitments, QCP_0: key.qcp }).flatMap(([name, point]) => [
      [`VK_${name}_COM_X`.replace('0_COM', '0'), number(point.subarray(0, 32))],
      [`VK_${name}_COM_Y`.replace('0_COM', '0'), number(point.subarray(32))],
    ])
    return {
      VK_DOMAIN_SIZE: key.domainSize,
      VK_INV_DOMAIN_SIZE: key.inverseDomainSize,
      VK_OMEGA: key.generator,
      VK_NB_PUBLIC_INPUTS: BigInt(key.inputCount),
      VK_COSET_SHIFT: key.cosetShift,
      VK_INDEX_COMMIT_API_0: BigInt(key.commitmentIndex),
      G1_SRS_X: number(key.g1.subarray(0, 32)),
      G1_SRS_Y: number(key.g1.subarray(32)),
      G2_SRS_0_X_0: number(key.g2.point.subarray(0, 32)),
      G2_SRS_1_X_0: number(key.tauG2.point.subarray(0, 32)),
      G2_SRS_1_Y_1: number(key.tauG2.point.subarray(96)),
      ...(Object.fromEntries(named) as Record<string, bigint>),
    }
  }

  function groth16Constants(bytes: Uint8Array): Record<string, bigint> {
    const key = valueOf(parseGroth16Key(backendOf('mcl'), bytes))
    expect(toHex(key.gamma.point)).toBe(generatorG2)
    const names = key.inputs.map((_, i) => (i === 0 ? 'CONSTANT' : `PUB_${i - 1}`))
    const inputs = key.inputs.flatMap((point, i) => [
      [`${names[i]}_X`, number(point.subarray(0, 32))],
      [`${names[i]}_Y`, number(point.subarray(32))],
    ])
    // The contract has the negatives of β and δ, real part first.
    const { beta, delta } = key
    const negated = (part: Uint8Array): bigint => fieldCharacteristic - number(part)
    return {
      ALPHA_X: number(key.alpha.subarray(0, 32)),
      ALPHA_Y: number(key.alpha.subarray(32)),
      BETA_NEG_X_0: number(beta.point.subarray(32, 64)),
      BETA_NEG_Y_1: negated(beta.point.subarray(64, 96)),
      DELTA_NEG_X_1: number(delta.point.subarray(0, 32)),
      DELTA_NEG_Y_0: negated(delta.point.subarray(96)),
      ...(Object.fromEntries(inputs) as Record<string, bigint>),
    }
  }
})

describe('saved proofs', () => {
  test.each([
    [
      'agglayer-c98b21ef-non_regression_proof_encoding.proof',
      'pessimistic/agglayer-non_regression_proof_encoding',
    ],
    ['sp1-df14c7f0c-fibonacci-groth16.bin', 'generic/sp1-df14c7f0c-fibonacci-groth16'],
    ['sp1-df14c7f0c-fibonacci-plonk.bin', 'generic/sp1-df14c7f0c-fibonacci-plonk'],
  ])('%s › decodes to the fixture and verifies', (file, name) => {
    const fixture = fixtureOf(name)
    const saved = valueOf(decodeSp1ProofFile(loadVectorBytes(`sp1/${file}`)))
    expect(saved.system).toBe(fixture.kind)
    expect(saved.sp1Version).toBe('v3.0.0')
    expect(toHex(saved.proof)).toBe(toHex(fixture.proof))
    expect(toHex(saved.publicValues)).toBe(toHex(fixture.publicValues))
    expect(toHex(saved.vkey)).toBe(toHex(fixture.vkey))
    const statement = valueOf(new Sp1Verifier().verify({ ...saved, allowOldCircuits: true }))
    expect(number(statement.publicValuesDigest)).toBe(saved.publicInputs[1])
  })
})

function number(bytes: Uint8Array): bigint {
  return BigInt(`0x${toHex(bytes)}`)
}

function hexadecimal(value: bigint): string {
  return `0x${value.toString(16).padStart(64, '0')}`
}
