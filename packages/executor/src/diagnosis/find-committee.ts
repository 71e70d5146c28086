import type { NodeSnapshot } from '../consensus-node.js'
import type { Finding } from './finding.js'
import { connected, silences, since, span, validators, weightOf } from './words.js'

type Replica = NonNullable<NodeSnapshot['replica']>

/** What is wrong with the others, as far as a validator sees: who is missing, whose votes, which leader. */
export function findCommittee(s: NodeSnapshot): readonly Finding[] {
  const { replica } = s
  if (replica?.viewSince === undefined) return []
  const absent = findQuorum(s, replica)
  const current = findView(s, replica, since(s, replica.viewSince))
  return [...absent, ...current, ...(absent.length > 0 ? [] : findSilent(s, replica))]
}

/** Validators that are not connected, or of whom nothing came for two views and more; never ourselves. */
function missing(s: NodeSnapshot): readonly number[] {
  const reached = connected(s)
  return silences(s).flatMap((ms, index) => {
    const isSilent = ms === undefined || ms > 2 * s.viewTimeoutMs
    return isSilent || !reached.includes(index) ? [index] : []
  })
}

function findQuorum(s: NodeSnapshot, replica: Replica): readonly Finding[] {
  const reached = connected(s)
  const apart = s.committee.flatMap((_, index) => (reached.includes(index) ? [] : [index]))
  const quorum = BigInt(replica.quorum)
  if (weightOf(s, reached) < quorum) {
    const message = `Only weight ${weightOf(s, reached)} of ${replica.totalWeight} is connected, and a quorum needs ${quorum}: ${validators(apart)} ${areOrIs(apart)} cut off or down, ${quiet(s, apart)}. No block can become final.`
    return [{ cause: 'quorum', message, validators: apart }]
  }
  const silent = missing(s)
  const heard = BigInt(replica.totalWeight) - weightOf(s, silent)
  if (heard >= quorum || isFresh(s, replica)) return []
  const message = `Only weight ${heard} of ${replica.totalWeight} is heard of, and a quorum needs ${quorum}: nothing comes from ${validators(silent)}, ${quiet(s, silent)}. No block can become final.`
  return [{ cause: 'quorum', message, validators: silent }]
}

/** Whether the replica has not been listening for long enough to call anybody silent. */
function isFresh(s: NodeSnapshot, replica: Replica): boolean {
  return (
    replica.view === '0' ||
    (replica.view === '1' && since(s, replica.viewSince ?? 0) < 2 * s.viewTimeoutMs)
  )
}

function findView(s: NodeSnapshot, replica: Replica, age: number): readonly Finding[] {
  if (age <= s.viewTimeoutMs / 2) return []
  const leads = replica.leader === replica.self
  const found: Finding[] = []
  for (const awaited of replica.awaits) {
    if (awaited.type === 'proposal' && !leads) {
      const name = nameOf(s, replica.leader)
      const message = `${name} leads view ${replica.view} and has proposed nothing for ${span(age)}; ${heardOf(s, replica.leader)}.`
      found.push({ cause: 'leader', message, validators: [replica.leader] })
    } else if (awaited.type === 'votes') {
      found.push(...findVotes(s, replica, awaited.kind))
    } else if (awaited.type === 'checks' && replica.queuedChecks > 0) {
      const message = `${replica.queuedChecks} signature checks wait or run. If this lasts, the processor is too slow for this committee.`
      found.push({ cause: 'verification', message, validators: [] })
    }
  }
  return found
}

function findVotes(
  s: NodeSnapshot,
  replica: Replica,
  kind: 'commit' | 'timeout',
): readonly Finding[] {
  const count = kind === 'timeout' ? replica.timeouts : replica.commits[0]
  const voted = count === undefined ? [] : [...count.verified, ...count.unverified]
  const absent = s.committee.flatMap((_, index) => (voted.includes(index) ? [] : [index]))
  const weight = weightOf(s, voted)
  if (weight >= BigInt(replica.quorum)) return []
  const what =
    kind === 'timeout'
      ? `to end view ${replica.view}`
      : `for block ${replica.commits[0]?.number ?? 'none'} in view ${replica.view}`
  const message = `Votes ${what} have weight ${weight} of the ${replica.quorum} needed: ${validators(absent)} did not vote, ${quiet(s, absent)}.`
  return [{ cause: 'votes', message, validators: absent }]
}

function findSilent(s: NodeSnapshot, replica: Replica): readonly Finding[] {
  const silent = missing(s)
  if (silent.length === 0 || isFresh(s, replica)) return []
  const message = `Nothing comes from ${validators(silent)}, ${quiet(s, silent)}. The chain goes on without ${silent.length === 1 ? 'it' : 'them'}; views that ${silent.length === 1 ? 'it leads' : 'they lead'} time out.`
  return [{ cause: 'silent', message, validators: silent }]
}

/** Silences that are told one by one; of more, the shortest and the longest. */
const MOST_SPANS = 3

/** Since when validators are silent: once if it is the same of all, else of each, the longest silence first. */
function quiet(s: NodeSnapshot, indices: readonly number[]): string {
  const all = silences(s)
  const others = indices.filter((index) => index !== s.replica?.self)
  const unheard = others.filter((index) => all[index] === undefined)
  const spans = new Map<string, number[]>()
  for (const index of others.toSorted((a, b) => (all[b] ?? 0) - (all[a] ?? 0))) {
    const ms = all[index]
    if (ms !== undefined) spans.set(span(ms), [...(spans.get(span(ms)) ?? []), index])
  }
  const never = 'never heard of since this node started'
  const names = [...spans.keys()]
  if (names.length === 0) return never
  const isOne = names.length === 1 && unheard.length === 0
  const who = (group: readonly number[]): string =>
    isOne ? '' : ` (${validators(group.toSorted((a, b) => a - b))})`
  const told =
    names.length > MOST_SPANS
      ? `${names.at(-1) ?? ''} to ${names[0] ?? ''}${who([...spans.values()].flat())}`
      : [...spans].map(([name, group]) => `${name}${who(group)}`).join(', ')
  return `${unheard.length === 0 ? '' : `${never}${who(unheard)}, `}silent for ${told}`
}

function heardOf(s: NodeSnapshot, index: number): string {
  const ms = silences(s)[index]
  return ms === undefined
    ? 'nothing has ever come from it since this node started'
    : `its last message came ${span(ms)} ago`
}

function nameOf({ committee }: NodeSnapshot, index: number): string {
  return `Validator ${index} (…${committee[index]?.key.slice(-8) ?? ''})`
}

function areOrIs(indices: readonly number[]): string {
  return indices.length === 1 ? 'is' : 'are'
}
