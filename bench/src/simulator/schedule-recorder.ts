import { Scheduler, type SimulationReport } from '@zkstack/executor/testing'
import { threadMs } from './cpu-time.js'

/** What is asked of a scheduler: an event at a moment, or the cancel of the event that was asked for as number `cancels`. */
type Wish = { readonly at: number } | { readonly cancels: number }

/** What a run asks of its scheduler. */
export interface Schedule {
  /** By the number of events that had run. */
  readonly turns: readonly (readonly Wish[])[]
  /** Events that were asked for. */
  readonly events: number
}

/** Records what a run asks of its scheduler. */
export async function recordSchedule(
  run: () => Promise<SimulationReport>,
): Promise<{ readonly report: SimulationReport; readonly schedule: Schedule }> {
  const turns: Wish[][] = []
  let events = 0
  const { at } = Scheduler.prototype
  Scheduler.prototype.at = function (this: Scheduler, moment, act) {
    const wish = (one: Wish): void => {
      ;(turns[this.events] ??= []).push(one)
    }
    wish({ at: moment })
    const number = events++
    const cancel = at.call(this, moment, act)
    return () => {
      wish({ cancels: number })
      cancel()
    }
  }
  try {
    const report = await run()
    return { report, schedule: { turns, events } }
  } finally {
    Scheduler.prototype.at = at
  }
}

/** The CPU time that a schedule takes with events that do nothing but ask for the next ones, in milliseconds. */
export async function scheduleMs({ turns }: Schedule): Promise<number> {
  const scheduler = new Scheduler()
  const cancels: (() => void)[] = []
  const act = (): void => {
    for (const wish of turns[scheduler.events] ?? []) {
      if ('at' in wish) cancels.push(scheduler.at(wish.at, act))
      else cancels[wish.cancels]?.()
    }
  }
  const startedAt = threadMs()
  act()
  await scheduler.run(() => scheduler.events >= turns.length - 1)
  return threadMs() - startedAt
}
