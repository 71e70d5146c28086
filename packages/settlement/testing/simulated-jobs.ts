import { err, ok } from '@zkstack/crypto'
import { createJobId, jobTables, type JobStore } from '@zkstack/l1'
import { yieldTurn, type Clock, type Random } from '@zkstack/concurrency'
import type { SettlementJobs } from '../src/runner/ports.js'
import { decodeChange, type SimulatedL1 } from './simulated-l1.js'

/** Stores jobs as the transaction manager does, and has the simulated L1 execute them when their result is awaited. */
export function simulatedJobs(
  store: JobStore,
  o: { readonly l1: SimulatedL1; readonly clock: Clock; readonly random: Random },
): SettlementJobs {
  return {
    async submit(request, { commitWith = [] }) {
      const id = request.id ?? createJobId(o.clock.nowUtc(), o.random)
      const job = {
        type: 'insert',
        table: jobTables.jobs,
        key: id,
        value: request.calldata,
      } as const
      const written = await store.write([job, ...commitWith])
      return written.ok ? ok(id) : err({ code: 'ALREADY_PRESENT', message: written.error.table })
    },
    async wait(id, { signal }) {
      while (o.l1.isStalled) {
        signal.throwIfAborted()
        await yieldTurn()
      }
      const calldata = await store.get(jobTables.jobs, id)
      if (calldata === undefined) return err({ code: 'NOT_FOUND', message: 'no such job' })
      return ok(o.l1.settle(id, decodeChange(calldata)))
    },
    async result(id) {
      return ok(o.l1.resultOf(id))
    },
  }
}
