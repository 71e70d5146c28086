import { readFileSync } from 'node:fs'
import { hash32, loadCryptoBackends } from '@zkstack/crypto'
import {
  encodePublicValues,
  Sp1Verifier,
  type Certificate,
  type PessimisticProofOutput,
} from '@zkstack/pessimistic-proof'
import {
  committeeWallet,
  fakeWallet,
  testExit,
  TestBridge,
  TrapdoorCircuit,
} from '@zkstack/pessimistic-proof/testing'
import { describe, expect, test } from 'vitest'
import { explainProof } from '../src/explain-proof.js'
import { readProof, type ProofFile } from '../src/read-proof.js'
import { reportText } from '../src/report-text.js'

await loadCryptoBackends()

const folder = new URL('../proofs/', import.meta.url)

function proofOf(name: string): ProofFile {
  const file = readProof(readFileSync(new URL(name, folder)))
  if (!file.ok) throw new Error(file.error)
  return file.value
}

/** A settled certificate with a valid proof by a circuit of its own. */
function settled(authentication: Parameters<TestBridge['addNetwork']>[1]): {
  certificate: Certificate
  output: PessimisticProofOutput
  file: ProofFile
  verifier: Sp1Verifier
} {
  const bridge = new TestBridge()
  bridge.addNetwork(7, authentication)
  const incoming = bridge.exit(0, testExit({ destNetwork: 7, amount: 5n }))
  bridge.claim(7, incoming)
  bridge.exit(7, testExit({ destNetwork: 0, amount: 3n }))
  const { certificate, output } = bridge.settle(7)
  const trapdoor = new TrapdoorCircuit()
  const publicValues = encodePublicValues(output)
  const vkey = hash32(new Uint8Array(32).fill(0x12))
  const proof = trapdoor.prove({ vkey, publicValues })
  const verifier = new Sp1Verifier({ circuits: [trapdoor.circuit] })
  return { certificate, output, file: { proof, publicValues, vkey, signers: [] }, verifier }
}

describe('explainProof', () => {
  test('a real proof › proven, with the network, the roots and the signer', () => {
    const report = explainProof(proofOf('agglayer-sp1-v5.json'))
    const text = reportText(report)
    expect(text).toMatch(/^PROVEN\n/)
    expect(text).toContain('network           1')
    expect(text).toContain('0xa905a56c8c2b6c2bfc446843c1cd650c5b15624c0b9282886305f4d139947ad1')
    expect(text).toContain('the trusted sequencer signed')
    expect(text).toContain('0x2497b2c9c1dbb63258dfc8f63801e36e9181ae18')
  })

  test('other public values under the same proof › refused, and what they say is called a claim', () => {
    const file = proofOf('agglayer-sp1-v5.json')
    const publicValues = Uint8Array.from(file.publicValues)
    publicValues[195] = (publicValues[195] ?? 0) ^ 1
    const text = reportText(explainProof({ ...file, publicValues }))
    expect(text).toMatch(/^REFUSED\n/)
    expect(text).toContain('does not prove this statement. (InvalidProof)')
    expect(text).toContain('It claims, without proof:')
  })

  test('a proof of withdrawn circuits › refused unless they are allowed', () => {
    const file = proofOf('agglayer-sp1-v3.proof')
    expect(explainProof(file)).toMatchObject({ verdict: 'refused', code: 'RouteIsFrozen' })
    expect(explainProof(file, { allowOldCircuits: true }).verdict).toBe('proven')
  })

  test('a proof with its certificate › everything agrees, and the sequencer is recovered', () => {
    const sequencer = fakeWallet(1)
    const { certificate, file, verifier } = settled({
      type: 'ecdsa',
      wallet: sequencer,
      commitment: 'V5',
    })
    const report = explainProof(file, { certificate, verifier })
    expect(report).toMatchObject({
      verdict: 'proven',
      authority: {
        type: 'sequencer',
        signers: [{ address: sequencer.address, hasSigned: true }],
      },
    })
    if (report.verdict !== 'proven') return
    expect(report.checks.map(({ holds }) => holds)).toEqual([true, true, true])
    expect(reportText(report)).toContain('(on the certificate)')
  })

  test('a committee of three of which two signed › named with who signed', () => {
    const wallets = [1, 2, 3].map(committeeWallet)
    const { certificate, file, verifier } = settled({ type: 'multisig', wallets, threshold: 2 })
    const signers = wallets.map(({ address }) => address)
    const report = explainProof({ ...file, signers }, { certificate, verifier })
    if (report.verdict !== 'proven') throw new Error(report.reason)
    expect(report.authority).toEqual({
      type: 'multisig',
      threshold: 2,
      signers: signers.map((address, i) => ({ address, hasSigned: i > 0 })),
    })
    const unnamed = explainProof(file, { verifier })
    expect(reportText(unnamed)).toContain('known by their hash alone')
  })

  test('a proof with another certificate › the differences are shown', () => {
    const authentication = { type: 'ecdsa', wallet: fakeWallet(1), commitment: 'V5' } as const
    const { certificate, file, verifier } = settled(authentication)
    const other = { ...certificate, networkId: 8, newLocalExitRoot: certificate.prevLocalExitRoot }
    const report = explainProof(file, { certificate: other, verifier })
    if (report.verdict !== 'proven') throw new Error(report.reason)
    expect(report.checks.map(({ holds }) => holds)).toEqual([false, true, false])
    expect(reportText(report)).toMatch(/NO +the certificate is of the proven network/)
  })

  test('a valid proof of something else than a pessimistic program › refused', () => {
    const trapdoor = new TrapdoorCircuit()
    const vkey = new Uint8Array(32)
    const publicValues = new Uint8Array(12)
    const proof = trapdoor.prove({ vkey, publicValues })
    const verifier = new Sp1Verifier({ circuits: [trapdoor.circuit] })
    const report = explainProof({ proof, publicValues, vkey, signers: [] }, { verifier })
    expect(report).toMatchObject({ verdict: 'refused', code: 'InvalidPublicValues' })
  })
})

describe('readProof', () => {
  const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
  test.each([
    ['no JSON', new TextEncoder().encode('{ "proof": '), 'not valid JSON'],
    ['no proof', encode({ publicValues: '0x' }), '`proof` is missing'],
    ['no public values', encode({ proof: '0x' }), '`publicValues` is missing'],
    ['a short key', encode({ proof: '0x', publicValues: '0x', vkey: '0x12' }), '`vkey`'],
    ['bad signers', encode({ proof: '', publicValues: '', signers: ['0x1'] }), '`signers`'],
    ['noise', new Uint8Array(100).fill(9), 'Neither JSON nor a saved SP1 proof'],
    ['nothing', new Uint8Array(0), 'Neither JSON nor a saved SP1 proof'],
    ['far too much', new Uint8Array(5_000_000), 'too long'],
  ])('%s › said so', (_, bytes, text) => {
    const file = readProof(bytes)
    expect(file.ok ? '' : file.error).toContain(text)
  })
})
