import type { SeededRandom } from '@zkstack/concurrency'
import { thresholds } from '@zkstack/roles'
import type { PlannedEpoch } from '../test-network-options.js'

/** How the committees of a run change, by chance. */
export interface Rotation {
  /** Blocks of an epoch. */
  readonly everyBlocks: number
  /** Validators of an epoch, drawn from all. */
  readonly members: number
}

/** What {@link plannedEpochs} draws from. */
export interface DrawRotationOptions {
  readonly random: SeededRandom
  /** All validators. */
  readonly validators: number
  /** Those that are faulty, by index: no committee has more of them than it tolerates. */
  readonly faulty: readonly number[]
  readonly firstBlock: bigint
}

/** More than any run lives to see. */
const EPOCHS = 100

/** A committee is drawn anew so often when too many of its members are faulty. */
const MOST_DRAWS = 1_000

/**
 * The committees of a run: those given, or drawn, members at random, one in four of them with twice the weight.
 * @throws RangeError when there are too few validators, or too many faulty ones for any committee.
 */
export function plannedEpochs(
  rotation: Rotation | readonly PlannedEpoch[],
  o: DrawRotationOptions,
): readonly PlannedEpoch[] {
  if (!('members' in rotation)) return rotation
  const { everyBlocks, members } = rotation
  if (members > o.validators) throw new RangeError('rotation: more members than validators')
  return Array.from({ length: EPOCHS }, (_, epoch) => ({
    firstBlock: o.firstBlock + BigInt(epoch * everyBlocks),
    weights: drawCommittee(o.random.split(`epoch ${epoch}`), members, o),
  }))
}

function drawCommittee(
  random: SeededRandom,
  members: number,
  { validators, faulty }: DrawRotationOptions,
): PlannedEpoch['weights'] {
  for (let draw = 0; draw < MOST_DRAWS; draw++) {
    const weights = drawMembers(random, { validators, members })
    if (isTolerated(faulty, weights)) return weights
  }
  throw new RangeError('rotation: more actors than its committees tolerate')
}

function isTolerated(faulty: readonly number[], weights: PlannedEpoch['weights']): boolean {
  const sum = (all: Iterable<bigint>): bigint => [...all].reduce((a, b) => a + b, 0n)
  const { maxFaultyWeight } = thresholds(sum(weights.values()))
  return sum(faulty.map((index) => weights.get(index) ?? 0n)) <= maxFaultyWeight
}

function drawMembers(
  random: SeededRandom,
  { validators, members }: { readonly validators: number; readonly members: number },
): PlannedEpoch['weights'] {
  const left = Array.from({ length: validators }, (_, index) => index)
  const drawn = Array.from({ length: members }, () =>
    left.splice(random.uint32() % left.length, 1),
  ).flat()
  return new Map(drawn.map((index) => [index, random.float() < 0.25 ? 2n : 1n]))
}
