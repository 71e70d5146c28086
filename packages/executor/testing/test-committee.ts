import { seededRandom } from '@zkstack/concurrency'
import { signatureScheme } from '@zkstack/crypto'
import {
  createGenesis,
  generateNodeKey,
  generateValidatorKey,
  type Genesis,
  type NodeSecretKey,
  type ValidatorSecretKey,
} from '@zkstack/roles'
import { orThrow } from '../src/or-throw.js'
import type { TestNetworkOptions } from './test-network-options.js'

/** Keys of a test network, and the genesis that names them. */
export interface TestCommittee {
  readonly genesis: Genesis
  readonly validatorKeys: readonly ValidatorSecretKey[]
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
      schedule: {
        validators: validatorKeys.map(({ publicKey }, i) => ({
          key: publicKey,
          weight: o.weights?.[i] ?? 1n,
          leader: true,
        })),
        leaderSelection: { frequency: 1n, mode: 'roundRobin' },
      },
      proofsOfPossession: scheme.needsProofOfPossession
        ? validatorKeys.map((key) => key.provePossession())
        : [],
    }),
  )
  return {
    genesis,
    validatorKeys,
    nodeKey: (index) => generateNodeKey(random.split(`node ${index}`)),
  }
}
