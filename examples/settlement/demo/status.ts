import { weiPerUnit } from 'zkstack-example-ledger'
import { showWei } from './amounts.js'
import type { DemoChain } from './demo-chain.js'
import { recipient, user } from './scenario.js'
import { epochDuration, type World } from './world.js'

/** How one of the chains is. */
export interface ChainStatus {
  readonly name: string
  readonly blocks: bigint
  /** Exits that left, and how many of them a certificate covers. */
  readonly exits: number
  readonly certifiedExits: number
  /** Height and status of the newest certificate. */
  readonly certificate: string
  /** What the user has there. */
  readonly balance: string
}

/** How everything is at one moment. */
export interface DemoStatus {
  readonly atMs: number
  readonly l1Block: bigint
  readonly epoch: bigint
  /** How much of the epoch is over, from 0 to below 1. */
  readonly epochProgress: number
  readonly chains: readonly ChainStatus[]
  readonly node: 'starts' | 'runs' | 'killed'
  /** Real certificates that are settled, and all of them. */
  readonly settled: number
  readonly certificates: number
  readonly inBridge: string
  readonly withdrawn: string
}

/** Looks at everything. */
export async function sampleStatus(world: World): Promise<DemoStatus> {
  const { story, l1, node, a, b, realCertificates } = world
  const [inBridge, withdrawn, l1Block] = await Promise.all([
    l1.balance(l1.devnet.bridge),
    l1.balance(recipient),
    l1.anvil.blockNumber(),
  ])
  const { epoch, atMs } = story
  const intoEpoch = (l1Block - world.genesisBlock) % epochDuration
  return {
    ...{ atMs, l1Block, epoch, epochProgress: Number(intoEpoch) / Number(epochDuration) },
    chains: [a, b].map(chainStatus),
    node: node.state,
    settled: story.settledElsewhere,
    certificates: realCertificates.length,
    ...{ inBridge: showWei(inBridge), withdrawn: showWei(withdrawn) },
  }
}

function chainStatus({ name, blocks, client, ledger }: DemoChain): ChainStatus {
  const { exits, certifiedExits, certificate } = client.status
  return {
    ...{ name, blocks, exits, certifiedExits },
    certificate:
      certificate === undefined ? '–' : `${certificate.height} ${certificate.status.type}`,
    balance: showWei(ledger.state.account(user.account).balance * weiPerUnit),
  }
}
