import type { SeededRandom } from '@zkstack/concurrency'
import type { PlannedEpoch } from '../test-network-options.js'

/** How the committees of a run change. */
export interface Rotation {
  /** Blocks of an epoch. */
  readonly everyBlocks: number
  /** Validators of an epoch, drawn from all. */
  readonly members: number
}

/** More than any run lives to see. */
const EPOCHS = 100

/** Draws the committees of a run, if they change: members at random, one in four of them with twice the weight. */
export function drawRotation(
  rotation: Rotation | undefined,
  random: SeededRandom,
  validators: number,
  firstBlock: bigint,
): readonly PlannedEpoch[] | undefined {
  if (rotation === undefined) return undefined
  const { everyBlocks, members } = rotation
  return Array.from({ length: EPOCHS }, (_, epoch) => ({
    firstBlock: firstBlock + BigInt(epoch * everyBlocks),
    weights: drawMembers(random.split(`epoch ${epoch}`), { validators, members }),
  }))
}

function drawMembers(
  random: SeededRandom,
  { validators, members }: { readonly validators: number; readonly members: number },
): ReadonlyMap<number, bigint> {
  const left = Array.from({ length: validators }, (_, index) => index)
  const drawn = Array.from({ length: members }, () =>
    left.splice(random.uint32() % left.length, 1),
  ).flat()
  return new Map(drawn.map((index) => [index, random.float() < 0.25 ? 2n : 1n]))
}
