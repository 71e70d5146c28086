import type { SignatureScheme } from '@zkstack/crypto'
import { seededRandom } from '@zkstack/concurrency'
import { createCommittee, type Committee } from '@zkstack/bft/testing'
import {
  createGenesis,
  generateNodeKey,
  Schedule,
  type EpochScope,
  type Genesis,
  type NodeSecretKey,
} from '@zkstack/roles'
import type { ScheduledCommittee } from '@zkstack/storage'
import { orThrow } from '../../src/or-throw.js'
import type { PlannedEpoch } from '../test-network-options.js'

/** Who takes part in a simulation. */
export interface SimulationCommittee {
  readonly genesis: Genesis
  /** The validators with their secrets; its scope is that of a genesis that fixes the committee. */
  readonly committee: Committee
  /** The committees that change; undefined when they do not. */
  readonly planned: readonly ScheduledCommittee[] | undefined
  /** What blocks are judged by, by ascending first block. */
  readonly scopes: readonly EpochScope[]
  /** Keys of all nodes, validators first. */
  readonly nodeKeys: readonly NodeSecretKey[]
}

/** Makes keys and a genesis; equal options give equal ones. */
export function simulationCommittee(o: {
  readonly weights: readonly bigint[]
  readonly fullNodes: number
  readonly scheme: SignatureScheme
  readonly firstBlock: bigint
  readonly epochs: readonly PlannedEpoch[] | undefined
}): SimulationCommittee {
  const { scheme, firstBlock, weights } = o
  const keys = createCommittee({ validators: weights, scheme, firstBlock, seed: 'simulation' })
  const { secrets, schedule } = keys
  const genesis = orThrow(
    createGenesis({
      chainId: 1337n,
      forkNumber: 0n,
      firstBlock,
      scheme,
      ...(o.epochs === undefined && {
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
  const planned = o.epochs?.map((epoch) => committeeOf(epoch, committee))
  return {
    genesis,
    committee,
    planned,
    scopes: planned?.map((epoch, i) => ({
      genesis: genesis.hash,
      epoch: BigInt(i),
      schedule: epoch.schedule,
      firstBlock: epoch.firstBlock,
    })) ?? [committee.scope],
    nodeKeys: Array.from({ length: nodes }, (_, i) => generateNodeKey(random.split(`${i}`))),
  }
}

function committeeOf({ firstBlock, weights }: PlannedEpoch, all: Committee): ScheduledCommittee {
  const { scheme, leaderSelection } = all.schedule
  const schedule = orThrow(
    Schedule.create({
      validators: [...weights].map(([i, weight]) => ({ key: all.key(i), weight, leader: true })),
      leaderSelection,
      scheme,
    }),
  )
  const proofOf = (key: Uint8Array): Uint8Array => {
    const secret = all.secrets[all.schedule.indexOf(key) ?? -1]
    return secret === undefined ? new Uint8Array() : scheme.provePossession(secret)
  }
  return {
    schedule,
    firstBlock,
    proofsOfPossession: scheme.needsProofOfPossession
      ? schedule.validators.map(({ key }) => proofOf(key))
      : [],
  }
}

/** Weights of validators given by number: one each. */
export function weightsOf(validators: number | readonly bigint[]): readonly bigint[] {
  return typeof validators === 'number' ? Array.from({ length: validators }, () => 1n) : validators
}
