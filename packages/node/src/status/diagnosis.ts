import type { StatusReport } from './status-report.js'

/** How bad it is: `good` needs nobody, `busy` passes by itself, `bad` needs an operator. */
export type Mood = 'good' | 'busy' | 'bad'

/** What the node is doing and what holds it up, in a headline and sentences. */
export interface Diagnosis {
  readonly mood: Mood
  readonly headline: string
  readonly details: readonly string[]
}

const HEADLINES: Readonly<Record<string, readonly [Mood, string]>> = {
  recovering: ['busy', 'Committing the blocks that were on disk at the start'],
  syncing: ['busy', 'Fetching blocks that peers have'],
  following: ['good', 'Following the chain'],
  validating: ['good', 'Validating'],
  stopping: ['busy', 'Stopping'],
  stopped: ['bad', 'Stopped'],
  failed: ['bad', 'Failed; the log says why'],
}

/** Says in words what a report shows. */
export function diagnosisOf(report: StatusReport): Diagnosis {
  const [mood, headline] = HEADLINES[report.node.status.phase] ?? ['bad', 'Unknown']
  const failing = report.readiness.checks.filter(({ ok }) => !ok)
  const problems = failing
    .filter(({ name }) => name === 'peers' || name === 'execution')
    .map(({ name, detail }) => `${name}: ${detail}`)
  return {
    mood: problems.length > 0 ? 'bad' : mood,
    headline: problems.length > 0 ? `${headline}, but not ready` : headline,
    details: [...problems, ...replicaDetails(report)],
  }
}

function replicaDetails({ node, committee }: StatusReport): readonly string[] {
  const { replica } = node
  if (replica === undefined) return []
  const name = (index: number): string =>
    `v${index}${committee.members[index]?.isSelf ? ' (this node)' : ''}`
  const waits = replica.awaits.map((awaited) => describeAwaited(awaited, name))
  const list = (indices: readonly number[]): string => indices.map(name).join(', ')
  return [
    `View ${replica.view}, phase ${replica.phase}, led by ${name(replica.leader)}.`,
    ...(waits.length > 0 ? [`It waits for ${waits.join(', and for ')}.`] : []),
    ...(replica.silent.length > 0
      ? [`No vote in this view yet from ${list(replica.silent)}.`]
      : []),
    ...(replica.ahead.length > 0 ? [`Already in a later view: ${list(replica.ahead)}.`] : []),
    ...(replica.blamed.length > 0 ? [`Sent what failed a check: ${list(replica.blamed)}.`] : []),
    ...(replica.unsigned.length > 0
      ? [`Messages that wait for the signer: ${replica.unsigned.join(', ')}.`]
      : []),
  ]
}

type Awaited = NonNullable<StatusReport['node']['replica']>['awaits'][number]

function describeAwaited(awaited: Awaited, name: (index: number) => string): string {
  switch (awaited.type) {
    case 'proposal':
      return `the proposal of ${name(awaited.leader)}`
    case 'previousBlock':
      return `block ${awaited.number} to be on disk and committed`
    case 'payloadVerdict':
      return `the execution layer to judge the payload of block ${awaited.number}`
    case 'payload':
      return `the execution layer to build block ${awaited.number}`
    case 'votes':
      return awaited.missingWeight === '0'
        ? `${awaited.kind} votes to be checked`
        : `${awaited.kind} votes of weight ${awaited.missingWeight}`
    case 'checks':
      return `${awaited.count} checks of signatures`
  }
}
