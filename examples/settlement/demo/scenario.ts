import { toHex } from '@zkstack/crypto'
import { keySigner } from '@zkstack/l1'
import { anvilKey } from '@zkstack/l1/testing'
import { address, type BridgeExit } from '@zkstack/pessimistic-proof'
import {
  committeeSigner,
  createSettlement,
  memoryDatabase,
  type CertificateHeader,
  type SettlementClient,
} from '@zkstack/settlement'
import { ether, etherInGwei } from './amounts.js'
import { atOnce, demoUser, type DemoChain } from './demo-chain.js'
import { DemoError } from './demo-error.js'
import { accounts } from './demo-l1.js'
import { postCertificate, untilSettled } from './real-certificates.js'
import type { Story } from './story.js'
import { until, within } from './until.js'
import { networks, type World } from './world.js'

/** Who deposits, transfers and withdraws. */
export const user = demoUser(1)

/** Nobody's account: what it has on L1 came from B. */
export const recipient = address(new Uint8Array(20).fill(0xbe))

/** Plays everything, until all certificates are settled. @throws Error when something does not come */
export async function play(world: World): Promise<void> {
  const { a, b, tasks } = world
  for (const chain of [a, b]) {
    follow(world, chain)
    tasks.spawnBackground((own) => chain.run(own))
  }
  await depositTwice(world)
  await leaveA(world)
  await postRealCertificates(world)
  await arriveOnB(world)
  await withdraw(world)
  await cheat(world)
  const { length } = world.realCertificates
  await until(
    world.ctx,
    'the real certificates are settled',
    () => world.story.settledElsewhere === length,
  )
  await until(world.ctx, 'A and B are settled', () =>
    [a, b].every(({ client: { status } }) => {
      return status.certifiedExits === status.exits && status.certificate?.status.type === 'settled'
    }),
  )
}

/** Tells what becomes of a chain's certificates and exits. */
function follow({ tasks, story }: World, { name, client }: DemoChain): void {
  tasks.spawnBackground(async (own) => {
    for await (const event of client.events(own)) {
      if (event.type === 'halted')
        throw new DemoError(`${name} settles no more: ${event.code}: ${event.message}`)
      if (event.type === 'exit') {
        if (event.stage === 'claimable')
          story.tell(`exit ${event.leafIndex} of ${name} is claimable`)
      } else {
        const { status, height } = event.header
        if (status.type === 'settled') settledIn(story, name, event.header)
        else if (status.type !== 'inError')
          story.tell(`certificate ${height} of ${name} is ${status.type}`)
        else story.tell(`certificate ${height} of ${name}: ${status.error.message}`, 'bad')
      }
    }
  })
}

function settledIn(story: Story, of: 'A' | 'B' | number, header: CertificateHeader): void {
  const { height, epochNumber, certificateIndex, certificateId } = header
  const isChain = typeof of === 'string'
  story.happened({
    kind: 'settled',
    lane: isChain ? of : 'node',
    to: 'L1',
    title: `Certificate ${height} of ${isChain ? of : `network ${of}`} settled`,
    detail: `epoch ${epochNumber ?? '–'}, place ${certificateIndex ?? '–'} · ${toHex(certificateId).slice(0, 8)}`,
  })
}

/** A deposit for A, which L1 takes back, and which is made again. */
async function depositTwice({ ctx, story, l1, a }: World): Promise<void> {
  const deposit = { networkId: networks.a, to: user.address, wei: 10n * ether }
  await l1.deposit(ctx, deposit)
  await until(ctx, 'A sees the deposit', () => a.client.claimOfDeposit(0))
  story.happened({ kind: 'deposit', lane: 'L1', to: 'A', title: '10 ether deposited for A' })
  const depth = await l1.reorg(() =>
    until(ctx, 'A forgets the deposit', () => a.client.claimOfDeposit(0) === undefined),
  )
  story.happened({
    kind: 'reorg',
    lane: 'L1',
    title: `Reorg: L1 takes ${depth} blocks back`,
    detail: 'with the deposit; A forgets it',
  })
  await l1.deposit(ctx, deposit)
  const deposited = await until(ctx, 'A sees the deposit', () => a.client.claimOfDeposit(0))
  story.happened({ kind: 'deposit', lane: 'L1', to: 'A', title: '10 ether deposited again' })
  await a.claim(ctx, user, deposited)
  story.happened({ kind: 'action', lane: 'A', title: 'Claimed on A' })
}

/** A to B; the settlement node is killed on the way. */
async function leaveA({ ctx, story, node, a }: World): Promise<void> {
  const to = { destNetwork: networks.b, destAddress: user.address, amount: 4n * etherInGwei }
  await a.exit(ctx, user, to)
  story.happened({ kind: 'action', lane: 'A', to: 'B', title: '4 ether leave A for B' })
  await until(ctx, "A's certificate is proven", () => {
    const status = a.client.status.certificate?.status.type
    return status === 'proven' || status === 'candidate' || status === 'settled'
  })
  await node.kill()
  story.happened({ kind: 'crash', lane: 'node', title: 'Settlement node killed (SIGKILL)' })
  await within(ctx, 'the settlement node listens again', () => node.start())
  story.happened({
    kind: 'restart',
    lane: 'node',
    title: 'Settlement node runs again',
    detail: 'and goes on where it was',
  })
}

/** Seven certificates of public networks, which settle beside all that follows. */
async function postRealCertificates({
  ctx,
  tasks,
  story,
  node,
  realCertificates,
}: World): Promise<void> {
  for (const certificate of realCertificates) {
    const answer = (await postCertificate(node.url, certificate)) as { readonly result?: unknown }
    const expected = `0x${certificate.id}`
    if (answer.result !== expected)
      throw new DemoError(`a real certificate is refused: ${JSON.stringify(answer)}`)
    tasks.spawnBackground(async (own) => {
      const header = await untilSettled(node.client, certificate, own)
      story.settledElsewhere += 1
      settledIn(story, certificate.network, header)
    })
  }
  ctx.throwIfCanceled()
  story.happened({
    kind: 'action',
    lane: 'node',
    title: `${realCertificates.length} real certificates submitted`,
    detail: 'of networks 14 and 15, over HTTP',
  })
}

async function arriveOnB({ ctx, story, a, b }: World): Promise<void> {
  const left = await until(ctx, 'the transfer is claimable', () => a.client.claimOfExit(0))
  await until(ctx, 'B sees the settlement of A', () => b.client.isKnownExitRoot(left))
  await b.claim(ctx, user, left)
  story.happened({ kind: 'action', lane: 'B', title: 'Claimed on B' })
}

/** B to L1; L1 takes the settlement back. */
async function withdraw({ ctx, story, l1, b }: World): Promise<void> {
  const home = { destNetwork: 0, destAddress: recipient, amount: (3n * etherInGwei) / 2n }
  await b.exit(ctx, user, home)
  story.happened({ kind: 'action', lane: 'B', to: 'L1', title: '1.5 ether leave B for L1' })
  const early = await until(ctx, 'the withdrawal is claimable', () => b.client.claimOfExit(0))
  const depth = await l1.reorg(() =>
    until(ctx, 'B forgets its settlement', () => !b.client.isKnownExitRoot(early)),
  )
  story.happened({
    kind: 'reorg',
    lane: 'L1',
    title: `Reorg: L1 takes ${depth} blocks back`,
    detail: 'with the settlement; it is sent again',
  })
  const leaving = await until(ctx, 'it is settled again', () => b.client.claimOfExit(0))
  await l1.withdraw(ctx, leaving)
  story.happened({ kind: 'withdrawal', lane: 'L1', title: '1.5 ether withdrawn on L1' })
}

/** A chain that got 1 ether and lets 2 leave: its certificate is refused. */
async function cheat({ ctx, tasks, story, options, l1, node }: World): Promise<void> {
  await l1.deposit(ctx, { networkId: networks.cheat, to: user.address, wei: ether })
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
        await until(ctx, 'C sees its deposit', () => client.claimOfDeposit(1))
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
    l1: l1.client,
    addresses: l1.addresses,
    endpoint: node.client,
    signer: committeeSigner([keySigner(anvilKey(accounts.cheat))]),
    database: memoryDatabase(),
    finality: atOnce,
    submitAt: 0,
    pollIntervalMs: Math.round(options.blockMs * 0.4),
    heads: l1.heads,
  })
  tasks.spawnBackground((own) => client.run(own))
  const halted = await until(ctx, 'C is refused', () => client.status.halted)
  story.happened({
    kind: 'refused',
    lane: 'node',
    title: 'Chain C is refused',
    detail: `2 ether leave, 1 came: ${halted.code}`,
  })
  story.check('why C is refused', { actual: halted.code, expected: 'BalanceUnderflow' })
}
