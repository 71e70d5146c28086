import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { seededRandom, systemRandom, type SeededRandom } from '@zkstack/concurrency'
import type { KillReport } from './kill-run.js'
import { compareLedgers, KillWatcher, nodes } from './kill-watcher.js'
import { VictimProcess } from './victim-process.js'

/** The longest that all live together, in milliseconds. */
const longestPauseMs = 500
/** Blocks that the others must commit while one is dead, and that all must commit when it is back. */
const blocksBetween = 2

/** What is killed. */
export interface KillEachOptions {
  readonly kills: number
  readonly seed: string | number
  /** How many validators there are. Default six. */
  readonly validators?: number
  /**
   * How many die at the same moment. Default: drawn, one, two or all. The others go on without one of six; without two they stay
   * in their view, so that those come back to one in which they have voted.
   */
  readonly atOnce?: number
  /** Nodes that lose their votes at each start: a negative control. Default false. */
  readonly forgetful?: boolean
  readonly onKill?: (done: number) => void
}

/**
 * Kills validators in processes of their own, on real LevelDB and over TCP, one or more at a time and at random moments or
 * right after a vote; looks at what they said.
 */
export async function killEachRun(o: KillEachOptions): Promise<KillReport> {
  const folder = await mkdtemp(join(tmpdir(), 'zkstack-kills-'))
  const random = seededRandom(`kills of each ${o.seed}`)
  const run = new Run(folder, o)
  try {
    await run.begin()
    while (run.kills < o.kills && run.watch.faults().length === 0) {
      await run.kill(random)
      o.onKill?.(run.kills)
    }
    await run.end()
    const { kills, watch } = run
    const { heights, messages } = watch
    const faults = [...watch.faults(), ...compareLedgers(folder, heights.length)]
    return { kills, height: Math.min(...heights), messages, faults }
  } finally {
    await run.end()
    await rm(folder, { recursive: true, force: true })
  }
}

/** An address of this machine that nobody else uses, so that its ports stay free while a node is dead. Linux has all of 127/8. */
function loopback(): string {
  const byte = (): number => 1 + (systemRandom.uint32() % 250)
  return `127.${byte()}.${byte()}.${byte()}`
}

class Run {
  readonly watch: KillWatcher
  kills = 0
  readonly #validators: number
  readonly #options: KillEachOptions
  readonly #args: readonly string[]
  readonly #processes: VictimProcess[] = []

  constructor(folder: string, o: KillEachOptions) {
    this.#validators = o.validators ?? nodes
    this.#options = o
    this.#args = [folder, loopback(), String(this.#validators)]
    this.watch = new KillWatcher(this.#validators)
  }

  async begin(): Promise<void> {
    for (let node = 0; node < this.#validators; node++) this.#start(node)
    await this.#committed()
  }

  /** Kills some at the same moment; they come back at once when the others cannot go on without them. */
  async kill(random: SeededRandom): Promise<void> {
    const victims = this.#draw(random)
    await this.#moment(victims, random)
    await Promise.all(victims.map((victim) => this.#kill(victim)))
    this.kills += 1
    const othersGoOn = victims.length <= Math.floor((this.#validators - 1) / 5)
    if (othersGoOn) await this.#committed(victims)
    for (const victim of victims) this.#start(victim)
    const [first] = victims
    // A start is a moment like any other.
    if (first !== undefined && random.float() < 0.25) {
      await this.#processes[first]?.until('ready')
      await sleep(random.float() * longestPauseMs)
      await this.#kill(first)
      this.#start(first)
    }
    await this.#committed()
  }

  async end(): Promise<void> {
    for (const process of this.#processes.splice(0)) await process.kill()
  }

  #draw(random: SeededRandom): number[] {
    const counts = [1, 2, this.#validators]
    const count = this.#options.atOnce ?? counts[random.uint32() % counts.length]
    return Array.from(this.#processes.keys(), (node) => ({ node, place: random.float() }))
      .sort((a, b) => a.place - b.place)
      .slice(0, count)
      .map(({ node }) => node)
  }

  /** Waits for a moment: any, or right after a vote. */
  async #moment([first = 0]: readonly number[], random: SeededRandom): Promise<void> {
    const pause = random.float() * longestPauseMs
    if (random.float() < 0.5) return sleep(pause)
    const { votes } = this.watch
    await this.#until(first, () => this.watch.votes > votes)
  }

  #start(node: number): void {
    const how = this.#options.forgetful === true ? ['forgetful'] : []
    const args = [...this.#args, String(node), ...how]
    this.#processes[node] = new VictimProcess('kill-each-victim.ts', args, (line) => {
      this.watch.heard(line)
    })
  }

  async #kill(node: number): Promise<void> {
    await this.#processes[node]?.kill()
  }

  /** Waits until all nodes but some have committed blocks above the highest of now; a fault ends the wait. */
  async #committed(dead: readonly number[] = []): Promise<void> {
    const goal = Math.max(...this.watch.heights) + blocksBetween
    for (const node of this.#processes.keys()) {
      if (dead.includes(node)) continue
      await this.#until(node, () => (this.watch.heights[node] ?? goal) >= goal)
    }
  }

  /** Looks whenever the node says anything; a fault ends the wait. */
  async #until(node: number, isSo: () => boolean): Promise<void> {
    await this.#processes[node]?.until(() => isSo() || this.watch.faults().length > 0)
  }
}
