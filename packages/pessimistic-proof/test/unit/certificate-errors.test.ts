import { beforeAll, describe, expect, test } from 'vitest'
import { loadCryptoBackends } from '@zkstack/crypto'
import {
  applyCertificate,
  certificateId,
  declaredL1InfoRoot,
  generatePessimisticProof,
  l1InfoTreeLeafCount,
  LocalExitTree,
  networkStateOf,
  sameState,
  signatureCommitmentV5,
  ZERO_HASH,
  type Certificate,
  type CertificateError,
  type L1Context,
  type LocalNetworkState,
} from '../../src/index.js'
import { committeeWallet, signCertificate, USDC } from '../../testing/index.js'
import { filled } from '../helpers/hex.js'
import { authentications, richCertificate, tokenOf2 } from '../helpers/rich-certificate.js'
import { errorOf, valueOf } from '../helpers/value-of.js'

beforeAll(() => loadCryptoBackends())

const v3 = richCertificate(authentications.v3)
const committee = richCertificate(authentications.committee)
const { state, certificate, l1 } = v3

/** Expects the error, and the state as it was. */
function expectError(
  o: { state?: LocalNetworkState; certificate?: Certificate; l1?: L1Context },
  error: CertificateError,
): void {
  const before = o.state ?? state
  const roots = [before.exitTree.root, before.balanceTree.root, before.nullifierTree.root]
  const copy = roots.map((root) => root.slice())
  expect(errorOf(applyCertificate(before, o.certificate ?? certificate, o.l1 ?? l1))).toEqual(error)
  expect(roots.map((root) => root.slice())).toEqual(copy)
}

describe('a certificate', () => {
  test('with a global exit root that its parts do not have › InconsistentGlobalExitRoot, before all else', () => {
    for (const [at, imported] of certificate.importedBridgeExits.entries()) {
      const { l1Leaf } = imported.claimData
      const inner = { ...l1Leaf.inner, globalExitRoot: filled(1) }
      const claimData = { ...imported.claimData, l1Leaf: { ...l1Leaf, inner } }
      const importedBridgeExits = certificate.importedBridgeExits.with(at, {
        ...imported,
        claimData,
      })
      const changed = { ...certificate, importedBridgeExits, prevLocalExitRoot: filled(2) }
      expectError({ certificate: changed }, { code: 'InconsistentGlobalExitRoot' })
    }
  })

  test('on another exit tree › MismatchPrevLocalExitRoot', () => {
    const declared = filled(1)
    expectError(
      { certificate: { ...certificate, prevLocalExitRoot: declared } },
      { code: 'MismatchPrevLocalExitRoot', computed: state.exitTree.root, declared },
    )
    const older = { ...state, exitTree: LocalExitTree.empty }
    expectError(
      { state: older },
      {
        code: 'MismatchPrevLocalExitRoot',
        computed: older.exitTree.root,
        declared: certificate.prevLocalExitRoot,
      },
    )
  })

  test('into a full exit tree › InvalidLocalExitTreeOperation', () => {
    const exitTree = LocalExitTree.from({ ...state.exitTree, leafCount: 2 ** 32 - 1 })
    expectError(
      {
        state: { ...state, exitTree },
        certificate: { ...certificate, prevLocalExitRoot: exitTree.root },
      },
      { code: 'InvalidLocalExitTreeOperation', source: { code: 'LeafIndexOverflow' } },
    )
  })

  test('that takes too much or brings too much › BalanceUnderflow, BalanceOverflow', () => {
    const [first, ...others] = certificate.bridgeExits
    if (first === undefined) throw new Error('no exit')
    const changed = { ...certificate, bridgeExits: [{ ...first, amount: 51n }, ...others] }
    expectError({ certificate: changed }, { code: 'BalanceUnderflow', tokenInfo: USDC })
    const balanceTree = state.balanceTree.update(tokenOf2, 2n ** 256n - 1n)
    const kept = certificate.bridgeExits.filter(({ tokenInfo }) => tokenInfo !== tokenOf2)
    expectError(
      { state: { ...state, balanceTree }, certificate: { ...certificate, bridgeExits: kept } },
      { code: 'BalanceOverflow', tokenInfo: tokenOf2 },
    )
  })

  test('that claims twice › NullifierPathGenerationFailed, within one certificate too', () => {
    const [first] = certificate.importedBridgeExits
    if (first === undefined) throw new Error('no import')
    const error: CertificateError = {
      code: 'NullifierPathGenerationFailed',
      source: { code: 'KeyPresent' },
      globalIndex: first.globalIndex,
    }
    const importedBridgeExits = [...certificate.importedBridgeExits, first]
    expectError({ certificate: { ...certificate, importedBridgeExits } }, error)
    expectError({ state: { ...state, nullifierTree: v3.next.nullifierTree } }, error)
  })

  test('that leads to another exit tree › MismatchNewLocalExitRoot', () => {
    const declared = filled(1)
    expectError(
      { certificate: { ...certificate, newLocalExitRoot: declared } },
      { code: 'MismatchNewLocalExitRoot', computed: v3.next.exitTree.root, declared },
    )
  })

  test('vouched for in another way than L1 says › InvalidVariant', () => {
    expectError(
      { l1: { ...l1, aggchain: committee.l1.aggchain } },
      {
        code: 'InvalidChainData',
        source: { code: 'InvalidVariant', payload: 'legacyEcdsa', context: 'multisigOnly' },
      },
    )
  })

  test('of a committee with a wrong signature › InvalidMultisig', () => {
    const wallets = [0, 1, 3].map(committeeWallet)
    const wrong = signCertificate(committee.certificate, {
      type: 'multisig',
      wallets,
      threshold: 2,
    })
    const error = errorOf(applyCertificate(committee.state, wrong, committee.l1))
    expect(error).toMatchObject({
      code: 'InvalidChainData',
      source: { code: 'InvalidMultisig', source: { code: 'InvalidSigner', idx: 2 } },
    })
  })

  test('of an older chain with aggchain proof › needs its signature, which then is a committee of one', () => {
    const { state: start, certificate: signed } = richCertificate(authentications.aggchain)
    if (signed.aggchainData.type !== 'multisigAndAggchainProof')
      throw new Error('no aggchain proof')
    const { aggchainProof } = signed.aggchainData
    const wallet = committeeWallet(0)
    const aggchain = {
      type: 'multisigAndAggchainProof',
      signers: [wallet.address],
      threshold: 1n,
      aggchainVkey: filled(0x66),
    } as const
    const context = { ...l1, prevPessimisticRoot: 'V3', aggchain } as const
    const unsigned: Certificate = {
      ...signed,
      aggchainData: { type: 'generic', aggchainProof, signature: undefined },
    }
    expectError(
      { state: start, certificate: unsigned, l1: context },
      { code: 'InvalidChainData', source: { code: 'MissingSignature' } },
    )
    const { aggchainParams } = aggchainProof
    const id = certificateId(signed)
    const signature = wallet.sign(
      signatureCommitmentV5({ ...signed, aggchainParams, certificateId: id }),
    )
    const generic: Certificate = {
      ...signed,
      aggchainData: { type: 'generic', aggchainProof, signature },
    }
    const { header } = valueOf(applyCertificate(start, generic, context))
    expect(header.certificateId).toEqual(id)
    const own = { ...header, l1InfoRoot: valueOf(declaredL1InfoRoot(signed)) ?? ZERO_HASH }
    expect(generatePessimisticProof(networkStateOf(start), own).ok).toBe(true)
  })

  test('that applies › leaves the state as it was, and leads to the one that is proven', () => {
    const { header, next } = valueOf(applyCertificate(state, certificate, l1))
    expect(sameState(state, next)).toBe(false)
    expect(sameState(next, v3.next)).toBe(true)
    expect(applyCertificate(state, certificate, l1)).toEqual({ ok: true, value: { header, next } })
  })
})

describe('what a certificate says of L1', () => {
  test('is the one root of its claims', () => {
    expect(valueOf(declaredL1InfoRoot(certificate))).toEqual(l1.l1InfoRoot)
    expect(valueOf(declaredL1InfoRoot({ ...certificate, importedBridgeExits: [] }))).toBeUndefined()
    const [first, ...others] = certificate.importedBridgeExits
    if (first === undefined) throw new Error('no import')
    const { claimData } = first
    const proofGerL1root = { ...claimData.proofGerL1root, root: filled(1) }
    const changed = { ...first, claimData: { ...claimData, proofGerL1root } }
    const importedBridgeExits = [changed, ...others]
    expect(errorOf(declaredL1InfoRoot({ ...certificate, importedBridgeExits }))).toEqual({
      code: 'MultipleL1InfoRoot',
    })
  })

  test('is the leaf count that it declares, else that its claims need', () => {
    const last = Math.max(
      ...certificate.importedBridgeExits.map(({ claimData }) => claimData.l1Leaf.l1InfoTreeIndex),
    )
    expect(l1InfoTreeLeafCount(certificate)).toBe(last + 1)
    expect(l1InfoTreeLeafCount({ ...certificate, l1InfoTreeLeafCount: 99 })).toBe(99)
    expect(l1InfoTreeLeafCount({ ...certificate, importedBridgeExits: [] })).toBeUndefined()
  })
})
