import { Ctx, ManualClock, seededRandom } from '@zkstack/concurrency'
import { certificateId, type Certificate } from '@zkstack/pessimistic-proof'
import type { Submission } from '@zkstack/pessimistic-proof/testing'
import { memoryDatabase, type Database } from '../../src/index.js'
import {
  contextsOf,
  CrashingDatabase,
  runEngine,
  SimulatedL1,
  type CrashPoint,
  type RunEngineOptions,
  type RunningEngine,
} from '../../testing/index.js'
import { valueOf } from './value-of.js'

/** A world that outlives the processes in it. */
export interface World {
  readonly database: Database
  readonly l1: SimulatedL1
  readonly clock: ManualClock
}

/** An empty world. */
export function world(database: Database = memoryDatabase()): World {
  return { database, l1: new SimulatedL1(), clock: new ManualClock({ autoAdvance: true }) }
}

/** One life of a settlement node, which ends at the crash point or with `body`; tells how many writes were begun. */
export async function life<T>(
  { database: disk, l1, clock }: World,
  submissions: readonly Submission[],
  o: Omit<Partial<RunEngineOptions>, 'database'> & { readonly crash?: CrashPoint },
  body: (running: RunningEngine, kill: () => void) => Promise<T>,
): Promise<{ readonly result: T | undefined; readonly writes: number; readonly died: boolean }> {
  const random = o.random ?? seededRandom('life')
  const ctx = Ctx.root({ clock, random })
  const database = new CrashingDatabase(disk, { point: o.crash, onCrash: () => ctx.cancel() })
  const contexts = contextsOf(submissions)
  const options = { l1, clock, random, contexts, ctx, ...o, database }
  const result = await runEngine(options, (running) => body(running, () => database.kill()))
  return { result, writes: database.writes, died: database.isDead }
}

/** What a client does: submits everything, again if need be, and waits until it is settled. */
export async function settleAll(
  running: RunningEngine,
  submissions: readonly Submission[],
): Promise<void> {
  for (const { certificate } of submissions) valueOf(await accepted(running, certificate))
  for (const { certificate } of submissions)
    await running.untilStatus(certificateId(certificate), 'settled')
}

async function accepted(running: RunningEngine, certificate: Certificate) {
  return running.submit(certificate)
}
