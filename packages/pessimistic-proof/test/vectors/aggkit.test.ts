import { toHex, type Hash32 } from '@zkstack/crypto'
import { describe, expect, test } from 'vitest'
import { hashL1InfoTreeLeafAsDeclared, hashMerkleProof } from '../../src/hashes/claim-hash.js'
import { hashAll, Preimage } from '../../src/hashes/preimage.js'
import {
  certificateId,
  hashBridgeExit,
  hashClaim,
  hashGlobalIndex,
  hashImportedBridgeExit,
  hashL1InfoTreeLeaf,
  importedBridgeExitsCommitmentV2,
  importedBridgeExitsCommitmentV3,
  recoverSigner,
  signatureCommitmentV2,
  type BridgeExit,
  type Claim,
  type ImportedBridgeExit,
} from '../../src/index.js'
import { parseAggkitCertificate } from '../helpers/aggkit-certificate.js'
import { addressOf, prefixedHex } from '../helpers/hex.js'
import { loadVector } from '../helpers/load-vector.js'

describe('a real certificate of network 1 with a mainnet and a rollup claim', () => {
  const certificate = parseAggkitCertificate(loadVector('aggkit-full-certificate.json'))
  const imported = certificate.importedBridgeExits

  test('has the leaves, claim hashes and hashes of the vector', () => {
    const figures = imported.map((exit) => ({
      type: exit.claimData.type,
      leaf: toHex(hashBridgeExit(exit.bridgeExit)),
      claim: toHex(hashClaim(exit.claimData)),
      hash: toHex(hashImportedBridgeExit(exit)),
      l1Leaf: toHex(hashL1InfoTreeLeaf(exit.claimData.l1Leaf)),
    }))
    expect(figures).toEqual([
      {
        type: 'mainnet',
        leaf: 'b9539b972681b5dc0e2c0cd7c9a23a039102077b013e7903d2200b17febb5243',
        claim: '521faa4f3a6d35e29dc28a6342dac5742302d23ec09e0ef5a9a78958bce7e778',
        hash: 'da9cab02a279e04d76b7bfe41f7d4d502738d14354081be0544b5eb8c4b57d1b',
        l1Leaf: 'a554ba2c69f30cb42a97a7951ef8106e716714d5cd9851736f224d5543385e9b',
      },
      {
        type: 'rollup',
        leaf: '019906fc15d792972cef35f6ff87f02311562370793d3b600f3a2628f4395cf5',
        claim: '54db276d65a5e5af6b288a4db4a61e0b95b613318c08e28d64851f09c096242d',
        hash: '62fb6171b156d1ad4029de62cc11c380615cbd923a331af98bb354c4e2d69f3e',
        l1Leaf: 'c86690e809f8563a83e5eafa2d78ae9efeb2140d902ed7d487465d417b3ab80f',
      },
    ])
    const [exit] = certificate.bridgeExits
    expect(toHex(hashBridgeExit(exit as BridgeExit))).toBe(
      '6f39138964847c8f1c371a9864ff48beb0da3352fcff66b228e2c36dd886fd28',
    )
  })

  test('has the id, commitments and signer of the vector', () => {
    expect(toHex(certificateId(certificate))).toBe(
      'fc306e8b2a6362ce010b4c8ba8e0884107072d0caa9a3d5a4d23f2626abf0064',
    )
    expect(toHex(importedBridgeExitsCommitmentV2(imported))).toBe(
      '8733d579a63159bdcf737cf08123e0de1e4759234e6bf2bacc7c39f1b6997134',
    )
    expect(toHex(importedBridgeExitsCommitmentV3(imported))).toBe(
      '73126acb0ec2cc3041b4d720aa544456aca3d2b0bfcf7716f655d13a4bf5c0c0',
    )
    const { aggchainData } = certificate
    if (aggchainData.type !== 'ecdsa') throw new Error('expected one signature')
    const signer = recoverSigner(aggchainData.signature, signatureCommitmentV2(certificate))
    expect(signer && prefixedHex(signer)).toBe('0x5b06837a43bdc3dd9f114558daf4b26ed49842ed')
  })
})

describe('a certificate of dummy values, hashed under the rules of aggkit', () => {
  const certificate = parseAggkitCertificate(loadVector('aggkit-hash-certificate.json'))

  /** aggkit takes the declared global exit root. */
  function claimHash(claim: Claim): Hash32 {
    const leaf = hashL1InfoTreeLeafAsDeclared(claim.l1Leaf)
    const proofs =
      claim.type === 'mainnet'
        ? [claim.proofLeafMer, claim.proofGerL1root]
        : [claim.proofLeafLer, claim.proofLerRer, claim.proofGerL1root]
    return hashAll([...proofs.map(hashMerkleProof), leaf])
  }

  /** The leaf of an exit whose metadata, two bytes here, is not hashed. */
  function leafOf(exit: BridgeExit, metadata: Uint8Array): Hash32 {
    return new Preimage(83)
      .u8(exit.leafType === 'message' ? 1 : 0)
      .u32be(exit.tokenInfo.originNetwork)
      .bytes(exit.tokenInfo.originTokenAddress)
      .u32be(exit.destNetwork)
      .bytes(exit.destAddress)
      .u256be(exit.amount)
      .bytes(metadata)
      .keccak256()
  }

  const metadata = [Uint8Array.of(3, 4), Uint8Array.of(5, 8)]
  const hash = ({ bridgeExit, claimData, globalIndex }: ImportedBridgeExit, index: number) => {
    const leaf = leafOf(bridgeExit, metadata[index] ?? new Uint8Array())
    return hashAll([leaf, claimHash(claimData), hashGlobalIndex(globalIndex)])
  }

  test('imported exits have the hashes of the vector', () => {
    expect(certificate.importedBridgeExits.map((exit, index) => toHex(hash(exit, index)))).toEqual([
      'e1a594db4275e6e5ab302057e48955c7faf53a8910497590a742b3da89046320',
      'cc9e20b86e9984d9f68b0252f224cb4bc774981c320ef375fb63706220f5af4d',
    ])
  })

  test('the certificate has the id of the vector, which leaves out the metadata', () => {
    const exits = certificate.bridgeExits.map((exit) => hashBridgeExit(exit))
    const id = new Preimage(140)
      .u32be(certificate.networkId)
      .u64be(certificate.height)
      .bytes(certificate.prevLocalExitRoot)
      .bytes(certificate.newLocalExitRoot)
      .bytes(hashAll(exits))
      .bytes(hashAll(certificate.importedBridgeExits.map(hash)))
      .keccak256()
    expect(toHex(id)).toBe('5a926e0544e71ad5ab119622f4e92588df8c524185006674f66252dc5245d0af')
  })

  test('under the rules of Agglayer they have others, because the declared roots are inconsistent', () => {
    certificate.importedBridgeExits.forEach((exit, index) => {
      expect(toHex(hashImportedBridgeExit(exit))).not.toBe(toHex(hash(exit, index)))
    })
  })

  test('the bridge exit has the leaf of the vector', () => {
    expect(toHex(hashBridgeExit(certificate.bridgeExits[0] as BridgeExit))).toBe(
      '2f01782930cbf2bc2ab4ec16759a2288ad7df865dea387aadf55f96136269cf4',
    )
    expect(certificate.bridgeExits[0]?.destAddress).toEqual(
      addressOf('0x0000000000000000000000000000000000000456'),
    )
  })
})
