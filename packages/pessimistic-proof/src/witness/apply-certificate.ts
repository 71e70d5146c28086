import { bytesEqual, err, ok, type Hash32, type Result } from '@zkstack/crypto'
import { bridgeExitHasher } from '../hashes/bridge-exit-hash.js'
import { certificateId } from '../hashes/certificate-id.js'
import { globalExitRoot } from '../hashes/claim-hash.js'
import { pessimisticRoot } from '../transition/pessimistic-root-version.js'
import { currentProgram, type ProgramRules } from '../transition/program-rules.js'
import type { LocalExitTree } from '../trees/local-exit-tree.js'
import type { Certificate } from '../types/certificate.js'
import type { L1InfoTreeLeaf } from '../types/claim.js'
import type { MultiBatchHeader } from '../types/multi-batch-header.js'
import type { CertificateError } from './certificate-error.js'
import { joinAggchainData } from './join-aggchain-data.js'
import type { L1Context } from './l1-context.js'
import { stateCommitment, type LocalNetworkState } from './local-network-state.js'
import { proveBalances } from './prove-balances.js'
import { proveNullifiers } from './prove-nullifiers.js'

/** A certificate as a witness, and the state that it leads to. */
export interface AppliedCertificate {
  readonly header: MultiBatchHeader
  readonly next: LocalNetworkState
}

/**
 * Makes the witness of a certificate from a network's state, and the state after it. Claims and the single signature are not
 * verified here: {@link generatePessimisticProof} does. The state given is not changed.
 * @see agglayer crates/agglayer-types/src/local_network_state.rs
 */
export function applyCertificate(
  state: LocalNetworkState,
  certificate: Certificate,
  l1: L1Context,
): Result<AppliedCertificate, CertificateError> {
  return applyCertificateUnder(currentProgram, state, certificate, l1)
}

/** {@link applyCertificate} under the rules of some version of the program. */
export function applyCertificateUnder(
  rules: ProgramRules,
  state: LocalNetworkState,
  certificate: Certificate,
  l1: L1Context,
): Result<AppliedCertificate, CertificateError> {
  const leaves = certificate.importedBridgeExits.map(({ claimData }) => claimData.l1Leaf)
  if (rules.checksGlobalExitRoots && !leaves.every(isConsistent)) {
    return err({ code: 'InconsistentGlobalExitRoot' })
  }
  const { root: computed } = state.exitTree
  const declared = certificate.prevLocalExitRoot
  if (!bytesEqual(computed, declared)) {
    return err({ code: 'MismatchPrevLocalExitRoot', computed, declared })
  }
  const exitTree = appendExits(state.exitTree, certificate)
  if (!exitTree.ok) return exitTree
  const balances = proveBalances(state.balanceTree, certificate)
  if (!balances.ok) return balances
  const nullifiers = proveNullifiers(state.nullifierTree, certificate)
  if (!nullifiers.ok) return nullifiers
  const rootError = newRootError(exitTree.value, certificate)
  if (rootError !== undefined) return err(rootError)
  const id = certificateId(certificate)
  const aggchainData = joinAggchainData(certificate, id, l1.aggchain)
  if (!aggchainData.ok) return err({ code: 'InvalidChainData', source: aggchainData.error })
  const header: MultiBatchHeader = {
    originNetwork: certificate.networkId,
    height: certificate.height,
    prevPessimisticRoot: previousRoot(state, certificate, l1),
    bridgeExits: certificate.bridgeExits,
    importedBridgeExits: nullifiers.value.witnesses,
    l1InfoRoot: l1.l1InfoRoot,
    balancesProofs: balances.value.proofs,
    aggchainData: aggchainData.value,
    certificateId: id,
  }
  const next = {
    exitTree: exitTree.value,
    balanceTree: balances.value.tree,
    nullifierTree: nullifiers.value.tree,
  }
  return ok({ header, next })
}

/** Whether the declared global exit root is that of its parts. */
function isConsistent({ inner, mer, rer }: L1InfoTreeLeaf): boolean {
  return bytesEqual(inner.globalExitRoot, globalExitRoot(mer, rer))
}

function appendExits(
  tree: LocalExitTree,
  { bridgeExits }: Certificate,
): Result<LocalExitTree, CertificateError> {
  const leafOf = bridgeExitHasher()
  let running = tree
  for (const exit of bridgeExits) {
    const appended = running.append(leafOf(exit))
    if (!appended.ok) {
      return err({ code: 'InvalidLocalExitTreeOperation', source: appended.error })
    }
    running = appended.value
  }
  return ok(running)
}

function newRootError(
  { root: computed }: LocalExitTree,
  { newLocalExitRoot: declared }: Certificate,
): CertificateError | undefined {
  if (bytesEqual(computed, declared)) return undefined
  return { code: 'MismatchNewLocalExitRoot', computed, declared }
}

function previousRoot(
  state: LocalNetworkState,
  { height, networkId }: Certificate,
  { prevPessimisticRoot: given }: L1Context,
): Hash32 {
  if (typeof given !== 'string') return given
  return pessimisticRoot(given, stateCommitment(state), { height, originNetwork: networkId })
}
