import { Channel, onAbort, realClock, systemRandom } from '@zkstack/concurrency'
import { ok } from '@zkstack/crypto'
import { createTransactionManager, memoryJobStore } from '@zkstack/l1'
import {
  SimulatedL1 as SimulatedEthereum,
  simulatedL1Client,
  simulatedSigner,
} from '@zkstack/l1/testing'
import type { NetworkId } from '@zkstack/pessimistic-proof'
import type { Submission } from '@zkstack/pessimistic-proof/testing'
import {
  certificateAdmin,
  memoryDatabase,
  readLatestHeaders,
  readNetworkInfo,
  type CertificateEvent,
  type EpochConfiguration,
  type SettlementEngineOptions,
  type SettlementEvent,
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
  const listeners = new Set<Channel<SettlementEvent>>()
  const tell = (event: SettlementEvent): void => {
    for (const listener of listeners) listener.trySend(event)
  }
  const world = {
    database,
    l1: new SimulatedL1(),
    contexts: contextsOf(o.submissions),
    clock: realClock,
    random: systemRandom,
    engine: {
      ...o.engine,
      onEvent(networkId: NetworkId, event: CertificateEvent) {
        tell({ ...event, networkId })
      },
    },
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
      async submit(certificate, call) {
        const accepted = await engine.submit(certificate, call)
        if (!accepted.ok || !accepted.value.isNew) return accepted
        const { networkId, height } = certificate
        const { certificateId } = accepted.value
        tell({
          ...{ type: 'statusChanged', networkId, certificateId, height },
          status: { type: 'pending' },
        })
        return accepted
      },
      header: (certificateId) => store.header(certificateId),
      latestHeaders: (networkId) => readLatestHeaders(database, networkId),
      networkInfo: (networkId) => readNetworkInfo(database, networkId),
      disableNetwork: (networkId) => engine.disableNetwork(networkId),
      enableNetwork: (networkId) => engine.enableNetwork(networkId),
      admin: certificateAdmin({ engine, store }),
      events({ signal } = {}) {
        const events = new Channel<SettlementEvent>(Infinity)
        listeners.add(events)
        if (signal !== undefined)
          onAbort(signal, () => {
            listeners.delete(events)
            events.close()
          })
        return events
      },
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
