import type { Ctx, Scope } from '@zkstack/concurrency'
import { toHex } from '@zkstack/crypto'
import { createL1Client, keySigner, type L1Client } from '@zkstack/l1'
import { anvilKey, type Anvil } from '@zkstack/l1/testing'
import {
  address,
  globalIndexToBigint,
  ZERO_HASH,
  type Address,
  type BridgeExit,
} from '@zkstack/pessimistic-proof'
import {
  bridgeAbi,
  committeeSigner,
  createSettlement,
  memoryDatabase,
  rollupManagerAbi,
  type BridgeAddresses,
  type ClaimedExit,
  type SettlementClient,
} from '@zkstack/settlement'
import { Devnet } from '@zkstack/settlement/testing'
import { atOnce, DemoChain } from './demo-chain.js'
import type { DemoLog } from './demo-log.js'
import { SettlementHandle } from './settlement-handle.js'

const ether = 10n ** 18n
const chainId = 1337

/** Anvil's accounts: the owner of the contracts, the settlement node, and who vouches for A, B and the chain that cheats. */
const accounts = { owner: 0, aggregator: 1, a: 2, b: 3, cheat: 4, user: 5 } as const

/** Numbers of the networks. */
const networks = { a: 1, b: 2, cheat: 3 } as const

/** Blocks of an epoch. */
const epochDuration = 8n

/** What the demo leaves for the picture. */
export interface Played {
  readonly chains: readonly {
    readonly name: string
    readonly networkId: number
    readonly height: bigint
  }[]
}

/** Everything that plays a part. */
interface World {
  readonly ctx: Ctx
  readonly tasks: Scope
  readonly log: DemoLog
  readonly anvil: Anvil
  readonly l1: L1Client
  readonly devnet: Devnet
  readonly addresses: BridgeAddresses
  readonly node: SettlementHandle
}

/** Plays the whole demo. @throws Error when something does not hold */
export async function play(
  ctx: Ctx,
  o: {
    readonly tasks: Scope
    readonly log: DemoLog
    readonly anvil: Anvil
    readonly folder: string
    readonly onGenesis: (l1: L1Client, genesisBlock: bigint, epochDuration: bigint) => void
  },
): Promise<Played> {
  const { anvil, log } = o
  const devnet = await deploy(anvil)
  log.say('the contracts are on L1')
  await anvil.request('evm_setIntervalMining', [1])
  const l1 = createL1Client({ chainId: BigInt(chainId), endpoints: [anvil.url] })
  const genesisBlock = await anvil.blockNumber()
  o.onGenesis(l1, genesisBlock, epochDuration)
  const addresses = { ...devnet.addresses, bridge: devnet.bridge }
  const node = new SettlementHandle({
    url: anvil.url,
    chainId: BigInt(chainId),
    key: anvilKey(accounts.aggregator),
    rollupManager: addresses.rollupManager,
    globalExitRootManager: addresses.globalExitRootManager,
    deploymentBlock: addresses.deploymentBlock ?? 0n,
    genesisBlock,
    epochDuration,
    folder: o.folder,
  })
  try {
    await node.start()
    log.say('the settlement node runs in a process of its own')
    const world = { ...o, ctx, l1, devnet, addresses, node }
    const part = { l1, addresses, endpoint: node, log }
    await using a = await DemoChain.start({
      ...part,
      name: 'A',
      networkId: networks.a,
      sequencer: accounts.a,
    })
    await using b = await DemoChain.start({
      ...part,
      name: 'B',
      networkId: networks.b,
      sequencer: accounts.b,
    })
    for (const chain of [a, b]) {
      watch(world, chain)
      o.tasks.spawnBackground((own) => chain.run(own))
    }
    log.say('chains A and B run, six validators each')
    await carry(world, a, b)
    await cheat(world)
    await audit(world, a, b)
    const chains = [a, b].map(({ name, networkId, height }) => ({ name, networkId, height }))
    return { chains }
  } catch (e) {
    if (node.errors !== '') log.say(`the settlement node wrote: ${node.errors}`)
    throw e
  } finally {
    await node.kill()
  }
}

async function deploy(anvil: Anvil): Promise<Devnet> {
  const devnet = await Devnet.deploy({
    url: anvil.url,
    chainId,
    deployerKey: anvilKey(accounts.owner),
    trustedAggregators: [keySigner(anvilKey(accounts.aggregator)).address],
  })
  for (const name of ['a', 'b', 'cheat'] as const) {
    const trustedSequencer = keySigner(anvilKey(accounts[name])).address
    await devnet.addChain({ networkId: networks[name], trustedSequencer })
  }
  return devnet
}

/** Tells what becomes of a chain's certificates and exits. */
function watch({ tasks, log }: World, { name, networkId, client }: DemoChain): void {
  tasks.spawnBackground(async (own) => {
    for await (const event of client.events(own)) {
      if (event.type === 'halted') log.say(`${name}: halted: ${event.message}`)
      else if (event.type === 'exit') log.say(`${name}: exit ${event.leafIndex} is ${event.stage}`)
      else {
        const { header } = event
        const { status, height } = header
        const error = status.type === 'inError' ? ` (${status.error.message})` : ''
        log.say(`${name}: certificate ${height} is ${status.type}${error}`)
        if (status.type === 'settled') log.settled.push({ networkId, header, atMs: log.nowMs })
      }
    }
  })
}

/** Deposit on L1 to A, A to B, B to L1; L1 takes blocks back, and the settlement node is killed. */
async function carry(world: World, a: DemoChain, b: DemoChain): Promise<void> {
  const { ctx, log, anvil, node } = world
  const { signal } = ctx
  const user = keySigner(anvilKey(accounts.user))

  await deposit(world, networks.a, user.address, 10n * ether)
  await until(ctx, 'A sees the deposit', () => a.client.claimOfDeposit(0))
  log.note('deposit of 10 ether on L1 for A')
  const before = await anvil.blockNumber()
  await anvil.reorg(4)
  await until(ctx, 'A forgets the deposit', () => a.client.claimOfDeposit(0) === undefined)
  log.note(`L1 took its last 4 blocks back, from block ${before}, and the deposit with them`)
  await deposit(world, networks.a, user.address, 10n * ether)
  const deposited = await until(ctx, 'A sees the deposit', () => a.client.claimOfDeposit(0))
  await a.act(user, { type: 'claim', claim: deposited }, signal)
  log.note('the deposit, made again, is claimed on A')

  const there = { destNetwork: networks.b, destAddress: user.address, amount: 4n * ether }
  await a.act(user, { type: 'exit', ...there }, signal)
  log.note('4 ether leave A for B')
  await until(ctx, "A's certificate is proven", () => {
    const status = a.client.status.certificate?.status.type
    return status === 'proven' || status === 'candidate' || undefined
  })
  await node.kill()
  log.note('the settlement node is killed')
  await ctx.sleep(1_000)
  await node.start()
  log.note('the settlement node runs again')
  const transferred = await until(ctx, 'the transfer is claimable', () => a.client.claimOfExit(0))
  await b.act(user, { type: 'claim', claim: transferred }, signal)
  log.note('4 ether are claimed on B')

  const home = { destNetwork: 0, destAddress: recipient, amount: (3n * ether) / 2n }
  await b.act(user, { type: 'exit', ...home }, signal)
  log.note('1.5 ether leave B for L1')
  const early = await until(ctx, 'the withdrawal is claimable', () => b.client.claimOfExit(0))
  // No blocks for now, so that the settlement does not come back before anybody has seen it gone.
  await anvil.request('evm_setIntervalMining', [0])
  await anvil.reorg(2)
  await until(ctx, 'B forgets its settlement', () => !b.client.isKnownExitRoot(early))
  await anvil.request('evm_setIntervalMining', [1])
  log.note("L1 took its last 2 blocks back, and the settlement of B's exit with them")
  const leaving = await until(ctx, 'it is settled again', () => b.client.claimOfExit(0))
  await withdraw(world, leaving)
  log.note('1.5 ether are withdrawn on L1')
}

/** Nobody's account: what it has on L1 came from B. */
const recipient = address(new Uint8Array(20).fill(0xbe))

async function deposit(
  { devnet }: World,
  networkId: number,
  to: Address,
  amount: bigint,
): Promise<void> {
  const none = hex(new Uint8Array(20))
  const args = [networkId, hex(to), amount, none, true, '0x']
  await devnet.send(devnet.bridge, bridgeAbi, 'bridgeAsset', args, amount)
}

async function withdraw({ devnet }: World, claim: ClaimedExit): Promise<void> {
  const { bridgeExit, globalIndex } = claim
  const { tokenInfo, destNetwork, destAddress, amount } = bridgeExit
  await devnet.send(devnet.bridge, bridgeAbi, 'claimAsset', [
    claim.smtProofLocalExitRoot.map(hex),
    claim.smtProofRollupExitRoot.map(hex),
    globalIndexToBigint(globalIndex),
    hex(claim.mainnetExitRoot),
    hex(claim.rollupExitRoot),
    tokenInfo.originNetwork,
    hex(tokenInfo.originTokenAddress),
    destNetwork,
    hex(destAddress),
    amount,
    '0x',
  ])
}

/** A chain that got 1 ether and lets 2 leave: its certificate is refused. */
async function cheat(world: World): Promise<void> {
  const { ctx, tasks, log, l1, addresses, node } = world
  const { address: to } = keySigner(anvilKey(accounts.user))
  await deposit(world, networks.cheat, to, ether)
  const bridgeExit: BridgeExit = {
    leafType: 'transfer',
    tokenInfo: { originNetwork: 0, originTokenAddress: address(new Uint8Array(20)) },
    destNetwork: 0,
    destAddress: recipient,
    amount: 2n * ether,
    metadata: undefined,
  }
  const client: SettlementClient = await createSettlement({
    node: {
      async *blocks({ from }) {
        await until(ctx, 'the deposit for C', () => client.claimOfDeposit(1))
        if (from === 0n) yield { number: 0n }
      },
    },
    execution: {
      exits() {
        const claim = client.claimOfDeposit(1)
        return { bridgeExits: [bridgeExit], claims: claim === undefined ? [] : [claim] }
      },
    },
    networkId: networks.cheat,
    l1,
    addresses,
    endpoint: node,
    signer: committeeSigner([keySigner(anvilKey(accounts.cheat))]),
    database: memoryDatabase(),
    finality: atOnce,
    submitAt: 0,
    pollIntervalMs: 400,
  })
  tasks.spawnBackground((own) => client.run(own))
  const halted = await until(ctx, 'the refusal', () => client.status.halted)
  log.note(`C got 1 ether and lets 2 leave: ${halted.code}`)
  log.check('the refusal', halted.code, 'BalanceUnderflow')
}

/** Every balance and root against L1. */
async function audit(world: World, a: DemoChain, b: DemoChain): Promise<void> {
  const { ctx, log, l1, devnet, addresses, node } = world
  const user = keySigner(anvilKey(accounts.user)).address
  await until(ctx, 'everything is settled', () => {
    const isDone = [a, b].every(({ client: { status } }) => {
      return status.certifiedExits === status.exits && status.certificate?.status.type === 'settled'
    })
    return isDone || undefined
  })
  const onL1 = async (of: Address): Promise<bigint> => {
    const balance = await l1.balance(of, 'latest', ctx)
    if (!balance.ok) throw new Error(balance.error.message)
    return balance.value
  }
  log.check('balance on A', a.ledger.state.value.balance(user), 6n * ether)
  log.check('balance on B', b.ledger.state.value.balance(user), (5n * ether) / 2n)
  log.check('withdrawn on L1', await onL1(recipient), (3n * ether) / 2n)
  const supply = a.ledger.state.value.supply + b.ledger.state.value.supply
  log.check('held by the bridge', await onL1(devnet.bridge), supply + ether)
  for (const { name, networkId, ledger } of [a, b]) {
    const rollup = await devnet.client.readContract({
      address: hex(addresses.rollupManager),
      abi: rollupManagerAbi,
      functionName: 'rollupIDToRollupDataV2',
      args: [networkId],
    })
    const info = await node.networkInfo(networkId)
    const settledRoot = info?.settledPpRoot ?? ZERO_HASH
    log.check(
      `local exit root of ${name} on L1`,
      rollup.lastLocalExitRoot,
      hex(ledger.state.value.localExitRoot),
    )
    log.check(`pessimistic root of ${name} on L1`, rollup.lastPessimisticRoot, hex(settledRoot))
  }
  const refused = await devnet.client.readContract({
    address: hex(addresses.rollupManager),
    abi: rollupManagerAbi,
    functionName: 'rollupIDToRollupDataV2',
    args: [networks.cheat],
  })
  log.check('pessimistic root of C on L1', refused.lastPessimisticRoot, hex(ZERO_HASH))
  for (const chain of [a, b]) {
    const roots = new Set((await chain.localExitRoots()).map(hex))
    log.check(`local exit roots of ${chain.name}'s six validators`, BigInt(roots.size), 1n)
  }
}

/** Waits until something is there. @throws Error when it takes too long */
async function until<T>(
  ctx: Ctx,
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const deadline = ctx.clock.now() + 90_000
  for (;;) {
    const seen = await look()
    if (seen !== undefined && seen !== false) return seen
    if (ctx.clock.now() > deadline) throw new Error(`in vain: ${what}`)
    await ctx.sleep(100)
  }
}

function hex(bytes: Uint8Array): `0x${string}` {
  return `0x${toHex(bytes)}`
}
