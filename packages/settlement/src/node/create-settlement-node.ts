import { realClock, scope, silentLogger, systemRandom, type Ctx } from '@zkstack/concurrency'
import { err, ok, type Result } from '@zkstack/crypto'
import {
  createTransactionManager,
  defaultTransactionPolicy,
  HeadSigns,
  type HeadSource,
} from '@zkstack/l1'
import { createCertifier } from '../certifier/create-certifier.js'
import { currentEpoch } from '../clock/epoch-clock.js'
import { resumeClock, type ClockConfiguration, type ClockMismatch } from '../clock/resume-clock.js'
import { ContractsOnL1 } from '../contracts/contracts-on-l1.js'
import { L1ObserverOnL1 } from '../contracts/l1-observer-on-l1.js'
import { SettlementCallsOnL1 } from '../contracts/settlement-calls-on-l1.js'
import type { EpochWentBack } from '../epochs/plan-epochs.js'
import { SettlementEngine } from '../runner/settlement-engine.js'
import { SingleRun } from '../runner/single-run.js'
import { DatabaseHold } from '../storage/database-hold.js'
import { jobStoreIn } from '../storage/job-store.js'
import { readLatestHeaders, readNetworkInfo } from '../storage/network-info.js'
import type { ClockRecord } from '../storage/records.js'
import { SettlementStore } from '../storage/settlement-store.js'
import { Broadcast } from './broadcast.js'
import { certificateAdmin } from './certificate-admin.js'
import { ClockDriver } from './clock-driver.js'
import { embeddedEndpoint } from './embedded-endpoint.js'
import type { EpochSchedule, SettlementNodeOptions } from './settlement-node-options.js'
import type { SettlementEvent, SettlementNode } from './settlement-node.js'

/**
 * Makes a settlement node that settles on L1 by its contracts. It does nothing until `run`, except that it answers and accepts.
 *
 * @throws SettlementStorageError; `STORAGE_LOCKED` while another node runs on the same database.
 */
export async function createSettlementNode(
  o: SettlementNodeOptions,
): Promise<Result<SettlementNode, ClockMismatch | EpochWentBack>> {
  const { clock = realClock, random = systemRandom, logger = silentLogger } = o
  const hold = new DatabaseHold(o.database, 'settlement node')
  const { database } = hold
  const store = await SettlementStore.open(database)
  const resumed = resumeClock(await store.clock(), clockOf(o.epochs, clock.nowUtc()))
  if (!resumed.ok) return resumed
  const { record } = resumed.value
  const opened = await store.openEpoch(currentEpoch(resumed.value.clock), record)
  if (!opened.ok) return err(opened.error)
  const events = new Broadcast<SettlementEvent>()
  const signs = new HeadSigns()
  const jobs = createTransactionManager({
    client: o.l1,
    signers: o.signers,
    store: jobStoreIn(database),
    policy: o.transactions,
    pollIntervalMs: o.pollIntervalMs,
    heads: signs,
    clock,
    random,
    logger,
    metrics: o.metrics,
  })
  const engine = new SettlementEngine({
    ...partsOnL1(o),
    store,
    jobs,
    clock,
    random,
    logger,
    rateLimits: o.rateLimits,
    certificatesPerEpoch: o.certificatesPerEpoch,
    retry: o.retry,
    maxHeightsAhead: o.maxHeightsAhead,
    debug: o.debug,
    backups: o.backups,
    onEvent(networkId, event) {
      events.send({ ...event, networkId })
    },
  })
  const driver = clockDriver(o, { engine, record, events, signs })
  const single = new SingleRun('the settlement node')
  const node: Omit<SettlementNode, 'endpoint'> = {
    store,
    jobs,
    run: (ctx) =>
      single.run(() =>
        hold.during(async () => {
          await store.rereadEpoch()
          return scope(ctx, async (inner, tasks) => {
            if (o.heads !== undefined) tasks.spawnBackground(followed(o.heads, signs))
            tasks.spawnBackground((own) => jobs.run(own))
            tasks.spawnBackground((own) => driver.run(own))
            return engine.run(inner)
          })
        }),
      ),
    async submit(certificate, call) {
      const accepted = await hold.during(() => engine.submit(certificate, call))
      if (!accepted.ok || !accepted.value.isNew) return accepted
      const { networkId, height } = certificate
      const { certificateId } = accepted.value
      const status = { type: 'pending' } as const
      events.send({ type: 'statusChanged', networkId, certificateId, height, status })
      return accepted
    },
    header: (certificateId) => store.header(certificateId),
    latestHeaders: (networkId) => readLatestHeaders(database, networkId),
    networkInfo: (networkId) => readNetworkInfo(database, networkId),
    disableNetwork: (networkId) => engine.disableNetwork(networkId),
    enableNetwork: (networkId) => engine.enableNetwork(networkId),
    admin: certificateAdmin({
      engine: {
        editNetwork: (networkId, edit, how) =>
          hold.during(() => engine.editNetwork(networkId, edit, how)),
      },
      store,
      onEdited({ networkId, certificateId, height, status }) {
        events.send({ type: 'statusChanged', networkId, certificateId, height, status })
      },
    }),
    events: ({ signal } = {}) => events.subscribe(signal),
  }
  return ok({ ...node, endpoint: embeddedEndpoint(node, record) })
}

/** Passes on the signs of a source. */
function followed(heads: HeadSource, signs: HeadSigns): (ctx: Ctx) => Promise<void> {
  return (ctx) =>
    heads.run(ctx, () => {
      signs.tell()
    })
}

function clockOf(epochs: EpochSchedule, nowMs: number): ClockConfiguration {
  const { type, epochDuration } = epochs
  return { type, epochDuration, genesis: type === 'block' ? epochs.genesisBlock : BigInt(nowMs) }
}

function partsOnL1(o: SettlementNodeOptions) {
  const { l1: client, addresses, clock, finality = {} } = o
  const { tag } = (o.transactions ?? defaultTransactionPolicy).finality
  const { rollupManager, deploymentBlock } = addresses
  const contracts = new ContractsOnL1({
    ...addresses,
    client,
    clock,
    finality: finality.l1InfoRoots,
    pollIntervalMs: o.pollIntervalMs,
    proofSigners: o.proofSigners,
  })
  return {
    submissionL1: contracts,
    certifier: createCertifier({ contracts, prover: o.prover, accepts: o.accepts }),
    calls: new SettlementCallsOnL1({
      client,
      rollupManager,
      contracts,
      gatewaySelector: o.gatewaySelector,
      developmentVKey: o.developmentVKey,
    }),
    l1: new L1ObserverOnL1({
      client,
      rollupManager,
      deploymentBlock,
      finality: finality.settlements ?? { tag, confirmations: 1 },
    }),
  }
}

function clockDriver(
  o: SettlementNodeOptions,
  parts: {
    readonly engine: SettlementEngine
    readonly record: ClockRecord
    readonly events: Broadcast<SettlementEvent>
    readonly signs: HeadSigns
  },
): ClockDriver {
  const { l1, pollIntervalMs = 2000, clock = realClock, logger = silentLogger, onClock } = o
  return new ClockDriver({
    ...parts,
    l1,
    pollIntervalMs,
    time: clock,
    logger,
    onEpoch(epoch) {
      parts.events.send({ type: 'epochStarted', epoch })
    },
    onEvent(event) {
      onClock?.(event)
    },
  })
}
