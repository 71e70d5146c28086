import { err, ok, type Hash32, type Result } from '@zkstack/crypto'
import { LocalExitTree } from '../trees/local-exit-tree.js'
import type { MultiBatchHeader } from '../types/multi-batch-header.js'
import type { NetworkState, StateCommitment } from '../types/network-state.js'
import type { PessimisticProofOutput } from '../types/pessimistic-proof-output.js'
import { authenticate } from './authenticate.js'
import { exportExits } from './export-exits.js'
import { importExits } from './import-exits.js'
import { pessimisticRoot, previousRootVersion } from './pessimistic-root-version.js'
import { zeroIfEmpty, type ProgramRules } from './program-rules.js'
import type { ProofError } from './proof-error.js'
import { TokenBalances } from './token-balances.js'
import { orderedBalanceProofs, updateBalances } from './update-balances.js'

/** The largest height. */
const MAX_HEIGHT = 2n ** 64n - 1n

/** A transition that holds: what it proves, and the state after it. */
export interface ExecutedTransition {
  readonly output: PessimisticProofOutput
  readonly next: NetworkState
}

/** Executes the pessimistic proof program under the given rules. */
export function executeTransition(
  state: NetworkState,
  header: MultiBatchHeader,
  rules: ProgramRules,
): Result<ExecutedTransition, ProofError> {
  const exitTree = LocalExitTree.from(state.exitTree)
  const moved = moveValue({ ...state, exitTree }, header, rules)
  if (!moved.ok) return moved
  const next = moved.value
  const before = commitmentOf({ ...state, exitTree })
  const newRoot = newPessimisticRoot(header, before, commitmentOf(next))
  if (!newRoot.ok) return newRoot
  const output: PessimisticProofOutput = {
    prevLocalExitRoot: zeroIfEmpty(exitTree.root),
    prevPessimisticRoot: header.prevPessimisticRoot,
    l1InfoRoot: header.l1InfoRoot,
    originNetwork: header.originNetwork,
    aggchainHash: rules.aggchainHash(header.aggchainData),
    newLocalExitRoot: rules.shownNewLocalExitRoot(next.exitTree.root),
    newPessimisticRoot: newRoot.value,
  }
  return ok({ output, next })
}

/** A network's state with its exit tree as a tree. */
interface RunningState extends NetworkState {
  readonly exitTree: LocalExitTree
}

/** Lets value in, then out, and writes the balances: all imports count before any export. */
function moveValue(
  state: RunningState,
  header: MultiBatchHeader,
  { hashL1InfoTreeLeaf }: ProgramRules,
): Result<RunningState, ProofError> {
  const proofs = orderedBalanceProofs(header.balancesProofs)
  if (!proofs.ok) return proofs
  const balances = new TokenBalances(proofs.value)
  const claims = { l1InfoRoot: header.l1InfoRoot, hashL1InfoTreeLeaf }
  const { nullifierRoot } = state
  const imported = importExits(header, { nullifierRoot, balances, claims })
  if (!imported.ok) return imported
  const exported = exportExits(header, { exitTree: state.exitTree, balances })
  if (!exported.ok) return exported
  const balanceRoot = updateBalances(state.balanceRoot, proofs.value, balances)
  if (!balanceRoot.ok) return balanceRoot
  return ok({
    exitTree: exported.value,
    balanceRoot: balanceRoot.value,
    nullifierRoot: imported.value,
  })
}

/** Checks the root before and the signatures, which together decide the version of the root after. */
function newPessimisticRoot(
  header: MultiBatchHeader,
  before: StateCommitment,
  after: StateCommitment,
): Result<Hash32, ProofError> {
  const previous = previousRootVersion(header.prevPessimisticRoot, before, header)
  if (!previous.ok) return previous
  const target = authenticate(header, after.exitRoot)
  if (!target.ok) return target
  if (previous.value === 'V3' && target.value === 'V2') {
    return err({ code: 'InconsistentSignedPayload' })
  }
  if (header.height >= MAX_HEIGHT) return err({ code: 'HeightOverflow' })
  const { originNetwork } = header
  return ok(pessimisticRoot(target.value, after, { originNetwork, height: header.height + 1n }))
}

function commitmentOf({ exitTree, balanceRoot, nullifierRoot }: RunningState): StateCommitment {
  const { root: exitRoot, leafCount: lerLeafCount } = exitTree
  return { exitRoot, lerLeafCount, balanceRoot, nullifierRoot }
}
