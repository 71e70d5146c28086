import type { NodeSnapshot } from '@zkstack/executor'
import type { CommitteeView } from './committee.js'

/** One thing that a ready node needs. */
export interface ReadinessCheck {
  readonly name: 'running' | 'synced' | 'peers' | 'execution'
  readonly ok: boolean
  /** What was found, for people. */
  readonly detail: string
}

/** Whether a node does its work now. */
export interface Readiness {
  /** All checks are ok. */
  readonly ready: boolean
  readonly checks: readonly ReadinessCheck[]
}

/** What {@link readinessOf} judges by. */
export interface ReadinessInput {
  readonly snapshot: NodeSnapshot
  readonly committee: CommitteeView
  readonly nowUtcMs: number
}

/** Blocks that the execution layer may lag behind the disk. */
const MAX_COMMIT_BACKLOG = 10n

/** How long after the execution layer's last fault the node counts as troubled, in milliseconds. */
const TROUBLE_MS = 30_000

/** Warnings that say that the execution layer does not do its part. */
const EXECUTION_TROUBLE = [
  'EXECUTION_STUCK',
  'EXECUTION_LATE',
  'EXECUTION_COMMIT_RETRY',
  'EXECUTION_COMMIT_SLOW',
  'PROPOSE_FAILED',
  'VERIFY_FAILED',
]

/** Judges whether a node is synced, reaches enough of its network, and has a working execution layer. */
export function readinessOf(o: ReadinessInput): Readiness {
  const checks = [running(o), synced(o), peers(o), execution(o)]
  return { ready: checks.every(({ ok }) => ok), checks }
}

function running({ snapshot }: ReadinessInput): ReadinessCheck {
  const { phase } = snapshot.status
  const ok = phase !== 'stopping' && phase !== 'stopped' && phase !== 'failed'
  return { name: 'running', ok, detail: `the node is ${phase}` }
}

function synced({ snapshot }: ReadinessInput): ReadinessCheck {
  const { phase, head } = snapshot.status
  const ok = phase === 'validating' || phase === 'following'
  const at = head === undefined ? 'no block yet' : `head ${head}`
  return { name: 'synced', ok, detail: `${phase}, ${at}` }
}

/** A validator needs a quorum, itself included; a full node somebody to follow. */
function peers({ snapshot, committee }: ReadinessInput): ReadinessCheck {
  const { connectedWeight, quorum, totalWeight } = committee
  if (quorum === undefined) {
    const { length } = snapshot.peers
    return { name: 'peers', ok: length > 0, detail: `${length} peers` }
  }
  return {
    name: 'peers',
    ok: BigInt(connectedWeight) >= BigInt(quorum),
    detail: `connected to weight ${connectedWeight} of ${totalWeight}, a quorum is ${quorum}`,
  }
}

function execution({ snapshot, nowUtcMs }: ReadinessInput): ReadinessCheck {
  const backlog = BigInt(snapshot.commitBacklog)
  const trouble = snapshot.warnings.findLast(
    ({ code, atUtcMs }) =>
      // the machine's clock may have been set back since
      EXECUTION_TROUBLE.includes(code) && Math.abs(nowUtcMs - atUtcMs) < TROUBLE_MS,
  )
  const late = backlog > MAX_COMMIT_BACKLOG
  const detail = late
    ? `${backlog} blocks wait for commit`
    : trouble === undefined
      ? `${backlog} blocks wait for commit, no fault`
      : `${trouble.code}: ${trouble.message}`
  return { name: 'execution', ok: !late && trouble === undefined, detail }
}
