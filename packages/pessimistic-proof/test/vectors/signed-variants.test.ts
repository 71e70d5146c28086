import { toHex } from '@zkstack/crypto'
import { describe, expect, test } from 'vitest'
import {
  applyCertificate,
  declaredL1InfoRoot,
  EMPTY_LOCAL_NETWORK_STATE,
  generatePessimisticProof,
  multisigHash,
  networkStateOf,
  pessimisticRoot,
  signatureCommitmentV5,
  stateCommitment,
  ZERO_HASH,
  type LocalNetworkState,
} from '../../src/index.js'
import {
  aggchainContext,
  committeeWallet,
  fakeWallet,
  signCertificate,
  wallet as walletOf,
  type Authentication,
} from '../../testing/index.js'
import { parseAggkitCertificate } from '../helpers/aggkit-certificate.js'
import { realCertificate } from '../helpers/certificates.js'
import { addressOf, bytesOf } from '../helpers/hex.js'
import { loadVector } from '../helpers/load-vector.js'
import { valueOf } from '../helpers/value-of.js'

/** Pessimistic roots of `cert-chain-expected.json`. */
interface Expected {
  readonly file: string
  readonly pp_new_v2: string
  readonly pp_new_v3: string
}

const names = ['cert_h0', 'cert_h1', 'cert_h2'] as const
const expected = JSON.parse(loadVector('cert-chain-expected.json')) as readonly Expected[]
const wallet = fakeWallet(14)
const wallets = [0, 1, 2].map(committeeWallet)

/** The chain of network 14, signed anew, from the root of zero; gives each new pessimistic root. */
function chain(authentication: Authentication): string[] {
  let state: LocalNetworkState = EMPTY_LOCAL_NETWORK_STATE
  let prevPessimisticRoot = ZERO_HASH
  return names.map((name) => {
    const certificate = signCertificate(realCertificate(name), authentication)
    const l1InfoRoot = valueOf(declaredL1InfoRoot(certificate)) ?? ZERO_HASH
    const aggchain = aggchainContext(authentication)
    const l1 = { prevPessimisticRoot, l1InfoRoot, aggchain }
    const { header, next } = valueOf(applyCertificate(state, certificate, l1))
    const output = valueOf(generatePessimisticProof(networkStateOf(state), header))
    prevPessimisticRoot = output.newPessimisticRoot
    state = next
    return toHex(prevPessimisticRoot)
  })
}

const rootsOf = (version: 'pp_new_v2' | 'pp_new_v3') =>
  names.map((name) => expected.find(({ file }) => file === name)?.[version])

describe('the chain of network 14, signed anew', () => {
  test('by the known wallets', () => {
    expect(wallet.address).toEqual(addressOf('1c424d11ef3c28ab1a65d05c136d7e1139f11c57'))
    expect(fakeWallet(0).address).toEqual(addressOf('3cb697d8e8521af4b7e2ebd1a41b9049b8dd09ec'))
    expect(fakeWallet(1).address).toEqual(addressOf('2497b2c9c1dbb63258dfc8f63801e36e9181ae18'))
    const key = '4abaa3c3d3d01483d068b91b71ce9e1996634ad8d7ee97a7e56423fcd2859812'
    expect(fakeWallet(1).address).toEqual(walletOf(bytesOf(key)).address)
    expect(fakeWallet(2).address).toEqual(addressOf('390cf491e73977f07f0e7f1669bd00fc8679c4d9'))
    expect(fakeWallet(15).address).toEqual(addressOf('d4abebfe0fdb49ba9729cb21ff7e33ec5eb87573'))
    expect(wallets.map(({ address }) => toHex(address))).toEqual([
      '89b573e68030d1aab75ca8b83db79c3f3aca2950',
      'c2e4d1ddb8bfa27ca6ebe3f089d22baab1d6bd3d',
      '86021acce1b97efb2bc3632c03b68eaf731aefff',
    ])
  })

  test('under commitment V2 › keeps roots of version 2', () => {
    expect(chain({ type: 'ecdsa', wallet, commitment: 'V2' })).toEqual(rootsOf('pp_new_v2'))
  })

  test.each(['V3', 'V5'] as const)('under commitment %s › has roots of version 3', (commitment) => {
    expect(chain({ type: 'ecdsa', wallet, commitment })).toEqual(rootsOf('pp_new_v3'))
  })

  test('by a committee › has roots of version 3, the known commitment and hashes', () => {
    const authentication = { type: 'multisig', wallets, threshold: 2 } as const
    expect(chain(authentication)).toEqual(rootsOf('pp_new_v3'))
    const certificate = signCertificate(realCertificate('cert_h0'), authentication)
    const { header } = valueOf(
      applyCertificate(EMPTY_LOCAL_NETWORK_STATE, certificate, {
        prevPessimisticRoot: ZERO_HASH,
        l1InfoRoot: valueOf(declaredL1InfoRoot(certificate)) ?? ZERO_HASH,
        aggchain: aggchainContext(authentication),
      }),
    )
    const { certificateId } = header
    const signed = { ...certificate, aggchainParams: ZERO_HASH, certificateId }
    expect(toHex(signatureCommitmentV5(signed))).toBe(
      '98f025aca735064fb7e6e15b475872878a285f5c311ffbd243fd23629a0040fb',
    )
    const signers = wallets.map(({ address }) => address)
    expect(toHex(multisigHash(2n, signers))).toBe(
      'aee127619081a09852b48de2bfc5c6a71800ccd49379fe8d2384b8dc9b4220ad',
    )
    const output = valueOf(
      generatePessimisticProof(networkStateOf(EMPTY_LOCAL_NETWORK_STATE), header),
    )
    expect(toHex(output.aggchainHash)).toBe(
      'da9632ebff9cb9e9473f6bc131fa7ed47b4a2d8cf6895654c5b002068e94b70f',
    )
  })
})

describe('the real certificate of network 1 with a rollup claim', () => {
  test('leads to the known roots', () => {
    const certificate = parseAggkitCertificate(loadVector('aggkit-full-certificate.json'))
    const state = EMPTY_LOCAL_NETWORK_STATE
    const { header, next } = valueOf(
      applyCertificate(state, certificate, {
        prevPessimisticRoot: ZERO_HASH,
        l1InfoRoot: valueOf(declaredL1InfoRoot(certificate)) ?? ZERO_HASH,
        aggchain: {
          type: 'legacyEcdsa',
          signer: addressOf('5b06837a43bdc3dd9f114558daf4b26ed49842ed'),
        },
      }),
    )
    const output = valueOf(generatePessimisticProof(networkStateOf(state), header))
    expect(toHex(output.l1InfoRoot)).toBe(
      'bace23ebc8bf61447ae0787134d7520a069ca8bacd96b4897767c02420656483',
    )
    expect(toHex(output.newLocalExitRoot)).toBe(
      '79011be874bf6f229d8473eb251aa932210bc3ab843a316492d5bc0e4b9e945b',
    )
    expect(toHex(next.balanceTree.root)).toBe(
      'ab8829a86a7b95d2501f604cbbf87fa73326df8d34d5a3fc75c509da6aa9d5f4',
    )
    expect(toHex(next.nullifierTree.root)).toBe(
      '2a953417bb8e8dd0162fbe47e5e9b1acca7500520071e11203b5e8004d99e52f',
    )
    expect(next.balanceTree.balances().map(([, balance]) => balance)).toEqual([10000000001234567n])
    expect(toHex(output.newPessimisticRoot)).toBe(
      'a5c96df0138d258b1b3aa2f52962e322043a8e0a214bf58ed207d716ff331872',
    )
    const settled = { originNetwork: 1, height: certificate.height + 1n }
    expect(toHex(pessimisticRoot('V3', stateCommitment(next), settled))).toBe(
      'ff31a8683edeee67059c38804b2a951cbb229d73d73cc5ef2b314d11a0695915',
    )
  })
})
