import { beforeAll, describe, expect, test } from 'vitest'
import { loadCryptoBackends } from '@zkstack/crypto'
import {
  decodePublicValues,
  encodePublicValues,
  generatePessimisticProof,
  nativeProver,
  Sp1Verifier,
  verifySettlement,
  verifySp1Envelope,
  type ProofEnvelope,
  type SettlementClaim,
} from '../../src/index.js'
import { TrapdoorCircuit } from '../../testing/index.js'
import { filled } from '../helpers/hex.js'
import { authentications, richCertificate } from '../helpers/rich-certificate.js'
import { fixtureOf } from '../helpers/sp1-fixtures.js'
import { errorOf, valueOf } from '../helpers/value-of.js'

beforeAll(() => loadCryptoBackends())

const rich = richCertificate(authentications.committee)
const witness = { state: rich.start, header: rich.header }
const output = valueOf(generatePessimisticProof(rich.start, rich.header))
const { signal } = new AbortController()

describe('the native prover', () => {
  const prover = nativeProver()

  test('gives an envelope that says it is native, and verifies it by executing it', async () => {
    const envelope = valueOf(await prover.prove(witness, { signal }))
    expect(envelope.type).toBe('native')
    expect(envelope.publicValues).toEqual(encodePublicValues(output))
    expect(valueOf(prover.verify(envelope))).toEqual(output)
  })

  test('gives the error of a witness that proves nothing', async () => {
    const header = { ...rich.header, l1InfoRoot: filled(1) }
    const error = errorOf(await prover.prove({ ...witness, header }, { signal }))
    expect(error).toMatchObject({
      code: 'ProofGenerationError',
      source: { code: 'InvalidImportedBridgeExit', source: { code: 'MismatchL1Root' } },
    })
    const envelope: ProofEnvelope = {
      type: 'native',
      publicValues: encodePublicValues(output),
      witness: { ...witness, header },
    }
    expect(errorOf(prover.verify(envelope))).toEqual(error)
  })

  test('refuses other public values, and proofs that it cannot check', () => {
    const computed = encodePublicValues(output)
    const publicValues = computed.with(195, (computed[195] ?? 0) ^ 1)
    expect(errorOf(prover.verify({ type: 'native', publicValues, witness }))).toEqual({
      code: 'PublicValuesMismatch',
      computed,
    })
    const proof = new Uint8Array(0)
    const envelope: ProofEnvelope = { type: 'sp1', publicValues, proof, vkey: filled(1) }
    expect(errorOf(prover.verify(envelope))).toEqual({ code: 'UnsupportedEnvelope', type: 'sp1' })
  })

  test('when aborted › rejects with the reason', async () => {
    const reason = new Error('enough')
    await expect(prover.prove(witness, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })
})

describe('an SP1 envelope', () => {
  const { proof, publicValues, vkey } = fixtureOf(
    'pessimistic/agglayer-contracts-a1fc665b-sp1-v5.0.0-plonk',
  )
  const envelope: ProofEnvelope = { type: 'sp1', proof, publicValues, vkey }

  test('with a real proof › shows what it proves', () => {
    expect(verifySp1Envelope(envelope, { vkey })).toEqual(decodePublicValues(publicValues))
  })

  test('of another program, or with other public values › is refused', () => {
    expect(errorOf(verifySp1Envelope(envelope, { vkey: filled(1) })).code).toBe(
      'ProofVerificationFailed',
    )
    const other = publicValues.with(0, 1)
    expect(errorOf(verifySp1Envelope({ ...envelope, publicValues: other }, { vkey })).code).toBe(
      'ProofVerificationFailed',
    )
    const native: ProofEnvelope = { type: 'native', publicValues, witness }
    expect(errorOf(verifySp1Envelope(native, { vkey })).code).toBe('UnsupportedEnvelope')
  })
})

describe('a settlement', () => {
  const trapdoor = new TrapdoorCircuit()
  const verifier = new Sp1Verifier({ circuits: [trapdoor.circuit] })
  const vkey = filled(0x14)
  const publicValues = encodePublicValues(output)
  const { state, certificate, l1 } = rich
  const proof = trapdoor.prove({ vkey, publicValues })
  const claim: SettlementClaim = { state, certificate, l1, proof, vkey, verifier }

  test('with a proof of exactly its public values › holds, and leads to the next state', () => {
    const settled = valueOf(verifySettlement(claim))
    expect(settled.output).toEqual(output)
    expect(settled.statement.publicValues).toEqual(publicValues)
    expect(settled.next).toEqual(rich.next)
  })

  test('in the form of the gateway › is looked up by its selector', () => {
    const selector = '0x0000000e'
    const gateway = Uint8Array.of(0, 0, 0, 14, ...proof)
    const routes = [{ selector, pessimisticVKey: vkey, frozen: false }]
    const { vkey: _, ...unkeyed } = claim
    expect(verifySettlement({ ...unkeyed, proof: gateway, routes }).ok).toBe(true)
    expect(errorOf(verifySettlement({ ...unkeyed, proof: gateway, routes: [] }))).toEqual({
      code: 'ProofVerificationFailed',
      source: { code: 'RouteNotFound', selector },
    })
  })

  test('with a proof of other public values, whichever byte differs › does not hold', () => {
    for (const at of [0, 31, 32, 64, 96, 99, 100, 132, 164, 195]) {
      const other = publicValues.with(at, (publicValues[at] ?? 0) ^ 1)
      const wrong = trapdoor.prove({ vkey, publicValues: other })
      expect(errorOf(verifySettlement({ ...claim, proof: wrong })).code).toBe(
        'ProofVerificationFailed',
      )
    }
  })

  test('with a proof of another program › does not hold', () => {
    const wrong = trapdoor.prove({ vkey: filled(2), publicValues })
    expect(errorOf(verifySettlement({ ...claim, proof: wrong })).code).toBe(
      'ProofVerificationFailed',
    )
  })

  test('of a certificate that does not apply, or that nothing proves › says so', () => {
    const changed = { ...certificate, prevLocalExitRoot: filled(1) }
    expect(errorOf(verifySettlement({ ...claim, certificate: changed }))).toMatchObject({
      code: 'InvalidCertificate',
      source: { code: 'MismatchPrevLocalExitRoot' },
    })
    const context = { ...l1, prevPessimisticRoot: filled(1) }
    expect(errorOf(verifySettlement({ ...claim, l1: context }))).toMatchObject({
      code: 'ProofGenerationError',
      source: { code: 'InvalidPreviousPessimisticRoot' },
    })
  })
})
