import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadCryptoBackends } from '@zkstack/crypto'
import { keySigner } from '@zkstack/l1'
import { anvilKey, startAnvil, type Anvil } from '@zkstack/l1/testing'
import { l1InfoTreeLeafCount } from '@zkstack/pessimistic-proof'
import type { Submission } from '@zkstack/pessimistic-proof/testing'
import { Devnet, devnetVKey, testAuthentication } from '@zkstack/settlement/testing'
import { writeSettleConfig } from '../../testing/index.js'

const chainId = 1337
const settlerKey = anvilKey(1)

/** A real L1 with the contracts, and a folder with all that a settlement node is started with. */
export interface SettleWorld extends AsyncDisposable {
  readonly anvil: Anvil
  readonly devnet: Devnet
  readonly folder: string
  /** The configuration file. */
  readonly config: string
  /** Adds a network that vouches as the test certificates do, and makes L1 hold what they claim. */
  addNetwork(networkId: number, submissions: readonly Submission[]): Promise<void>
}

/** Starts an L1, deploys the contracts and writes a configuration. @param lines more of it */
export async function settleWorld(lines = ''): Promise<SettleWorld> {
  await loadCryptoBackends()
  const anvil = await startAnvil({ chainId })
  const devnet = await Devnet.deploy({
    url: anvil.url,
    chainId,
    deployerKey: anvilKey(0),
    trustedAggregators: [keySigner(settlerKey).address],
    settableRoots: true,
  })
  const folder = await mkdtemp(join(tmpdir(), 'zkstack-settle-'))
  const l1 = { l1Url: anvil.url, chainId, devnet, developmentVKey: devnetVKey, settlerKey }
  return {
    anvil,
    devnet,
    folder,
    config: await writeSettleConfig(folder, { ...l1, lines }),
    async addNetwork(networkId, submissions) {
      if (testAuthentication.type !== 'ecdsa') throw new TypeError('one sequencer vouches in tests')
      await devnet.addChain({ networkId, trustedSequencer: testAuthentication.wallet.address })
      for (const { certificate, l1 } of submissions) {
        const leafCount = l1InfoTreeLeafCount(certificate)
        if (leafCount !== undefined) await devnet.setL1InfoRoot(leafCount, l1.l1InfoRoot)
      }
    },
    async [Symbol.asyncDispose]() {
      await anvil[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
