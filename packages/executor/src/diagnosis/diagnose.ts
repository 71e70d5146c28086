import type { NodeSnapshot } from '../consensus-node.js'
import { findCommittee } from './find-committee.js'
import { findEpoch } from './find-epoch.js'
import { findLocal } from './find-local.js'
import { findSync } from './find-sync.js'
import type { NodeDiagnosis } from './finding.js'
import { connected, since, span, validators, weightOf } from './words.js'

/**
 * Says why a node is where it is, in short sentences. Pure; takes what `inspect()` returned, also after a journey as JSON.
 *
 * What is wrong with the node itself comes first, then what it lacks of others, then who is silent.
 */
export function diagnose(snapshot: NodeSnapshot): NodeDiagnosis {
  const findings = [
    ...findLocal(snapshot),
    ...findSync(snapshot),
    ...findEpoch(snapshot),
    ...findCommittee(snapshot),
  ]
  return {
    summary: findings[0]?.message ?? 'Nothing is wrong.',
    findings,
    facts: factsOf(snapshot),
  }
}

function factsOf(s: NodeSnapshot): readonly string[] {
  const { status, replica } = s
  const facts = [`The node is ${status.phase}, with ${s.peers.length} peers.`, committedFact(s)]
  facts.push(...epochFacts(s))
  if (replica === undefined) return facts
  const age = replica.viewSince === undefined ? '' : `, for ${span(since(s, replica.viewSince))}`
  const leader = replica.leader === replica.self ? 'this node' : `validator ${replica.leader}`
  facts.push(`View ${replica.view}, phase ${replica.phase}${age}. Its leader is ${leader}.`)
  const reached = connected(s)
  facts.push(
    `Connected: weight ${weightOf(s, reached)} of ${replica.totalWeight}; a quorum is ${replica.quorum}.`,
  )
  for (const { number, verified, unverified } of replica.commits) {
    const voters = [...verified, ...unverified].sort((a, b) => a - b)
    facts.push(
      `Votes for block ${number}: weight ${weightOf(s, voters)}, of ${validators(voters)}.`,
    )
  }
  const ending = [...replica.timeouts.verified, ...replica.timeouts.unverified].sort(
    (a, b) => a - b,
  )
  if (ending.length > 0) {
    facts.push(`Votes to end the view: weight ${weightOf(s, ending)}, of ${validators(ending)}.`)
  }
  if (replica.ahead.length > 0) facts.push(`In a later view already: ${validators(replica.ahead)}.`)
  if (replica.blamed.length > 0)
    facts.push(`Caught with a bad signature: ${validators(replica.blamed)}.`)
  return facts
}

/** Nothing where the committee is fixed. */
function epochFacts({ epochs, status }: NodeSnapshot): readonly string[] {
  const { current, pending } = epochs
  if (current === undefined) return []
  if (current.epoch === '0' && pending === undefined) return []
  const here =
    status.role === 'validator' ? 'This node votes in it.' : 'This node does not vote in it.'
  const next = pending === undefined ? '' : ` The next one begins with block ${pending.firstBlock}.`
  return [`Epoch ${current.epoch} began with block ${current.firstBlock}. ${here}${next}`]
}

function committedFact(s: NodeSnapshot): string {
  const { committed } = s.status
  if (committed === undefined) return 'No block is committed yet.'
  const at = s.execution.committedAt
  const ago = at === undefined ? 'before this start' : `${span(since(s, at))} ago`
  const backlog = s.commitBacklog === '0' ? '' : ` ${s.commitBacklog} more wait on disk.`
  return `Block ${committed} was committed ${ago}.${backlog}`
}
