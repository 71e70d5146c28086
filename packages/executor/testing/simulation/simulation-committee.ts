import type { SignatureScheme } from '@zkstack/crypto'
import { seededRandom, type SeededRandom } from '@zkstack/concurrency'
import { createCommittee, type Committee } from '@zkstack/bft/testing'
import { createGenesis, generateNodeKey, type Genesis, type NodeSecretKey } from '@zkstack/roles'
import type { ScheduledCommittee } from '@zkstack/storage'
import { orThrow } from '../../src/or-throw.js'
import type { PlannedEpoch } from '../test-network-options.js'
import { plannedEpochs, type Rotation } from './draw-rotation.js'

/** Who takes part in a simulation. */
export interface SimulationCommittee {
  readonly genesis: Genesis
  /** The validators with their secrets; its scope is that of a genesis that fixes the committee. */
  readonly committee: Committee
  /** Those of each epoch with their secrets, by ascending first block. */
  readonly epochs: readonly Committee[]
  /** The most faulty validators that one committee has. */
  readonly mostFaulty: number
  /** The committees that change; undefined when they do not. */
  readonly planned: readonly ScheduledCommittee[] | undefined
  /** Keys of all nodes, validators first. */
  readonly nodeKeys: readonly NodeSecretKey[]
}

/**
 * Makes keys and a genesis; equal options give equal ones.
 * @throws RangeError for a committee or a faulty one that is not of the validators.
 */
export function simulationCommittee(o: {
  readonly weights: readonly bigint[]
  readonly fullNodes: number
  readonly scheme: SignatureScheme
  readonly firstBlock: bigint
  /** Validators that do not follow the protocol, by index. */
  readonly faulty: readonly number[]
  /** How the committees change; undefined when they do not. */
  readonly rotation: Rotation | readonly PlannedEpoch[] | undefined
  readonly random: SeededRandom
}): SimulationCommittee {
  const { scheme, firstBlock, weights, faulty, rotation } = o
  const validators = weights.length
  const plan = rotation && plannedEpochs(rotation, { ...o, validators })
  const keys = createCommittee({ validators: weights, scheme, firstBlock, seed: 'simulation' })
  const { secrets, schedule } = keys
  const genesis = orThrow(
    createGenesis({
      chainId: 1337n,
      forkNumber: 0n,
      firstBlock,
      scheme,
      ...(plan === undefined && {
        schedule: { validators: schedule.validators, leaderSelection: schedule.leaderSelection },
        proofsOfPossession: scheme.needsProofOfPossession
          ? secrets.map((secret) => scheme.provePossession(secret))
          : [],
      }),
    }),
  )
  const random = seededRandom('node keys of a simulation')
  const nodes = weights.length + o.fullNodes
  const committee = createCommittee({
    validators: weights,
    scheme,
    firstBlock,
    secrets,
    genesis: genesis.hash,
  })
  const epochs = plan?.map((epoch, i) => committeeOf(epoch, BigInt(i), committee))
  return {
    genesis,
    committee,
    epochs: epochs ?? [committee],
    mostFaulty: mostFaulty(epochs ?? [committee], faulty, committee),
    planned: epochs?.map(scheduledCommittee),
    nodeKeys: Array.from({ length: nodes }, (_, i) => generateNodeKey(random.split(`${i}`))),
  }
}

function committeeOf(
  { firstBlock, weights }: PlannedEpoch,
  epoch: bigint,
  all: Committee,
): Committee {
  const members = all.everybody().filter((index) => weights.has(index))
  if (members.length < weights.size) throw new RangeError(`epoch ${epoch}: an unknown validator`)
  return createCommittee({
    validators: members.map((index) => weights.get(index) ?? 0n),
    secrets: all.secrets.filter((_, index) => weights.has(index)),
    scheme: all.schedule.scheme,
    leaderSelection: all.schedule.leaderSelection,
    genesis: all.scope.genesis,
    epoch,
    firstBlock,
  })
}

function scheduledCommittee({ schedule, scope, secrets }: Committee): ScheduledCommittee {
  const { scheme } = schedule
  return {
    schedule,
    firstBlock: scope.firstBlock,
    proofsOfPossession: scheme.needsProofOfPossession
      ? secrets.map((secret) => scheme.provePossession(secret))
      : [],
  }
}

function mostFaulty(
  epochs: readonly Committee[],
  faulty: readonly number[],
  all: Committee,
): number {
  const keys = faulty.map((index) => all.key(index))
  const counts = epochs.map(
    ({ schedule }) => keys.filter((key) => schedule.indexOf(key) !== undefined).length,
  )
  return Math.max(...counts)
}

/** Weights of validators given by number: one each. */
export function weightsOf(validators: number | readonly bigint[]): readonly bigint[] {
  return typeof validators === 'number' ? Array.from({ length: validators }, () => 1n) : validators
}
