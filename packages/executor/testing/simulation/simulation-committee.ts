import type { SignatureScheme } from '@zkstack/crypto'
import { seededRandom } from '@zkstack/concurrency'
import { createCommittee, type Committee } from '@zkstack/bft/testing'
import { createGenesis, generateNodeKey, type Genesis, type NodeSecretKey } from '@zkstack/roles'
import { orThrow } from '../../src/or-throw.js'

/** Who takes part in a simulation. */
export interface SimulationCommittee {
  readonly genesis: Genesis
  /** The validators with their secrets; its scope is that of the genesis. */
  readonly committee: Committee
  /** Keys of all nodes, validators first. */
  readonly nodeKeys: readonly NodeSecretKey[]
}

/** Makes keys and a genesis; equal options give equal ones. */
export function simulationCommittee(o: {
  readonly weights: readonly bigint[]
  readonly fullNodes: number
  readonly scheme: SignatureScheme
  readonly firstBlock: bigint
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
      schedule: { validators: schedule.validators, leaderSelection: schedule.leaderSelection },
      proofsOfPossession: scheme.needsProofOfPossession
        ? secrets.map((secret) => scheme.provePossession(secret))
        : [],
    }),
  )
  const random = seededRandom('node keys of a simulation')
  const nodes = weights.length + o.fullNodes
  return {
    genesis,
    committee: createCommittee({
      validators: weights,
      scheme,
      firstBlock,
      secrets,
      genesis: genesis.hash,
    }),
    nodeKeys: Array.from({ length: nodes }, (_, i) => generateNodeKey(random.split(`${i}`))),
  }
}
