import { toHex, type Hash32 } from '@zkstack/crypto'
import { describe, expect, test } from 'vitest'
import {
  aggchainHash,
  certificateId,
  globalIndexToBigint,
  hashBridgeExit,
  hashBridgeExits,
  hashClaim,
  hashGlobalIndex,
  hashImportedBridgeExit,
  hashImportedBridgeExits,
  hashL1InfoTreeLeaf,
  importedBridgeExitsCommitmentV2,
  importedBridgeExitsCommitmentV3,
  multisigHash,
  recoverSigner,
  signatureCommitmentV2,
  signatureCommitmentV3,
  signatureCommitmentV4,
  signatureCommitmentV5,
  type Certificate,
} from '../../src/index.js'
import { certificateNames, realCertificate } from '../helpers/certificates.js'
import { addressOf, filled, prefixedHex } from '../helpers/hex.js'
import { loadVector } from '../helpers/load-vector.js'

const expected = JSON.parse(loadVector('cert-chain-expected.json')) as Readonly<
  Record<string, string>
>[]

const zero = filled(0)

/** Every figure of the vector that a certificate gives by itself. */
function figuresOf(certificate: Certificate): Record<string, string | number> {
  const { aggchainData, bridgeExits, importedBridgeExits } = certificate
  if (aggchainData.type !== 'ecdsa') throw new Error('expected one signature')
  const signed = {
    ...certificate,
    aggchainParams: zero,
    certificateId: certificateId(certificate),
  }
  const commitments: Record<string, Hash32> = {
    v2: signatureCommitmentV2(signed),
    v3: signatureCommitmentV3(signed),
    v4: signatureCommitmentV4(signed),
    v5: signatureCommitmentV5(signed),
  }
  const signer = (version: string) => {
    const found = recoverSigner(aggchainData.signature, commitments[version] as Hash32)
    return found ? prefixedHex(found) : 'none'
  }
  const first = importedBridgeExits[0]
  return {
    network: certificate.networkId,
    height: Number(certificate.height),
    exits: bridgeExits.length,
    imported: importedBridgeExits.length,
    certificate_id: toHex(signed.certificateId),
    commit_be: toHex(hashBridgeExits(bridgeExits)),
    commit_ibe: toHex(hashImportedBridgeExits(importedBridgeExits)),
    ibeV2: toHex(importedBridgeExitsCommitmentV2(importedBridgeExits)),
    ibeV3: toHex(importedBridgeExitsCommitmentV3(importedBridgeExits)),
    ...Object.fromEntries(
      Object.entries(commitments).map(([v, hash]) => [`sig_${v}`, toHex(hash)]),
    ),
    signer_v2: signer('v2'),
    signer_v3: signer('v3'),
    signer_v5: signer('v5'),
    ...(bridgeExits[0] && { first_be_hash: toHex(hashBridgeExit(bridgeExits[0])) }),
    ...(first && {
      first_ibe_leaf: toHex(hashBridgeExit(first.bridgeExit)),
      first_ibe_hash: toHex(hashImportedBridgeExit(first)),
      first_claim_hash: toHex(hashClaim(first.claimData)),
      first_gi_hash: toHex(hashGlobalIndex(first.globalIndex)),
      first_gi_u256: String(globalIndexToBigint(first.globalIndex)),
      first_l1leaf: toHex(hashL1InfoTreeLeaf(first.claimData.l1Leaf)),
      l1_info_root: toHex(first.claimData.proofGerL1root.root),
    }),
    new_ler: toHex(certificate.newLocalExitRoot),
  }
}

describe('real certificates', () => {
  test.each(certificateNames.map((name, index) => [name, index] as const))(
    '%s has the id, hashes, commitments and signers of the vector',
    (name, index) => {
      expect(expected[index]).toMatchObject({ file: name, ...figuresOf(realCertificate(name)) })
    },
  )

  test.each([
    [
      'cert_h2',
      '0xc61109518a048b1adc094ba661a65f6898c360ff',
      'd5687f5f0439de1cecf834a1ed4f29200c6cf3f470088fde133c0520b2027a7f',
      '1bf89997c88bf6d1c6a225154c50e83008a1f9213c3270562a56313956ca096a',
    ],
    [
      'n15-cert_h3',
      '0xec666a85fda403c022e8261b6cee9bb26947f286',
      'f9975edbecdb3422a7397ec5fd8a53dc7e53027ac54e9acdf934bc4af7e8ff03',
      '7006b2c9a4604a140cef7d2c025d778d061cf1bec29dd40fc1691eb35e3b3464',
    ],
  ] as const)('%s is signed by one signer all along its chain', (name, signer, multisig, chain) => {
    const network = realCertificate(name).networkId
    const signers = expected.filter((figures) => Number(figures['network']) === network)
    expect(new Set(signers.map((figures) => figures['signer_v2']))).toEqual(new Set([signer]))
    const hash = multisigHash(1n, [addressOf(signer)])
    expect(toHex(hash)).toBe(multisig)
    const parts = { aggchainVkey: zero, aggchainParams: zero, multisigHash: hash }
    expect(toHex(aggchainHash(parts))).toBe(chain)
  })

  test('the metadata and the height change the id', () => {
    const certificate = realCertificate('cert_h0')
    const id = toHex(certificateId(certificate))
    expect(toHex(certificateId({ ...certificate, metadata: filled(9) }))).not.toBe(id)
    expect(toHex(certificateId({ ...certificate, height: 1n }))).not.toBe(id)
    expect(toHex(certificateId({ ...certificate, l1InfoTreeLeafCount: 3 }))).toBe(id)
  })
})
