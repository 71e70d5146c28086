import { Ctx, errorOf, realClock, type Clock } from '@zkstack/concurrency'
import type { L1Client } from '@zkstack/l1'
import type { CallOptions } from '@zkstack/pessimistic-proof'
import { columns, type Database } from '@zkstack/settlement'

/** Whether a node can do its work now, and what keeps it from it. */
export interface Readiness {
  readonly ready: boolean
  readonly checks: readonly {
    readonly name: string
    readonly ok: boolean
    /** What is wrong. */
    readonly problem?: string
    /** What an operator should see to although it works. */
    readonly note?: string
  }[]
}

/** Something that a node needs. */
export interface ReadinessCheck {
  readonly name: string
  /** What is wrong with it now; `undefined`: nothing. */
  problem(o: CallOptions): Promise<string | undefined>
  /** What an operator should see to, although nothing is wrong with it; asked then. */
  note?(): string | undefined
}

/** Options of {@link readinessOf}. */
export interface ReadinessOptions {
  /** How long a check may take, in milliseconds; default 3000. */
  readonly timeoutMs?: number
  /** For how long an answer is given again, in milliseconds; default 1000: many requests make few checks. */
  readonly keepMs?: number
  readonly clock?: Clock
}

/** Makes the checks, all at once, whenever it is asked; one that takes too long or throws has failed. */
export function readinessOf(
  checks: readonly ReadinessCheck[],
  { timeoutMs = 3_000, keepMs = 1_000, clock = realClock }: ReadinessOptions = {},
): () => Promise<Readiness> {
  let kept: { readonly at: number; readonly readiness: Promise<Readiness> } | undefined
  const make = async (): Promise<Readiness> => {
    const made = await Promise.all(checks.map((check) => outcomeOf(check, clock, timeoutMs)))
    return { ready: made.every(({ ok }) => ok), checks: made }
  }
  return () => {
    const now = clock.now()
    if (kept === undefined || now - kept.at >= keepMs) kept = { at: now, readiness: make() }
    return kept.readiness
  }
}

async function outcomeOf(
  check: ReadinessCheck,
  clock: Clock,
  timeoutMs: number,
): Promise<Readiness['checks'][number]> {
  const { name } = check
  using ctx = Ctx.root({ clock, timeoutMs })
  try {
    const problem = await ctx.race(check.problem({ signal: ctx.signal }))
    if (problem !== undefined) return { name, ok: false, problem }
    const note = check.note?.()
    return note === undefined ? { name, ok: true } : { name, ok: true, note }
  } catch (e) {
    const problem = ctx.canceled ? `no answer within ${timeoutMs} ms` : errorOf(e).message
    return { name, ok: false, problem }
  }
}

/** L1 answers, and its newest block is known. */
export function l1Check(l1: Pick<L1Client, 'block'>): ReadinessCheck {
  return {
    name: 'l1',
    async problem(o) {
      const head = await l1.block('latest', o)
      if (!head.ok) return head.error.message
      return head.value === undefined ? 'L1 has no block' : undefined
    },
  }
}

/** The database can be read. */
export function databaseCheck(database: Database): ReadinessCheck {
  return {
    name: 'database',
    async problem() {
      await columns.clock.get(database, 'clock')
      return undefined
    },
  }
}
