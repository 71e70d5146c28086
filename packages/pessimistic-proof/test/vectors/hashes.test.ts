import { secp256k1 } from '@noble/curves/secp256k1.js'
import { hash32, keccak256, toHex } from '@zkstack/crypto'
import { describe, expect, test } from 'vitest'
import {
  address,
  aggchainHash,
  aggchainPublicValuesDigest,
  EMPTY_HASH,
  globalIndexFromBigint,
  globalIndexToBigint,
  globalIndexWithLeafCommitment,
  hashBridgeExit,
  hashGlobalIndex,
  hashTokenInfo,
  importedBridgeExitsCommitmentV2,
  importedBridgeExitsCommitmentV3,
  layouts,
  legacyConsensusHash,
  multisigHash,
  networkOfGlobalIndex,
  parseWithdrawals,
  pessimisticRootV1,
  pessimisticRootV2,
  pessimisticRootV3,
  recoverSigner,
  sp1Compatible,
  type BridgeExit,
} from '../../src/index.js'
import { addressOf, bytesOf, filled, hashOf, prefixedHex } from '../helpers/hex.js'
import { loadVector } from '../helpers/load-vector.js'
import { valueOf } from '../helpers/value-of.js'

interface HashVectors<I, O> {
  readonly test_vectors: readonly { readonly inputs: I; readonly expected_output: O }[]
}

const empty = JSON.parse(loadVector('empty-hashes.json')) as string[]
const emptyState = {
  balanceRoot: hashOf(empty[192] as string),
  nullifierRoot: hashOf(empty[64] as string),
  lerLeafCount: 0,
}

const exit: BridgeExit = {
  leafType: 'transfer',
  tokenInfo: { originNetwork: 0, originTokenAddress: address(new Uint8Array(20)) },
  destNetwork: 1,
  destAddress: addressOf('0xc949254d682d8c9ad5682521675b8f43b102aec4'),
  amount: 0x8ac7230489e80000n,
  metadata: undefined,
}

describe('bridge exits', () => {
  test('absent metadata is hashed as that of no bytes', () => {
    const leaf = '22ed288677b4c2afd83a6d7d55f7df7f4eaaf60f7310210c030fd27adacbc5e0'
    expect(toHex(hashBridgeExit(exit))).toBe(leaf)
    expect(toHex(EMPTY_HASH)).toBe(toHex(keccak256()))
    expect(toHex(hashBridgeExit({ ...exit, metadata: EMPTY_HASH }))).toBe(leaf)
  })

  test('a message has another leaf than a transfer', () => {
    expect(toHex(hashBridgeExit({ ...exit, leafType: 'message' }))).not.toBe(
      toHex(hashBridgeExit(exit)),
    )
  })

  test('a token is its network, then its address', () => {
    const token = { originNetwork: 7, originTokenAddress: exit.destAddress }
    const preimage = bytesOf(`00000007${toHex(exit.destAddress)}`)
    expect(toHex(hashTokenInfo(token))).toBe(toHex(keccak256(preimage)))
  })

  test('deposits are read with all digits of their amounts, and metadata is hashed', () => {
    const text = loadVector('certificates/withdrawals.json')
    const withdrawals = valueOf(parseWithdrawals(text))
    expect(withdrawals).toHaveLength(223)
    expect(withdrawals.map(({ depositCount }) => depositCount)).toEqual(
      Array.from({ length: 223 }, (_, index) => 1853 + index),
    )
    const digits = [...text.matchAll(/"amount":\s*(\d+)/g)].map((match) =>
      BigInt(match[1] as string),
    )
    expect(withdrawals.map(({ bridgeExit }) => bridgeExit.amount)).toEqual(digits)
    expect(digits.some((amount) => amount > 2n ** 53n && amount % 2n === 1n)).toBe(true)
    const tokens = withdrawals.filter(({ bridgeExit }) => {
      return toHex(bridgeExit.metadata ?? EMPTY_HASH) !== toHex(EMPTY_HASH)
    })
    expect(tokens.map(({ depositCount }) => depositCount)).toEqual([1922, 1953])
  })
})

describe('global indices', () => {
  test.each([
    [
      18446744073709748107n,
      { mainnetFlag: true, rollupIndex: 0, leafIndex: 196491 },
      0,
      'a756d72aa168fe0bf0bdb9c9b91a5a722223d2f2314d38fd32b3699e62ee1182',
    ],
    [
      4294968029n,
      { mainnetFlag: false, rollupIndex: 1, leafIndex: 733 },
      2,
      '13954243904d416f5119cd81f41d3afeaa9b9b43229c26daeb551ef3553a0e38',
    ],
  ])('%d is read, written and hashed', (number, index, network, hash) => {
    expect(globalIndexFromBigint(number)).toEqual(index)
    expect(globalIndexToBigint(index)).toBe(number)
    expect(networkOfGlobalIndex(index)).toBe(network)
    expect(toHex(hashGlobalIndex(index))).toBe(hash)
  })

  test('the rollup index 2^32−1 is refused, and bits above the flag are ignored', () => {
    expect(globalIndexFromBigint(0xffffffff12345678n)).toBeUndefined()
    expect(globalIndexFromBigint((1n << 255n) | 5n)).toEqual({
      mainnetFlag: false,
      rollupIndex: 0,
      leafIndex: 5,
    })
  })

  test('commitments to no exits are the hash of nothing', () => {
    expect(toHex(importedBridgeExitsCommitmentV2([]))).toBe(toHex(EMPTY_HASH))
    expect(toHex(importedBridgeExitsCommitmentV3([]))).toBe(toHex(EMPTY_HASH))
  })

  test("an element of L1's chain of claims has the index big-endian", () => {
    const globalIndex = { mainnetFlag: true, rollupIndex: 0, leafIndex: 0x0203 }
    const preimage = bytesOf(
      `${'00'.repeat(23)}01${'00'.repeat(6)}0203${toHex(hashBridgeExit(exit))}`,
    )
    expect(toHex(globalIndexWithLeafCommitment({ bridgeExit: exit, globalIndex }))).toBe(
      toHex(keccak256(preimage)),
    )
  })
})

describe('multisig and aggchain hashes', () => {
  const multisigs = JSON.parse(loadVector('hashes/multisig_hash_computation.json')) as HashVectors<
    { threshold: number; signers: string[] },
    { multisig_hash: string }
  >
  const aggchains = JSON.parse(loadVector('hashes/aggchain_hash_computation.json')) as HashVectors<
    { aggchain_vkey: string; aggchain_params: string; multisig_hash: string },
    { aggchain_hash: string }
  >

  test('all five vectors of multisig hashes hold', () => {
    expect(multisigs.test_vectors).toHaveLength(5)
    for (const { inputs, expected_output } of multisigs.test_vectors) {
      const hash = multisigHash(BigInt(inputs.threshold), inputs.signers.map(addressOf))
      expect(prefixedHex(hash)).toBe(expected_output.multisig_hash.toLowerCase())
    }
  })

  test('all six vectors of aggchain hashes hold', () => {
    expect(aggchains.test_vectors).toHaveLength(6)
    for (const { inputs, expected_output } of aggchains.test_vectors) {
      const hash = aggchainHash({
        aggchainVkey: hashOf(inputs.aggchain_vkey),
        aggchainParams: hashOf(inputs.aggchain_params),
        multisigHash: hashOf(inputs.multisig_hash),
      })
      expect(prefixedHex(hash)).toBe(expected_output.aggchain_hash.toLowerCase())
    }
  })

  test('a committee of one has the hashes that a real proof for L1’s gateway shows', () => {
    const multisig = multisigHash(1n, [addressOf('0x2497b2c9c1dbb63258dfc8f63801e36e9181ae18')])
    expect(toHex(multisig)).toBe('af2a66928f53b9cac02498ceb1a31caf8ae69864e91d650a477eb70456d4cbe9')
    const parts = { aggchainVkey: filled(0), aggchainParams: filled(0), multisigHash: multisig }
    expect(toHex(aggchainHash(parts))).toBe(
      'fa60372705bfa0b4a77f2b9575d033edd00e3a5d8e5be68b52f03d03bb5c5345',
    )
  })

  test('the consensus hash of 2024 is that of the proven witness', () => {
    const { header, expected } = JSON.parse(loadVector('real-witness-v3.json')) as {
      header: { signer: string }
      expected: { consensus_hash_legacy: string }
    }
    const hash = legacyConsensusHash(addressOf(header.signer))
    expect(prefixedHex(hash)).toBe(expected.consensus_hash_legacy)
  })

  test('public values of an aggchain proof have the digest of SP1, whose bytes are the bincode', () => {
    const values = {
      prevLocalExitRoot: filled(0x11),
      newLocalExitRoot: filled(0x22),
      l1InfoRoot: filled(0x33),
      originNetwork: 0x00112233,
      commitImportedBridgeExits: filled(0x44),
      aggchainParams: filled(0x55),
    }
    expect(toHex(aggchainPublicValuesDigest(values))).toBe(
      '08300dff5c2d1caec39fd4909f4efd09d9a64394044cb558320350f1bfbf3ff7',
    )
    const hex = [0x11, 0x22, 0x33].map((byte) => toHex(filled(byte))).join('')
    const tail = toHex(filled(0x44)) + toHex(filled(0x55))
    const encoded = sp1Compatible.encode(layouts.aggchainProofPublicValues, values)
    expect(toHex(encoded)).toBe(`${hex}33221100${tail}`)
  })
})

describe('pessimistic roots', () => {
  test('of the empty state', () => {
    expect(toHex(pessimisticRootV1(emptyState))).toBe(
      '2152f3808cb81b33b5a47a7a256d61ab9ea916c66030c405ca9b2aaad3b00f0a',
    )
    expect(toHex(pessimisticRootV2(emptyState))).toBe(
      'c89c9c0f2ebd19afa9e5910097c43e56fb4aff3a06ddee8d7c9bae09bc769184',
    )
  })

  test.each([
    [1, 'efd3d504c686e8eef64f293ad9ad30ddb5da9a4e84ae59d3dc7e8d5e07604edd'],
    [2, '6fede13ad7deae4205ee162dfd81b73390bc6a4531709e2a74dab1758f4da7e1'],
    [14, '4cbe47bfe79ede99b71ea3554241aa85592bd6bf30ca49ae6099d4e5961eb9ed'],
    [15, '70fa33e3787a025996b681bf516b58a3a9673af629b1022bdb2b6b4642dc7d1d'],
  ])('V3 of the empty state of network %d', (network, root) => {
    expect(toHex(pessimisticRootV3(emptyState, 0n, network))).toBe(root)
  })

  test('of the real chains, from their balance and nullifier roots', () => {
    const chain = JSON.parse(loadVector('cert-chain-expected.json')) as Record<string, string>[]
    for (const figures of chain) {
      const state = {
        balanceRoot: hashOf(figures['balance_root'] as string),
        nullifierRoot: hashOf(figures['nullifier_root'] as string),
        lerLeafCount: Number(figures['ler_count']),
      }
      const height = BigInt(figures['height'] as string) + 1n
      const root = pessimisticRootV3(state, height, Number(figures['network']))
      expect(toHex(pessimisticRootV2(state))).toBe(figures['pp_new_v2'])
      expect(toHex(root)).toBe(figures['pp_new_v3'])
    }
  })
})

describe('recovery of a signer', () => {
  const digest = keccak256(new TextEncoder().encode('prehash'))
  const key = (index: number) => keccak256(bytesOf(index.toString(16).padStart(16, '0')))
  const signatures = [
    {
      r: 0x733ab0461795bf0a90eccde85cc4c0b294ec63decf0b74491ab99bc4223b8d97n,
      s: 0x3afe8412ccdc8d55dc34a7239a4c5c6eb39a6563d441338695d8232d592aeae0n,
      oddYParity: true,
      signer: '0x89b573e68030d1aab75ca8b83db79c3f3aca2950',
    },
    {
      r: 0x5508ed6cdaf3436efc71863780e5b50dd311e19052706528214e7623e4a64f0bn,
      s: 0x4d0570f382c00b0ce961026847c144daa209ec54743d77979ba8299bb09c9469n,
      oddYParity: true,
      signer: '0xc2e4d1ddb8bfa27ca6ebe3f089d22baab1d6bd3d',
    },
  ]
  const order = secp256k1.Point.Fn.ORDER

  test('the digest that the test keys sign is the one expected', () => {
    expect(toHex(digest)).toBe('ad29618a753b02151d8af7ad2485fca4eab94101fa517e77d10c66074ede1155')
  })

  test.each(signatures.map((signature, index) => [index, signature] as const))(
    'of test key %d, whose deterministic signature is the one expected',
    (index, { signer, ...signature }) => {
      const signed = secp256k1.sign(digest, key(index), { prehash: false, format: 'recovered' })
      const { r, s, recovery } = secp256k1.Signature.fromBytes(signed, 'recovered')
      expect({ r, s, oddYParity: recovery === 1 }).toEqual(signature)
      expect(prefixedHex(recoverSigner(signature, digest) ?? digest)).toBe(signer)
    },
  )

  test('a high s with the other parity recovers the same signer', () => {
    for (const { r, s, signer } of signatures) {
      const high = { r, s: order - s, oddYParity: false }
      expect(prefixedHex(recoverSigner(high, digest) ?? digest)).toBe(signer)
    }
  })

  test('r or s out of range, or an r that is on no point, recovers nobody', () => {
    const good = { r: 1n, s: 1n, oddYParity: false }
    expect(recoverSigner(good, digest)).toBeDefined()
    for (const bad of [0n, order, 2n ** 256n - 1n]) {
      expect(recoverSigner({ ...good, r: bad }, digest)).toBeUndefined()
      expect(recoverSigner({ ...good, s: bad }, digest)).toBeUndefined()
    }
    expect(recoverSigner({ ...good, r: 5n }, digest)).toBeUndefined()
  })

  test('another digest recovers somebody else', () => {
    const [first] = signatures
    if (!first) throw new Error('no signature')
    const other = hash32(new Uint8Array(32).fill(1))
    expect(prefixedHex(recoverSigner(first, other) ?? other)).not.toBe(first.signer)
  })
})
