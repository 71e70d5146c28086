import type { NodeSnapshot } from '../consensus-node.js'
import type { Finding } from './finding.js'

/** What keeps a node from knowing who may vote. */
export function findEpoch(s: NodeSnapshot): readonly Finding[] {
  const { current, waitsFor, waitingBlocks } = s.epochs
  if (current === undefined) {
    return [
      found(
        'The execution layer has not named the first committee yet. It is asked (validators.scheduleAt) once all blocks from before genesis are here; without its answer nobody can vote.',
      ),
    ]
  }
  if (waitsFor === undefined) return []
  const { number, epoch } = waitsFor
  const committed = s.status.committed ?? 'none'
  const blocks = waitingBlocks === 1 ? 'One block waits' : `${waitingBlocks} blocks wait`
  return [
    found(
      `${blocks} for the committee of epoch ${epoch}, from block ${number} on. The execution layer names it (validators.scheduleAt) as of a block below; the last one committed here is ${committed}.`,
    ),
  ]
}

function found(message: string): Finding {
  return { cause: 'schedule', message, validators: [] }
}
