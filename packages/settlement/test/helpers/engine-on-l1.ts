import { Ctx, realClock, scope, systemRandom, type Clock } from '@zkstack/concurrency'
import { fromHex, toHex, type Hash32 } from '@zkstack/crypto'
import {
  createL1Client,
  createTransactionManager,
  keySigner,
  multiplier,
  type L1Client,
  type TransactionManager,
  type TransactionPolicy,
} from '@zkstack/l1'
import { anvilKey } from '@zkstack/l1/testing'
import { address, nativeProver, type CallOptions } from '@zkstack/pessimistic-proof'
import {
  ContractsOnL1,
  createCertifier,
  jobStoreIn,
  L1ObserverOnL1,
  SettlementCallsOnL1,
  SettlementEngine,
  SettlementStore,
  type CertificateEvent,
  type ContractAddresses,
  type Database,
} from '../../src/index.js'
import { devnetVKey, testClock } from '../../testing/index.js'

/** The anvil account that settles. */
export const settlerKey = anvilKey(1)

/** The address of {@link settlerKey}. */
export const settler = keySigner(settlerKey).address

/** The chain that anvil makes. */
export const anvilChainId = 1337

const fee = { multiplier: multiplier(1), floor: 1n, ceiling: 100_000_000_000n }

/** How long things may take on a chain that makes a block for each transaction. */
export const anvilPolicy: TransactionPolicy = {
  finality: { tag: 'latest', confirmations: 1 },
  retryOnTransientFailure: { initialMs: 50, factor: 1.5, maxMs: 300, jitterMs: 20 },
  retryOnNotIncluded: { initialMs: 600, factor: 1.5, maxMs: 2_000, jitterMs: 50 },
  fees: { maxFee: fee, maxPriorityFee: fee },
  gasLimit: { multiplier: multiplier(1.3), ceiling: 5_000_000n },
}

/** What {@link runEngineOnL1} takes. */
export interface EngineOnL1Options {
  readonly url: string
  readonly addresses: ContractAddresses
  readonly database: Database
  readonly policy?: TransactionPolicy
  /** Cancelled when the process dies. */
  readonly ctx?: Ctx
  readonly clock?: Clock
  /** Changes the client of the transaction manager. */
  readonly wrapClient?: (client: L1Client) => L1Client
  readonly onEvent?: (event: CertificateEvent & { readonly networkId: number }) => void
}

/** A settlement node without its servers, on contracts of a real L1. */
export interface EngineOnL1 {
  readonly engine: SettlementEngine
  readonly store: SettlementStore
  readonly contracts: ContractsOnL1
  readonly manager: TransactionManager
  readonly call: CallOptions
  /** Waits until a certificate has this status. @throws Error when it has another one that is an end. */
  untilStatus(certificateId: Hash32, status: 'candidate' | 'settled' | 'inError'): Promise<void>
}

/** Runs a settlement node until `body` ends. */
export async function runEngineOnL1<T>(
  o: EngineOnL1Options,
  body: (running: EngineOnL1) => Promise<T>,
): Promise<T> {
  using root = (o.ctx ?? Ctx.root()).child()
  const store = await SettlementStore.open(o.database)
  await store.openEpoch(0n, testClock(0n))
  const { url, addresses, policy = anvilPolicy } = o
  const { finality } = policy
  const client = createL1Client({
    chainId: BigInt(anvilChainId),
    endpoints: [url],
    timeoutMs: 2_000,
    minRestMs: 20,
    maxRestMs: 200,
  })
  const contracts = new ContractsOnL1({ client, ...addresses, finality, pollIntervalMs: 50 })
  const manager = createTransactionManager({
    client: o.wrapClient?.(client) ?? client,
    signers: [keySigner(settlerKey)],
    store: jobStoreIn(o.database),
    pollIntervalMs: 20,
    policy,
  })
  const engine = new SettlementEngine({
    store,
    certifier: createCertifier({ contracts, prover: nativeProver(), accepts: { type: 'native' } }),
    calls: new SettlementCallsOnL1({
      client,
      contracts,
      rollupManager: addresses.rollupManager,
      developmentVKey: devnetVKey,
    }),
    jobs: manager,
    l1: new L1ObserverOnL1({ client, ...addresses, finality }),
    submissionL1: contracts,
    retry: { initialMs: 50, factor: 2, maxMs: 500, maxAttempts: 100 },
    clock: o.clock ?? realClock,
    random: systemRandom,
    onEvent: (networkId, event) => o.onEvent?.({ ...event, networkId }),
  })
  return await scope(root, async (ctx, tasks) => {
    tasks.spawnBackground((own) => manager.run(own))
    tasks.spawnBackground((own) => engine.run(own))
    const call = { signal: ctx.signal }
    return body({
      engine,
      store,
      contracts,
      manager,
      call,
      async untilStatus(certificateId, status) {
        for (;;) {
          const header = await store.header(certificateId)
          const found = header?.status
          if (found?.type === status) return
          if (found?.type === 'inError')
            throw new Error(`in error: ${found.error.reason}: ${found.error.message}`)
          await ctx.sleep(10)
        }
      },
    })
  })
}

/** Addresses as text, for the arguments of a process. */
export function addressesToText({
  rollupManager,
  globalExitRootManager,
}: ContractAddresses): string {
  return `${toHex(rollupManager)},${toHex(globalExitRootManager)}`
}

/** Inverse of {@link addressesToText}. */
export function addressesFromText(text: string): ContractAddresses {
  const [rollupManager, globalExitRootManager] = text
    .split(',')
    .map((hex) => address(fromHex(hex) ?? new Uint8Array(0)))
  if (rollupManager === undefined || globalExitRootManager === undefined)
    throw new TypeError('addresses: two are needed')
  return { rollupManager, globalExitRootManager }
}
