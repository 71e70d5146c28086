import type { NodePhase } from '@zkstack/executor'
import type { Readiness } from './readiness.js'

/** How bad it is: `good` needs nobody, `busy` passes by itself, `bad` needs an operator. */
export type Mood = 'good' | 'busy' | 'bad'

/** What a node is doing, in a few words. */
export interface Headline {
  readonly mood: Mood
  readonly text: string
}

const PHASES: Readonly<Record<NodePhase, Headline>> = {
  recovering: { mood: 'busy', text: 'Committing the blocks that were on disk' },
  syncing: { mood: 'busy', text: 'Fetching blocks that peers have' },
  following: { mood: 'good', text: 'Following the chain' },
  validating: { mood: 'good', text: 'Validating' },
  stopping: { mood: 'busy', text: 'Stopping' },
  stopped: { mood: 'bad', text: 'Stopped' },
  failed: { mood: 'bad', text: 'Failed: the log says why' },
}

/** Says what a node does, and whether it needs somebody. */
export function headlineOf(phase: NodePhase, readiness: Readiness): Headline {
  const { mood, text } = PHASES[phase]
  const troubled = readiness.checks.some(
    ({ name, ok }) => !ok && (name === 'peers' || name === 'execution'),
  )
  return troubled ? { mood: 'bad', text: `${text}, but not ready` } : { mood, text }
}
