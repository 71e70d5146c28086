import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { systemRandom, type Ctx, type Scope } from '@zkstack/concurrency'
import { keySigner } from '@zkstack/l1'
import { anvilKey } from '@zkstack/l1/testing'
import { freePorts, writeSettleConfig } from '@zkstack/node/testing'
import { devnetVKey } from '@zkstack/settlement/testing'
import { DemoChain } from './demo-chain.js'
import { accounts, DemoL1, l1ChainId } from './demo-l1.js'
import type { DemoOptions } from './options.js'
import {
  readRealCertificates,
  registerRealCertificates,
  type RealCertificate,
} from './real-certificates.js'
import { SettlementNode } from './settlement-node.js'
import type { Story } from './story.js'
import { within } from './until.js'

/** Numbers of the networks. */
export const networks = { a: 1, b: 2, cheat: 3 } as const

/** Blocks of L1 in an epoch. */
export const epochDuration = 8n

const certificatesFolder = new URL(
  '../../../packages/pessimistic-proof/test/vectors/data/',
  import.meta.url,
)

/** Everything that plays a part. */
export interface World {
  readonly ctx: Ctx
  readonly tasks: Scope
  readonly story: Story
  readonly options: DemoOptions
  readonly l1: DemoL1
  /** Where epochs begin. */
  readonly genesisBlock: bigint
  readonly node: SettlementNode
  readonly a: DemoChain
  readonly b: DemoChain
  /** Seven that public networks have settled. */
  readonly realCertificates: readonly RealCertificate[]
}

/** What a {@link World} is made in. */
export interface WorldOptions {
  readonly tasks: Scope
  readonly story: Story
  readonly options: DemoOptions
  /** For everything that is stored. */
  readonly folder: string
}

/** Starts everything, has it play, and ends it. */
export async function withWorld<T>(
  ctx: Ctx,
  o: WorldOptions,
  play: (world: World) => Promise<T>,
): Promise<T> {
  const { story, tasks, options, folder } = o
  await using l1 = await DemoL1.start()
  for (const name of ['a', 'b', 'cheat'] as const) {
    const trustedSequencer = keySigner(anvilKey(accounts[name])).address
    await l1.devnet.addChain({ networkId: networks[name], trustedSequencer })
  }
  const realCertificates = await readRealCertificates(certificatesFolder)
  await registerRealCertificates(l1.devnet, realCertificates)
  story.tell('L1 runs, with the contracts on it')

  const genesisBlock = await l1.anvil.blockNumber()
  tasks.spawnBackground((own) =>
    l1.mine(own, options.blockMs, (height) => {
      story.epoch = (height - genesisBlock) / epochDuration
    }),
  )
  const port = await freePorts(1, systemRandom)
  const nodeFolder = join(folder, 'node')
  await mkdir(nodeFolder)
  const config = await writeSettleConfig(nodeFolder, {
    l1Url: l1.anvil.url,
    l1WsUrl: l1.anvil.wsUrl,
    chainId: l1ChainId,
    devnet: l1.devnet,
    developmentVKey: devnetVKey,
    settlerKey: anvilKey(accounts.settler),
    finality: 'SafeBlock',
    lines: retrySoon,
    ...{ epochDuration, genesisBlock, port },
  })
  await using node = new SettlementNode(config, port)
  const part = {
    ...{ l1, folder, endpoint: node.client, validators: options.validators },
    pollMs: Math.round(options.blockMs * 0.4),
  }
  try {
    const [, a, b] = await Promise.all([
      within(ctx, 'the settlement node listens', () => node.start()),
      DemoChain.start({ ...part, name: 'A', networkId: networks.a, sequencer: accounts.a }),
      DemoChain.start({ ...part, name: 'B', networkId: networks.b, sequencer: accounts.b }),
    ])
    await using _ = a
    await using __ = b
    tasks.spawnBackground((own) => node.watch(own))
    story.tell(`the settlement node listens at ${node.url}`)
    story.tell(`chains A and B run, validators each: ${options.validators}`)
    const parts = { ctx, tasks, story, options, l1, genesisBlock, realCertificates }
    return await play({ ...parts, node, a, b })
  } catch (e) {
    if (node.errors !== '') story.tell(`the settlement node wrote:\n${node.errors}`)
    throw e
  }
}

const retrySoon = `
    [settlement.pessimistic-proof-tx-config.retry-on-not-included-on-l1]
    initial-interval = "300ms"
    max-interval = "2s"
    jitter = "50ms"
`
