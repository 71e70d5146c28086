import {
  Ctx,
  ManualClock,
  MemoryMetrics,
  scope,
  seededRandom,
  type Clock,
} from '@zkstack/concurrency'
import { recordingLogger } from '@zkstack/concurrency/testing'
import { bytesEqual } from '@zkstack/crypto'
import { address } from '@zkstack/pessimistic-proof'
import { checkedBody } from '@zkstack/storage'
import type { L1Client } from '../src/client/l1-client.js'
import { createJobId, type JobId } from '../src/jobs/job-id.js'
import { multiplier } from '../src/jobs/machine/multiplier.js'
import type { TransactionPolicy } from '../src/jobs/machine/policy.js'
import { createTransactionManager } from '../src/jobs/runner/create-transaction-manager.js'
import { jobTables } from '../src/jobs/store/job-keys.js'
import type { JobStore } from '../src/jobs/store/job-store.js'
import { memoryJobStore } from '../src/jobs/store/memory-job-store.js'
import type { TransactionManager } from '../src/jobs/transaction-manager.js'
import { simulatedL1Client, type SimulatedL1ClientOptions } from './simulated-l1-client.js'
import { SimulatedL1, type SimulatedL1Options } from './simulated-l1.js'
import { simulatedSigner } from './simulated-transaction.js'

/** Thrown in place of whatever a dead process would have done. */
export class ProcessDied extends Error {}

/** The policy of a {@link JobWorld}: `safe` blocks, waits of the order of a block. */
export const worldPolicy: TransactionPolicy = {
  finality: { tag: 'safe', confirmations: 1 },
  retryOnTransientFailure: { initialMs: 3_000, factor: 1.5, maxMs: 12_000, jitterMs: 500 },
  retryOnNotIncluded: { initialMs: 30_000, factor: 1.5, maxMs: 60_000, jitterMs: 1_000 },
  fees: {
    maxFee: { multiplier: multiplier(1), floor: 0n, ceiling: 1_000n },
    maxPriorityFee: { multiplier: multiplier(1), floor: 1n, ceiling: 1_000n },
  },
  gasLimit: { multiplier: multiplier(1.3), ceiling: 60_000_000n },
}

/** Options of a {@link JobWorld}. */
export interface JobWorldOptions extends SimulatedL1Options {
  /** Jobs to submit; default 2. */
  readonly jobs?: number
  readonly seed?: string
  /** Managers that share the store and the wallet, which only a control may do; default 1. */
  readonly managers?: number
  readonly client?: SimulatedL1ClientOptions
  readonly policy?: TransactionPolicy
  /** What stands between the manager and L1, or the store: for controls that break something. */
  readonly spoilClient?: (client: L1Client) => L1Client
  readonly spoilStore?: (store: JobStore) => JobStore
  /** Called with the number of each block that was mined. */
  readonly onBlock?: (world: JobWorld, number: bigint) => void
}

const BLOCK_MS = 12_000

/**
 * Jobs, a manager whose process may die, a store and an L1 that outlive it, and a time in which blocks come every twelve seconds.
 * Equal options give equal runs.
 */
export class JobWorld {
  readonly l1: SimulatedL1
  readonly clock = new ManualClock({ utcMs: 1_700_000_000_000, autoAdvance: true })
  readonly store: JobStore = memoryJobStore()
  readonly signer = simulatedSigner(0)
  readonly requests
  /** Of all processes together. */
  readonly metrics = new MemoryMetrics()
  readonly logger = recordingLogger()
  /** What is wrong, as it happens. */
  readonly violations: string[] = []
  readonly #o: JobWorldOptions
  #processes = 0
  /** Operations that the process which runs now may still begin or end; `undefined`: as many as it likes. */
  #life: number | undefined
  /** Operations begun and ended so far, by all processes. */
  operations = 0

  constructor(o: JobWorldOptions = {}) {
    this.#o = o
    this.l1 = new SimulatedL1(o)
    const random = seededRandom(`${o.seed ?? 'world'}/jobs`)
    this.requests = Array.from({ length: o.jobs ?? 2 }, (_, i) => ({
      id: createJobId(1_700_000_000_000 + i, random),
      to: address(new Uint8Array(20).fill(0xc0)),
      calldata: Uint8Array.of(0x6c, 0x76, i),
    }))
    this.#mineForEver()
  }

  /** Submits all jobs and waits for them, with as many processes as that takes; each dies after so many operations. */
  async complete(
    o: { readonly lives?: readonly number[]; readonly limitMs?: number } = {},
  ): Promise<void> {
    const lives = [...(o.lives ?? [])]
    const deadline = this.clock.now() + (o.limitMs ?? 4 * 3_600_000)
    while (!(await this.#live(lives.shift(), deadline)));
    this.clock.autoAdvance = false
    await this.#check()
  }

  /** Lets the process that runs die after so many further operations. */
  dieAfter(operations: number): void {
    this.#life = operations
  }

  /** Runs one process until it dies or all is done. */
  async #live(life: number | undefined, deadline: number): Promise<boolean> {
    this.#life = life
    this.#processes += 1
    const random = seededRandom(`${this.#o.seed ?? 'world'}/${this.#processes}`)
    using ctx = Ctx.root({ clock: this.clock, random })
    const bounded = ctx.child({ deadline })
    const managers = Array.from({ length: this.#o.managers ?? 1 }, () =>
      this.#boot(this.clock, random),
    )
    try {
      await scope(bounded, async (inner, s) => {
        for (const manager of managers) s.spawnBackground((c) => manager.run(c))
        await this.#submitAll(managers, inner)
      })
      return true
    } catch (e) {
      if (e instanceof ProcessDied) return false
      if (this.clock.now() < deadline) throw e
      this.violations.push('the jobs did not end')
      return true
    }
  }

  async #submitAll(managers: readonly TransactionManager[], { signal }: Ctx): Promise<void> {
    const submit = async (request: (typeof this.requests)[number], i: number) => {
      const manager = managers[i % managers.length]
      const submitted = await manager?.submit(request, { signal })
      if (submitted?.ok !== true) this.violations.push(`not submitted: ${i}`)
      const result = await manager?.wait(request.id, { signal })
      if (result?.ok !== true) this.violations.push(`no result: ${i}`)
    }
    await Promise.all(this.requests.map(submit))
  }

  #boot(clock: Clock, random: ReturnType<typeof seededRandom>): TransactionManager {
    const tick = () => {
      this.#tick()
    }
    const alive = this.#processes
    const guard = () => {
      if (alive !== this.#processes) throw new ProcessDied()
      tick()
    }
    const client = this.#watched(simulatedL1Client(this.l1, { ...this.#o.client, around: guard }))
    const store: JobStore = {
      ...this.store,
      write: async (batch) => {
        guard()
        const written = await this.store.write(batch)
        guard()
        return written
      },
    }
    return createTransactionManager({
      client: this.#o.spoilClient?.(client) ?? client,
      signers: [this.signer],
      store: this.#o.spoilStore?.(store) ?? store,
      policy: this.#o.policy ?? worldPolicy,
      pollIntervalMs: BLOCK_MS,
      clock,
      random,
      logger: this.logger,
      metrics: this.metrics,
    })
  }

  #tick(): void {
    this.operations += 1
    if (this.#life === undefined) return
    if (this.#life <= 0) throw new ProcessDied()
    this.#life -= 1
  }

  /** Sees that nothing is sent that is not stored. */
  #watched(client: L1Client): L1Client {
    return {
      ...client,
      sendRawTransaction: async (bytes, o) => {
        if (!(await this.#isStored(bytes))) this.violations.push('sent before it was stored')
        return client.sendRawTransaction(bytes, o)
      },
    }
  }

  async #isStored(transaction: Uint8Array): Promise<boolean> {
    const table = jobTables.attemptTransactions
    for await (const [key, stored] of this.store.entries(table, {})) {
      if (bytesEqual(checkedBody(table, key, stored), transaction)) return true
    }
    return false
  }

  #mineForEver(): void {
    this.clock.setTimer(this.clock.now() + BLOCK_MS, () => {
      this.l1.mine()
      this.#o.onBlock?.(this, this.l1.height)
      this.#mineForEver()
    })
  }

  /** What must hold in the end, whatever happened. */
  async #check(): Promise<void> {
    const included = this.l1.blocks.flatMap((block) => block.transactions)
    for (const { id, calldata } of this.requests) {
      const successes = included.filter(
        ({ transaction, status }) =>
          status === 'success' && bytesEqual(transaction.calldata, calldata),
      )
      const name = `job ${calldata[2]}`
      if (successes.length !== 1) this.violations.push(`${name}: ${successes.length} successes`)
      await this.#checkResult(name, id)
    }
    const isOurs = ({ calldata }: { readonly calldata: Uint8Array }) => calldata.length > 0
    const waiting = this.l1.mempool.filter(isOurs).length
    if (waiting > 0) this.violations.push(`${waiting} transactions wait for ever`)
    await this.#checkNonces()
  }

  async #checkResult(name: string, id: JobId): Promise<void> {
    const manager = this.#boot(this.clock, seededRandom('check'))
    this.#life = undefined
    const result = await manager.result(id)
    if (!result.ok || result.value === undefined) {
      this.violations.push(`${name}: no result`)
      return
    }
    const { call } = result.value
    const found = this.l1.find(call.transactionHash)
    if (call.outcome !== 'success') this.violations.push(`${name}: ${call.outcome}`)
    if (found === undefined) this.violations.push(`${name}: its transaction is not on L1`)
    else if (!bytesEqual(found.block.hash, call.blockHash)) {
      this.violations.push(`${name}: its transaction is in another block`)
    }
  }

  /** No nonce is left open, and none belongs to two jobs. */
  async #checkNonces(): Promise<void> {
    const count = this.l1.count(this.signer.address, this.l1.height)
    const owners = new Map<bigint, string>()
    for await (const [key] of this.store.entries(jobTables.attemptsPerWallet, {})) {
      const nonce = new DataView(key.buffer, key.byteOffset).getBigUint64(20)
      const owner = key.slice(28, 44).join()
      if (nonce >= count) this.violations.push(`nonce ${nonce} is left open`)
      if ((owners.get(nonce) ?? owner) !== owner) {
        this.violations.push(`nonce ${nonce} belongs to two jobs`)
      }
      owners.set(nonce, owner)
    }
  }
}
