import { realClock, systemRandom } from '@zkstack/concurrency'
import { ok } from '@zkstack/crypto'
import { createTransactionManager, memoryJobStore } from '@zkstack/l1'
import {
  SimulatedL1 as SimulatedEthereum,
  simulatedL1Client,
  simulatedSigner,
} from '@zkstack/l1/testing'
import type { Submission } from '@zkstack/pessimistic-proof/testing'
import {
  memoryDatabase,
  readLatestHeaders,
  readNetworkInfo,
  type EpochConfiguration,
  type SettlementEngineOptions,
} from '@zkstack/settlement'
import { contextsOf, runEngine, SimulatedL1 } from '@zkstack/settlement/testing'
import type { SettlementService } from '../src/settlement-service.js'

/** What {@link runSimulatedNode} takes. */
export interface SimulatedNodeOptions {
  /** What L1 says about these certificates is what the node is told. */
  readonly submissions: readonly Submission[]
  /** Default: epochs are counted by time. */
  readonly epochConfiguration?: EpochConfiguration | undefined
  /** Changes to what the engine is made of. */
  readonly engine?: Partial<SettlementEngineOptions> | undefined
}

/**
 * Runs a settlement node in memory, on a simulated L1, until `body` ends. Certificates settle; the settlement jobs that operators see
 * are of another L1, which is empty.
 */
export async function runSimulatedNode<T>(
  o: SimulatedNodeOptions,
  body: (service: SettlementService) => Promise<T>,
): Promise<T | undefined> {
  const database = memoryDatabase()
  const world = {
    database,
    l1: new SimulatedL1(),
    contexts: contextsOf(o.submissions),
    clock: realClock,
    random: systemRandom,
    engine: o.engine,
  }
  const ethereum = simulatedL1Client(new SimulatedEthereum())
  return runEngine(world, ({ engine, store }) => {
    const node: Omit<SettlementService['node'], 'endpoint'> = {
      store,
      jobs: createTransactionManager({
        client: ethereum,
        signers: [simulatedSigner(0)],
        store: memoryJobStore(),
      }),
      submit: (certificate, call) => engine.submit(certificate, call),
      header: (certificateId) => store.header(certificateId),
      latestHeaders: (networkId) => readLatestHeaders(database, networkId),
      networkInfo: (networkId) => readNetworkInfo(database, networkId),
      disableNetwork: (networkId) => engine.disableNetwork(networkId),
      enableNetwork: (networkId) => engine.enableNetwork(networkId),
      events: () => ({
        async *[Symbol.asyncIterator]() {
          /* the simulation tells nothing */
        },
      }),
    }
    return body({ node: { ...node, endpoint: endpointOf(node, o) }, l1: ethereum })
  })
}

function endpointOf(
  node: Omit<SettlementService['node'], 'endpoint'>,
  { epochConfiguration }: SimulatedNodeOptions,
): SettlementService['node']['endpoint'] {
  return {
    async submit(certificate, call) {
      const accepted = await node.submit(certificate, call)
      return accepted.ok ? ok(accepted.value.certificateId) : accepted
    },
    header: async (certificateId) => ok(await node.header(certificateId)),
    latestHeaders: async (networkId) => ok(await node.latestHeaders(networkId)),
    epochConfiguration: async () => ok(epochConfiguration),
  }
}
