import { hash32, loadCryptoBackends } from '@zkstack/crypto'
import { ZERO_HASH, type Certificate } from '@zkstack/pessimistic-proof'
import {
  committeeWallet,
  fakeWallet,
  TestBridge,
  testExit,
  type Authentication,
} from '@zkstack/pessimistic-proof/testing'
import { beforeAll, describe, expect, test } from 'vitest'
import { verifyCertificateSignature, type SignerContext } from '../../src/index.js'
import { errorOf } from '../helpers/value-of.js'

beforeAll(() => loadCryptoBackends())

function certificateOf(authentication: Authentication): Certificate {
  const bridge = new TestBridge()
  bridge.addNetwork(1, authentication)
  bridge.claim(1, bridge.exit(0, testExit({ destNetwork: 1, amount: 5n })))
  bridge.exit(1, testExit({ amount: 3n }))
  return bridge.certify(1).certificate
}

const sequencer = (number: number): SignerContext => ({
  type: 'trustedSequencer',
  signer: fakeWallet(number).address,
})
const ecdsa = (commitment: 'V2' | 'V3' | 'V5') =>
  certificateOf({ type: 'ecdsa', wallet: fakeWallet(1), commitment })

describe('the one signature', () => {
  test('of the sequencer, of commitment V5, V3 or V2 › holds', () => {
    for (const commitment of ['V2', 'V3', 'V5'] as const)
      expect(verifyCertificateSignature(ecdsa(commitment), sequencer(1)).ok).toBe(true)
  })

  test('of another one › does not hold', () => {
    const refused = errorOf(verifyCertificateSignature(ecdsa('V5'), sequencer(2)))
    expect(refused).toMatchObject({
      code: 'SignatureMismatch',
      kind: 'rebuild',
      expectedSigner: fakeWallet(2).address,
    })
  })

  test('of another certificate › does not hold', () => {
    const changed = { ...ecdsa('V5'), metadata: hash32(new Uint8Array(32).fill(1)) }
    expect(verifyCertificateSignature(changed, sequencer(1)).ok).toBe(false)
  })

  test('beside an aggchain proof › holds for commitment V5 with its params alone', () => {
    const wallet = fakeWallet(1)
    const params = hash32(new Uint8Array(32).fill(3))
    const authentication: Authentication = {
      type: 'multisig',
      wallets: [wallet],
      threshold: 1,
      aggchain: { vkey: ZERO_HASH, params },
    }
    const signed = certificateOf(authentication)
    const { aggchainData } = signed
    if (aggchainData.type !== 'multisigAndAggchainProof') throw new Error('another variant')
    const { aggchainProof, multisig } = aggchainData
    const generic = (signature: (typeof multisig)[number]): Certificate => ({
      ...signed,
      aggchainData: { type: 'generic', aggchainProof, signature },
    })
    expect(verifyCertificateSignature(generic(multisig[0]), sequencer(1)).ok).toBe(true)
    expect(errorOf(verifyCertificateSignature(generic(undefined), sequencer(1))).code).toBe(
      'SignatureMissing',
    )
    for (const commitment of ['V2', 'V3', 'V5'] as const) {
      const { aggchainData: other } = ecdsa(commitment)
      if (other.type !== 'ecdsa') throw new Error('another variant')
      const refused = verifyCertificateSignature(generic(other.signature), sequencer(1))
      expect(errorOf(refused).code).toBe('SignatureMismatch')
    }
  })
})

describe('the signatures of a committee', () => {
  const wallets = [1, 2, 3].map(committeeWallet)
  const committee = (threshold: bigint, of = wallets): SignerContext => ({
    type: 'committee',
    signers: of.map(({ address }) => address),
    threshold,
  })
  const variants: Authentication[] = [
    { type: 'multisig', wallets, threshold: 2 },
    {
      type: 'multisig',
      wallets,
      threshold: 2,
      aggchain: { vkey: ZERO_HASH, params: hash32(new Uint8Array(32).fill(4)) },
    },
  ]

  test('as many as needed, each its signer’s › hold', () => {
    for (const variant of variants)
      expect(verifyCertificateSignature(certificateOf(variant), committee(2n)).ok).toBe(true)
  })

  test('too few › do not hold', () => {
    for (const variant of variants)
      expect(
        errorOf(verifyCertificateSignature(certificateOf(variant), committee(3n))),
      ).toMatchObject({ code: 'InvalidMultisig', source: { code: 'UnderThreshold', got: 2 } })
  })

  test('more than signers › do not hold', () => {
    const fewer = committee(1n, wallets.slice(0, 2))
    for (const variant of variants)
      expect(errorOf(verifyCertificateSignature(certificateOf(variant), fewer))).toMatchObject({
        source: { code: 'TooManySigners' },
      })
  })

  test('one of which is wrong, though the others suffice › do not hold', () => {
    const others = [1, 2, 4].map(committeeWallet)
    for (const variant of variants)
      expect(
        errorOf(verifyCertificateSignature(certificateOf(variant), committee(1n, others))),
      ).toMatchObject({ source: { code: 'InvalidSigner', idx: 2 } })
  })

  test('of a network with one sequencer, or the reverse › are of the wrong kind', () => {
    const [variant] = variants
    if (variant === undefined) throw new Error('no variant')
    expect(errorOf(verifyCertificateSignature(certificateOf(variant), sequencer(1))).code).toBe(
      'InvalidVariant',
    )
    expect(errorOf(verifyCertificateSignature(ecdsa('V5'), committee(1n))).code).toBe(
      'InvalidVariant',
    )
  })
})
