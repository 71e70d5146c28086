import { seededRandom } from '@zkstack/concurrency'
import { bytesEqual, signatureScheme, type SignatureScheme } from '@zkstack/crypto'
import {
  createGenesis,
  generateNodeKey,
  generateValidatorKey,
  Schedule,
  type Genesis,
  type NodeSecretKey,
  type ValidatorSecretKey,
} from '@zkstack/roles'
import type { ScheduledCommittee } from '@zkstack/storage'
import { orThrow } from '../src/or-throw.js'
import type { PlannedEpoch, TestNetworkOptions } from './test-network-options.js'

/** Keys of a test network, and the genesis that names them, unless the committees change. */
export interface TestCommittee {
  readonly genesis: Genesis
  readonly validatorKeys: readonly ValidatorSecretKey[]
  /** The committees of a plan; undefined when there is none. */
  readonly planned: readonly ScheduledCommittee[] | undefined
  /** The key of node `index`, validator or not. */
  nodeKey(index: number): NodeSecretKey
}

/** A committee of `n` with keys from a seed. Load the backends first: BLS keys take long without. */
export function testCommittee(n: number, o: TestNetworkOptions): TestCommittee {
  const random = seededRandom(o.seed ?? 'test network')
  const scheme = signatureScheme(o.scheme ?? 2)
  if (scheme === undefined) throw new RangeError(`scheme: there is none with id ${o.scheme}`)
  const keyRandom = random.split('validators')
  const validatorKeys = Array.from({ length: n }, () => generateValidatorKey(scheme, keyRandom))
  const genesis = orThrow(
    createGenesis({
      chainId: 1337n,
      forkNumber: 0n,
      firstBlock: o.firstBlock ?? 0n,
      scheme,
      ...(o.epochs === undefined && {
        schedule: {
          validators: validatorKeys.map(({ publicKey }, i) => ({
            key: publicKey,
            weight: o.weights?.[i] ?? 1n,
            leader: true,
          })),
          leaderSelection: { frequency: 1n, mode: 'roundRobin' } as const,
        },
        proofsOfPossession: scheme.needsProofOfPossession
          ? validatorKeys.map((key) => key.provePossession())
          : [],
      }),
    }),
  )
  return {
    genesis,
    validatorKeys,
    planned: o.epochs?.map((epoch) => committeeOf(epoch, validatorKeys, scheme)),
    nodeKey: (index) => generateNodeKey(random.split(`node ${index}`)),
  }
}

/** The committee of an epoch of a plan. */
export function committeeOf(
  { firstBlock, weights }: PlannedEpoch,
  keys: readonly ValidatorSecretKey[],
  scheme: SignatureScheme,
): ScheduledCommittee {
  const members = [...weights].flatMap(([index, weight]) => {
    const key = keys[index]
    if (key === undefined) throw new RangeError(`epochs: there is no validator ${index}`)
    return [{ key, weight }]
  })
  const schedule = orThrow(
    Schedule.create({
      validators: members.map(({ key, weight }) => ({ key: key.publicKey, weight, leader: true })),
      leaderSelection: { frequency: 1n, mode: 'roundRobin' },
      scheme,
    }),
  )
  const proofOf = (publicKey: Uint8Array): Uint8Array =>
    members.find(({ key }) => bytesEqual(key.publicKey, publicKey))?.key.provePossession() ??
    new Uint8Array()
  return {
    schedule,
    firstBlock,
    proofsOfPossession: scheme.needsProofOfPossession
      ? schedule.validators.map(({ key }) => proofOf(key))
      : [],
  }
}
