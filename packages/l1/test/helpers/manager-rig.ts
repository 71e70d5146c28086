import { Ctx, ManualClock, MemoryMetrics, scope, seededRandom } from '@zkstack/concurrency'
import { recordingLogger } from '@zkstack/concurrency/testing'
import type { Result } from '@zkstack/crypto'
import {
  createTransactionManager,
  memoryJobStore,
  type JobError,
  type JobId,
  type JobStore,
  type L1Client,
  type TransactionManager,
} from '@zkstack/l1'
import {
  SimulatedL1,
  simulatedL1Client,
  simulatedSigner,
  worldPolicy,
  type SimulatedL1ClientOptions,
  type SimulatedL1Options,
} from '@zkstack/l1/testing'
import { address } from '@zkstack/pessimistic-proof'
import { afterEach } from 'vitest'

export const signer = simulatedSigner(0)
export const { signal } = new AbortController()

interface RigOptions extends SimulatedL1Options {
  readonly client?: SimulatedL1ClientOptions
  readonly spoil?: (client: L1Client) => L1Client
  readonly store?: JobStore
}

const rigs: Rig[] = []

/** A manager that runs in a time which the test moves, on an L1 whose blocks the test makes. */
export class Rig {
  readonly clock = new ManualClock({ utcMs: 1_700_000_000_000 })
  readonly l1: SimulatedL1
  readonly metrics = new MemoryMetrics()
  readonly logger = recordingLogger()
  readonly store: JobStore
  readonly manager: TransactionManager
  readonly #ctx: Ctx
  #running: Promise<unknown> = Promise.resolve()

  constructor(o: RigOptions = {}) {
    const { clock } = this
    const random = seededRandom('rig')
    this.l1 = new SimulatedL1(o)
    this.store = o.store ?? memoryJobStore()
    this.#ctx = Ctx.root({ clock, random })
    const client = simulatedL1Client(this.l1, o.client)
    this.manager = createTransactionManager({
      client: o.spoil?.(client) ?? client,
      signers: [signer],
      store: this.store,
      policy: worldPolicy,
      pollIntervalMs: 1_000,
      clock,
      random,
      logger: this.logger,
      metrics: this.metrics,
    })
    rigs.push(this)
  }

  async start(): Promise<void> {
    this.#running = scope(this.#ctx, async (_, s) => {
      await s.spawn((ctx) => this.manager.run(ctx)).join()
    }).catch((e: unknown) => e)
    await this.settle()
  }

  async stop(): Promise<void> {
    this.#ctx.cancel()
    await this.#running
  }

  /** Lets everything happen that happens without time passing. */
  settle(): Promise<void> {
    return this.clock.run(0)
  }

  /** Makes so many blocks, and gives the manager time to see each. */
  async mine(blocks = 1): Promise<void> {
    for (let i = 0; i < blocks; i++) {
      this.l1.mine()
      await this.clock.run(2_000)
    }
  }

  async submit(i = 0, id?: JobId): Promise<JobId> {
    const to = address(new Uint8Array(20).fill(0xc0))
    const submitted = await this.manager.submit(
      { id, to, calldata: Uint8Array.of(7, i) },
      { signal },
    )
    await this.settle()
    return valueOf(submitted)
  }

  async status(id: JobId) {
    return valueOf(await this.manager.job(id))
  }

  logged(message: string): boolean {
    return this.logger.records.some((record) => record.message.includes(message))
  }
}

export async function running(o?: RigOptions): Promise<Rig> {
  const rig = new Rig(o)
  await rig.start()
  return rig
}

export function valueOf<T>(result: Result<T, JobError>): T {
  if (!result.ok) throw new Error(result.error.code)
  return result.value
}

export const codeOf = (result: Result<unknown, JobError>) => (result.ok ? 'ok' : result.error.code)

afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.stop()
})
