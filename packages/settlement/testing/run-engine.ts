import { Ctx, isCanceled, scope, yieldTurn, type Clock, type Random } from '@zkstack/concurrency'
import { ok, type Hash32, type Result } from '@zkstack/crypto'
import type { CallOptions, Certificate, NetworkId } from '@zkstack/pessimistic-proof'
import type { CertificateEvent } from '../src/certificates/network-effect.js'
import type { AcceptedCertificate, SubmissionL1 } from '../src/runner/submissions.js'
import { SettlementEngine, type SettlementEngineOptions } from '../src/runner/settlement-engine.js'
import type { Database } from '../src/storage/database.js'
import { jobStoreIn } from '../src/storage/job-store.js'
import type { ClockRecord } from '../src/storage/records.js'
import { SettlementStore } from '../src/storage/settlement-store.js'
import type { SubmissionError } from '../src/submission/submission-error.js'
import { SimulatedCertifier, simulatedCalls, type L1Contexts } from './simulated-certifier.js'
import { simulatedJobs } from './simulated-jobs.js'
import type { SimulatedL1 } from './simulated-l1.js'

/** What a process of the simulation is started with. */
export interface RunEngineOptions {
  readonly database: Database
  readonly l1: SimulatedL1
  readonly contexts: L1Contexts
  readonly clock: Clock
  readonly random: Random
  /** Cancelled when the process dies. */
  readonly ctx?: Ctx | undefined
  /** The epoch that the clock of the process shows; default 0. */
  readonly epoch?: bigint | undefined
  /** Changes to what the engine is made of. */
  readonly engine?: Partial<SettlementEngineOptions> | undefined
  /** Makes the job service; default: {@link simulatedJobs}. */
  readonly jobs?: typeof simulatedJobs | undefined
  /** Called before the engine starts. */
  readonly prepare?: ((certifier: SimulatedCertifier) => void) | undefined
}

/** A settlement engine that runs in the simulation. */
export interface RunningEngine {
  readonly engine: SettlementEngine
  readonly store: SettlementStore
  readonly certifier: SimulatedCertifier
  /** Every event so far. */
  readonly events: readonly (CertificateEvent & { readonly networkId: NetworkId })[]
  submit(certificate: Certificate): Promise<Result<AcceptedCertificate, SubmissionError>>
  /** Waits until a certificate has this status. */
  untilStatus(certificateId: Hash32, status: string): Promise<void>
  /** Waits until something is so. */
  until(isSo: () => boolean | Promise<boolean>): Promise<void>
  /** Ends an epoch. */
  openEpoch(epoch: bigint): Promise<void>
}

/** The clock that tests store. */
export function testClock(height: bigint): ClockRecord {
  return { type: 'block', genesis: 0n, epochDuration: 1n, height }
}

/**
 * Runs a settlement engine, as one process would, until `body` ends.
 * @returns what the body returned; `undefined` if the process died before.
 */
export async function runEngine<T>(
  o: RunEngineOptions,
  body: (running: RunningEngine) => Promise<T>,
): Promise<T | undefined> {
  using root = (o.ctx ?? Ctx.root({ clock: o.clock, random: o.random })).child()
  try {
    const store = await SettlementStore.open(o.database)
    await store.openEpoch(o.epoch ?? 0n, testClock(o.epoch ?? 0n))
    return await scope(root, async (ctx, tasks) => {
      const running = makeEngine(o, store, { signal: ctx.signal })
      tasks.spawnBackground((own) => running.engine.run(own))
      return body(running)
    })
  } catch (e) {
    if (root.canceled || isCanceled(e)) return undefined
    throw e
  }
}

function makeEngine(o: RunEngineOptions, store: SettlementStore, call: CallOptions): RunningEngine {
  const { l1, clock, random, contexts } = o
  const certifier = new SimulatedCertifier(l1, contexts)
  o.prepare?.(certifier)
  const events: (CertificateEvent & { readonly networkId: NetworkId })[] = []
  const engine = new SettlementEngine({
    store,
    certifier,
    calls: simulatedCalls,
    jobs: (o.jobs ?? simulatedJobs)(jobStoreIn(o.database), o),
    l1: { observe: async (networkId) => l1.observe(networkId) },
    submissionL1: simulatedSigners(l1, contexts),
    clock,
    random,
    onEvent(networkId, event) {
      events.push({ ...event, networkId })
    },
    ...o.engine,
  })
  const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
    while (!(await isSo())) {
      call.signal.throwIfAborted()
      await yieldTurn()
    }
  }
  return {
    engine,
    store,
    certifier,
    events,
    until,
    submit: (certificate) => engine.submit(certificate, call),
    untilStatus: (id, status) =>
      until(async () => (await store.header(id))?.status.type === status),
    async openEpoch(epoch) {
      await engine.openEpoch(epoch, testClock(epoch))
    },
  }
}

/** Who signs for a network is what L1 says about any of its certificates. */
function simulatedSigners(l1: SimulatedL1, contexts: L1Contexts): SubmissionL1 {
  const [any] = contexts.values()
  return {
    async signers() {
      if (any === undefined) return ok(undefined)
      const { aggchain } = any
      return ok(
        aggchain.type === 'legacyEcdsa'
          ? { type: 'trustedSequencer', signer: aggchain.signer }
          : { type: 'committee', signers: aggchain.signers, threshold: aggchain.threshold },
      )
    },
    receipt: async (txHash) => l1.receipt(txHash),
  }
}
