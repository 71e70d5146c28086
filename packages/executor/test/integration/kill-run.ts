import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { seededRandom } from '@zkstack/concurrency'
import { compareLedgers, KillWatcher } from './kill-watcher.js'
import { VictimProcess } from './victim-process.js'

/** What a run of kills showed. */
export interface KillReport {
  readonly kills: number
  /** Blocks that every node committed. */
  readonly height: number
  /** Messages that were sent. */
  readonly messages: number
  /** What must not be: empty. */
  readonly faults: readonly string[]
}

/** The longest that a process lives once its nodes have started, in milliseconds. */
const longestLifeMs = 1_500
/** Blocks that must come after the last kill. */
const blocksAtEnd = 3

/** Kills a process with six validators on real LevelDB again and again, at random moments, and looks at what they said. */
export async function killRun(o: {
  readonly kills: number
  readonly seed: string | number
  /** Nodes that lose their votes at each start: a negative control. Default false. */
  readonly forgetful?: boolean
  readonly onKill?: (done: number) => void
}): Promise<KillReport> {
  const folder = await mkdtemp(join(tmpdir(), 'zkstack-kills-'))
  const random = seededRandom(`kills ${o.seed}`)
  const watch = new KillWatcher()
  const args = o.forgetful === true ? [folder, 'forgetful'] : [folder]
  try {
    let kills = 0
    while (kills < o.kills && watch.faults().length === 0) {
      // From the very start on: the opening of the stores is a moment like any other.
      const phase = random.float() < 0.25 ? 'ready' : 'started'
      await live(args, watch, async (until) => {
        await until(phase)
        await sleep(random.float() * longestLifeMs)
      })
      kills += 1
      o.onKill?.(kills)
    }
    const goal = Math.max(...watch.heights) + blocksAtEnd
    const isOver = (): boolean =>
      watch.faults().length > 0 || watch.heights.every((height) => height >= goal)
    await live(args, watch, async (until) => until(isOver))
    return {
      kills,
      height: Math.min(...watch.heights),
      messages: watch.messages,
      faults: [...watch.faults(), ...compareLedgers(folder)],
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

type Until = VictimProcess['until']

async function live(
  args: readonly string[],
  watch: KillWatcher,
  wait: (until: Until) => Promise<void>,
): Promise<void> {
  const victim = new VictimProcess('kill-victim.ts', args, (line) => {
    watch.heard(line)
  })
  try {
    await wait((what) => victim.until(what))
  } finally {
    await victim.kill()
  }
}
