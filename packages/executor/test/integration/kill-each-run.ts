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
/** Blocks that the others must commit while one is dead, and that it must commit when it is back. */
const blocksBetween = 2

/**
 * Kills validators in processes of their own, on real LevelDB and over TCP, one at a time and at random moments, while the others
 * go on; looks at what they said.
 */
export async function killEachRun(o: {
  readonly kills: number
  readonly seed: string | number
  readonly onKill?: (done: number) => void
}): Promise<KillReport> {
  const folder = await mkdtemp(join(tmpdir(), 'zkstack-kills-'))
  const run = new Run(folder, loopback())
  const random = seededRandom(`kills of each ${o.seed}`)
  try {
    await run.begin()
    let kills = 0
    while (kills < o.kills && run.watch.faults().length === 0) {
      await run.killOne(random)
      kills += 1
      o.onKill?.(kills)
    }
    await run.end()
    const { heights, messages } = run.watch
    const faults = [...run.watch.faults(), ...compareLedgers(folder)]
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
  readonly watch = new KillWatcher()
  readonly #args: (node: number) => readonly string[]
  readonly #processes: VictimProcess[] = []

  constructor(folder: string, host: string) {
    this.#args = (node) => [folder, String(node), host]
  }

  async begin(): Promise<void> {
    for (let node = 0; node < nodes; node++) this.#start(node)
    await this.#committed(blocksBetween)
  }

  async killOne(random: SeededRandom): Promise<void> {
    const victim = random.uint32() % nodes
    await sleep(random.float() * longestPauseMs)
    await this.#processes[victim]?.kill()
    const head = Math.max(...this.watch.heights)
    await this.#committed(head + blocksBetween, victim)
    const again = this.#start(victim)
    if (random.float() < 0.25) {
      // A start is a moment like any other.
      await again.until('ready')
      await sleep(random.float() * longestPauseMs)
      await again.kill()
      this.#start(victim)
    }
    await this.#committed(Math.max(...this.watch.heights) + blocksBetween)
  }

  async end(): Promise<void> {
    for (const process of this.#processes.splice(0)) await process.kill()
  }

  #start(node: number): VictimProcess {
    const process = new VictimProcess('kill-each-victim.ts', this.#args(node), (line) => {
      this.watch.heard(line)
    })
    this.#processes[node] = process
    return process
  }

  /** Waits until all nodes but one have committed the blocks below a height; a fault ends the wait. */
  async #committed(height: number, but?: number): Promise<void> {
    const done = (node: number): boolean =>
      node === but || this.watch.heights[node] === undefined || this.watch.heights[node] >= height
    for (const [node, process] of this.#processes.entries()) {
      if (node === but) continue
      await process.until(() => done(node) || this.watch.faults().length > 0)
    }
  }
}
