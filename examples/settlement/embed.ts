/**
 * `npm start -w examples/settlement`: the smallest program that settles a chain. A validator, its ledger, a settlement node and a
 * client in one process, on a local L1; one deposit comes in, and one exit is followed to L1.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ctx, scope, systemRandom } from '@zkstack/concurrency'
import { ed25519Scheme } from '@zkstack/crypto'
import { createNode } from '@zkstack/executor'
import { keySigner } from '@zkstack/l1'
import { anvilKey } from '@zkstack/l1/testing'
import { nativeProver } from '@zkstack/pessimistic-proof'
import { createGenesis, generateNodeKey, generateValidatorKey } from '@zkstack/roles'
import {
  createSettlement,
  createSettlementNode,
  levelDatabase,
  sequencerSigner,
  type ClaimedExit,
  type SettlementClient,
} from '@zkstack/settlement'
import { devnetSelector, devnetVKey } from '@zkstack/settlement/testing'
import { memoryStore } from '@zkstack/storage'
import { openLedger, signClaim, signExit } from 'zkstack-example-ledger'
import { showWei } from './demo/amounts.js'
import { atOnce, demoUser } from './demo/demo-chain.js'
import { accounts, DemoL1 } from './demo/demo-l1.js'
import { until } from './demo/until.js'

const [networkId, chainId] = [1, 1001n]
const user = demoUser(1)
const folder = await mkdtemp(join(tmpdir(), 'settlement-'))
using ctx = Ctx.root({ timeoutMs: 120_000 })

// The local L1, with the contracts and the chain's place among them.
await using l1 = await DemoL1.start()
const sequencer = keySigner(anvilKey(accounts.a))
await l1.devnet.addChain({ networkId, trustedSequencer: sequencer.address })

// The chain. Its ledger pays a claim out when L1 had the exit roots: the client, which comes last, knows.
const made: { client?: SettlementClient } = {}
const isKnownExitRoot = (claim: ClaimedExit): boolean =>
  made.client?.isKnownExitRoot(claim) ?? false
await using ledger = await openLedger({
  path: join(folder, 'ledger'),
  genesis: { chainId, firstBlock: 0n, networkId, balances: {} },
  bridge: { isKnownExitRoot },
})
const validatorKey = generateValidatorKey(ed25519Scheme.current, systemRandom)
const validators = [{ key: validatorKey.publicKey, weight: 1n, leader: true }]
const genesis = createGenesis({
  ...{ chainId, forkNumber: 0n, firstBlock: 0n, scheme: validatorKey.scheme },
  schedule: { validators, leaderSelection: { frequency: 1n, mode: 'roundRobin' } },
})
if (!genesis.ok) throw new Error(genesis.error.code)
await using store = memoryStore()
await using node = await createNode({
  ...{ genesis: genesis.value, validatorKey, nodeKey: generateNodeKey(systemRandom), store },
  ...{ execution: ledger.execution, mempool: ledger.mempool, listen: '127.0.0.1:0' },
})

const databases = {
  settlement: await levelDatabase(join(folder, 'settlement')),
  client: await levelDatabase(join(folder, 'client')),
}

// The settlement node. FOR DEVELOPMENT: it makes no proofs, and takes L1's newest blocks for final.
const settlement = await createSettlementNode({
  ...{ l1: l1.client, addresses: l1.addresses, signers: [keySigner(anvilKey(accounts.settler))] },
  database: databases.settlement,
  epochs: { type: 'block', genesisBlock: await l1.anvil.blockNumber(), epochDuration: 6n },
  ...{ prover: nativeProver(), accepts: { type: 'native' }, gatewaySelector: devnetSelector },
  developmentVKey: devnetVKey,
  finality: { l1InfoRoots: atOnce, settlements: atOnce },
  heads: l1.heads,
})
if (!settlement.ok) throw new Error(settlement.error.code)

// The client, which carries what leaves the chain to L1.
const client = await createSettlement({
  ...{ node, execution: ledger.execution, networkId, l1: l1.client, addresses: l1.addresses },
  endpoint: settlement.value.endpoint,
  signer: sequencerSigner(sequencer),
  database: databases.client,
  finality: atOnce,
  pollIntervalMs: 100,
  heads: l1.heads,
})
made.client = client

await scope(ctx, async (inner, tasks) => {
  tasks.spawnBackground((own) => l1.mine(own, 100, () => undefined))
  tasks.spawnBackground((own) => settlement.value.run(own))
  tasks.spawnBackground((own) => client.run(own))
  await l1.deposit(inner, { networkId, to: user.address, wei: 10n ** 18n })
  const claimed = await until(inner, 'the deposit is seen', () => client.claimOfDeposit(0))
  await node.submit(signClaim({ chainId, nonce: 0n, fee: 1n, claimed }, user.seed))
  const leaving = { destNetwork: 0, destAddress: sequencer.address, amount: 10n ** 8n }
  const exit = signExit({ chainId, nonce: 1n, fee: 1n, ...leaving }, user.seed)
  await until(inner, 'the claim is final', async () => (await node.submit(exit)) === 'accepted')
  for await (const { stage, bridgeExit } of client.exit(0, inner))
    console.log(`${showWei(bridgeExit.amount)} on its way to L1: ${stage}`)
})
await Promise.all([databases.settlement.close(), databases.client.close()])
await rm(folder, { recursive: true, force: true })
