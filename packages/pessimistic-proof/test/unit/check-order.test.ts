import { describe, expect, test } from 'vitest'
import {
  applyCertificate,
  generatePessimisticProof,
  LocalExitTree,
  type Certificate,
  type L1Context,
  type LocalNetworkState,
  type MultiBatchHeader,
  type NetworkState,
  type ProofError,
  type TokenInfo,
} from '../../src/index.js'
import { fakeWallet, USDC } from '../../testing/index.js'
import {
  rollup,
  withClaim,
  withExit,
  withImport,
  withInner,
  withLeaf,
  withNullifierPath,
  withSibling,
} from '../helpers/changed-header.js'
import { addressOf, filled } from '../helpers/hex.js'
import { authentications, richCertificate, tokenOf2 } from '../helpers/rich-certificate.js'
import { errorOf } from '../helpers/value-of.js'

/** A fault that one check finds, and its error. */
interface Fault<T> {
  readonly error: string
  readonly inject: (input: T) => T
}

/** Expects each fault alone to be found, and of any two the one that comes first. */
function expectOrder<T>(
  faults: readonly Fault<T>[],
  input: T,
  outcomeOf: (input: T) => string,
): void {
  for (const [i, first] of faults.entries()) {
    expect(outcomeOf(first.inject(input))).toBe(first.error)
    for (const second of faults.slice(i + 1)) {
      const outcome = outcomeOf(first.inject(second.inject(input)))
      expect(outcome, `${first.error}, ${second.error}`).toBe(first.error)
    }
  }
}

interface ProofInput {
  readonly start: NetworkState
  readonly header: MultiBatchHeader
}

const rich = richCertificate(authentications.v3)

/** The import of a rollup's token. */
const fromRollup = 1

const tokenOf9: TokenInfo = { originNetwork: 9, originTokenAddress: addressOf('99'.repeat(20)) }

function inHeader(
  error: string,
  change: (header: MultiBatchHeader) => MultiBatchHeader,
): Fault<ProofInput> {
  return { error, inject: ({ start, header }) => ({ start, header: change(header) }) }
}

function withBalanceOf(
  header: MultiBatchHeader,
  token: TokenInfo,
  change: Partial<MultiBatchHeader['balancesProofs'][number]>,
): MultiBatchHeader {
  const balancesProofs = header.balancesProofs.map((proof) =>
    proof.tokenInfo === token ? { ...proof, ...change } : proof,
  )
  return { ...header, balancesProofs }
}

/** One fault for each check of the program, in the order of the checks. */
const proofFaults: readonly Fault<ProofInput>[] = [
  inHeader('DuplicateTokenBalanceProof', (header) => ({
    ...header,
    balancesProofs: [...header.balancesProofs, ...header.balancesProofs.slice(0, 1)],
  })),
  inHeader('CannotExitToSameNetwork', (header) =>
    withImport(header, fromRollup, ({ globalIndex }) => ({
      globalIndex: { ...globalIndex, mainnetFlag: false, rollupIndex: 0 },
    })),
  ),
  inHeader('InvalidImportedBridgeExit InvalidExitNetwork', (header) =>
    withImport(header, fromRollup, ({ bridgeExit }) => ({
      bridgeExit: { ...bridgeExit, destNetwork: 7 },
    })),
  ),
  inHeader('InvalidImportedBridgeExit MismatchGlobalIndexInclusionProof', (header) =>
    withImport(header, fromRollup, ({ globalIndex }) => ({
      globalIndex: { ...globalIndex, mainnetFlag: true },
    })),
  ),
  inHeader('InvalidImportedBridgeExit MismatchL1Root', (header) =>
    withClaim(header, fromRollup, (claim) => ({
      ...claim,
      proofGerL1root: { ...claim.proofGerL1root, root: filled(1) },
    })),
  ),
  inHeader('InvalidImportedBridgeExit MismatchRER', (header) =>
    withClaim(header, fromRollup, (claim) => withLeaf(claim, { rer: filled(1) })),
  ),
  inHeader('InvalidImportedBridgeExit InvalidMerklePathLeafToLER', (header) =>
    withClaim(header, fromRollup, (claim) => ({
      ...rollup(claim),
      proofLeafLer: withSibling(rollup(claim).proofLeafLer),
    })),
  ),
  inHeader('InvalidImportedBridgeExit InvalidMerklePathLERToRER', (header) =>
    withClaim(header, fromRollup, (claim) => ({
      ...rollup(claim),
      proofLerRer: withSibling(rollup(claim).proofLerRer),
    })),
  ),
  inHeader('InvalidImportedBridgeExit InvalidMerklePathGERToL1Root', (header) =>
    withClaim(header, fromRollup, (claim) => withInner(claim, { timestamp: 1n })),
  ),
  inHeader('InvalidNullifierPath', (header) => withNullifierPath(header, fromRollup, [])),
  inHeader('MissingTokenBalanceProof 2', (header) => ({
    ...header,
    balancesProofs: header.balancesProofs.filter(({ tokenInfo }) => tokenInfo !== tokenOf2),
  })),
  inHeader('CannotExitToSameNetwork', (header) => withExit(header, { destNetwork: 1 })),
  {
    error: 'InvalidLocalExitTreeOperation LeafIndexOverflow',
    inject: ({ start, header }) => {
      const { frontier } = start.exitTree
      const exitTree = LocalExitTree.from({ leafCount: 2 ** 32 - 1, frontier })
      return { start: { ...start, exitTree }, header }
    },
  },
  inHeader('InvalidMessageOriginNetwork', (header) => withExit(header, { leafType: 'message' })),
  inHeader('InvalidL1TokenInfo 9', (header) => {
    const originTokenAddress = addressOf('00'.repeat(20))
    return withExit(header, { tokenInfo: { originNetwork: 9, originTokenAddress } })
  }),
  inHeader('MissingTokenBalanceProof 9', (header) => withExit(header, { tokenInfo: tokenOf9 })),
  inHeader('BalanceUnderflowInBridgeExit', (header) => ({
    ...header,
    bridgeExits: header.bridgeExits.map((exit, i) =>
      i === 1 ? { ...exit, amount: 2n ** 256n - 1n } : exit,
    ),
  })),
  inHeader('BalanceOverflowInBridgeExit', (header) =>
    withBalanceOf(header, USDC, { balance: 2n ** 256n - 1n }),
  ),
  inHeader('InvalidBalancePath', (header) => withBalanceOf(header, tokenOf2, { balance: 1n })),
  inHeader('InvalidPreviousPessimisticRoot', (header) => ({
    ...header,
    prevPessimisticRoot: filled(1),
  })),
  inHeader('InvalidSignature', (header) => {
    const { aggchainData } = header
    if (aggchainData.type !== 'legacyEcdsa') throw new Error('not of one signer')
    return { ...header, aggchainData: { ...aggchainData, signer: fakeWallet(2).address } }
  }),
]

/** The error's name, with that of its source or the network of its token. */
function nameOf(error: ProofError): string {
  const parts = [
    error.code,
    ...('source' in error ? [error.source.code] : []),
    ...('tokenInfo' in error && !error.code.startsWith('Duplicate')
      ? [error.tokenInfo.originNetwork]
      : []),
  ]
  return parts.join(' ')
}

interface CertificateInput {
  readonly state: LocalNetworkState
  readonly certificate: Certificate
  readonly l1: L1Context
}

function inCertificate(
  error: string,
  change: (certificate: Certificate) => Partial<Certificate>,
): Fault<CertificateInput> {
  return {
    error,
    inject: ({ certificate, ...rest }) => ({
      ...rest,
      certificate: { ...certificate, ...change(certificate) },
    }),
  }
}

/** One fault for each check of a certificate against a state, in the order of the checks. */
const certificateFaults: readonly Fault<CertificateInput>[] = [
  inCertificate('InconsistentGlobalExitRoot', ({ importedBridgeExits }) => ({
    importedBridgeExits: importedBridgeExits.map((imported) => ({
      ...imported,
      claimData: withInner(imported.claimData, { globalExitRoot: filled(1) }),
    })),
  })),
  inCertificate('MismatchPrevLocalExitRoot', () => ({ prevLocalExitRoot: filled(1) })),
  {
    error: 'InvalidLocalExitTreeOperation',
    inject: ({ state, certificate, l1 }) => {
      const exitTree = LocalExitTree.from({ ...state.exitTree, leafCount: 2 ** 32 - 1 })
      const prevLocalExitRoot = exitTree.root
      return {
        state: { ...state, exitTree },
        certificate: { ...certificate, prevLocalExitRoot },
        l1,
      }
    },
  },
  inCertificate('BalanceUnderflow', ({ bridgeExits }) => ({
    bridgeExits: bridgeExits.map((exit) => ({ ...exit, amount: 2n ** 256n - 1n })),
  })),
  inCertificate('NullifierPathGenerationFailed', ({ importedBridgeExits }) => ({
    importedBridgeExits: [...importedBridgeExits, ...importedBridgeExits.slice(0, 1)],
  })),
  inCertificate('MismatchNewLocalExitRoot', () => ({ newLocalExitRoot: filled(1) })),
  {
    error: 'InvalidChainData',
    inject: ({ l1, ...rest }) => ({
      ...rest,
      l1: { ...l1, aggchain: { type: 'multisigOnly', signers: [], threshold: 0n } },
    }),
  },
]

describe('the checks of the program', () => {
  test('find nothing in the certificate as it is', () => {
    expect(generatePessimisticProof(rich.start, rich.header).ok).toBe(true)
  })

  test('find each fault, and of any two the one that comes first', () => {
    expectOrder(proofFaults, rich, ({ start, header }) =>
      nameOf(errorOf(generatePessimisticProof(start, header))),
    )
  })
})

describe('the checks of a certificate against a state', () => {
  test('find each fault, and of any two the one that comes first', () => {
    expectOrder(certificateFaults, rich, ({ state, certificate, l1 }) => {
      return errorOf(applyCertificate(state, certificate, l1)).code
    })
  })

  test('would not be said to find them in another order', () => {
    const swapped = certificateFaults.toReversed()
    expect(() =>
      expectOrder(swapped, rich, ({ state, certificate, l1 }) => {
        return errorOf(applyCertificate(state, certificate, l1)).code
      }),
    ).toThrow()
  })
})
