import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Ctx, isCanceled, seededRandom, type Random } from '@zkstack/concurrency'
import { fetchReport } from '../../src/http/fetch-report.js'
import { collectEveryMs, collectingFlags } from './collected-memory.js'
import { drawEpisode, faultText, type Episode, type Fault } from './fault-plan.js'
import type { SoakNetwork } from './namespaces.js'
import { processUsage } from './process-usage.js'
import { serviceEnvironment } from './service-environment.js'
import type { SoakOptions } from './soak-options.js'
import type { EpisodeRecord, MemorySample, SoakRecord, UsageSample } from './soak-record.js'
import { ValidatorProcess } from './validator-process.js'

/** What {@link SoakRun} takes. */
export interface SoakRunInit {
  readonly options: SoakOptions
  readonly network: SoakNetwork
  /** Where the nodes' folders are made. */
  readonly folder: string
  /** The command line of the nodes: an interpreter, its arguments, the script. */
  readonly program: readonly string[]
  readonly basePort: number
  /** Nodes that are never killed. */
  readonly spared: number
  /** Ends the run before its time, in order. */
  readonly signal: AbortSignal
  onProgress(line: string): void
}

interface Watched {
  readonly process: ValidatorProcess
  readonly name: string
  readonly url: string
  committed: number
}

/** How often nodes are asked how far they are, in milliseconds. */
const WATCH_MS = 500

/** How often resident memory and open files are read, in milliseconds. */
const SAMPLE_MS = 2_000

/** Blocks that every node must have committed after a fault, above the highest one known when it ended. */
const BLOCKS_AFTER_FAULT = 3

/** How long that may take, in milliseconds. */
const RECOVERY_LIMIT_MS = 120_000

/** Runs the nodes and the faults, and notes what happens. */
export class SoakRun {
  readonly #o: SoakRunInit
  readonly #nodes: readonly Watched[]
  readonly #ctx: Ctx
  readonly #random: Random
  readonly #startedAt = performance.now()
  readonly #episodes: EpisodeRecord[] = []
  readonly #usage: UsageSample[] = []
  readonly #memory: MemorySample[] = []
  readonly #problems: string[] = []

  constructor(o: SoakRunInit) {
    this.#o = o
    this.#ctx = Ctx.root({ signal: o.signal })
    this.#random = seededRandom(o.options.seed)
    this.#nodes = Array.from({ length: o.options.validators }, (_, i) => this.#node(i))
  }

  /** From the first start to the last stop; leaves no process behind. */
  async run(): Promise<SoakRecord> {
    await this.#write()
    const watch = Ctx.root()
    try {
      for (const { process } of this.#nodes) await process.start()
      const watching = Promise.all([this.#watch(watch), this.#sample(watch), this.#collect(watch)])
      try {
        await this.#untilAll(BLOCKS_AFTER_FAULT, 'the start')
        await this.#faults()
      } finally {
        watch.cancel()
        await watching
      }
      await this.#stop()
    } catch (error) {
      if (!isCanceled(error)) throw error
      this.#problem('interrupted')
    } finally {
      for (const { process } of this.#nodes) await process.kill()
    }
    return {
      minutes: this.#minute,
      heights: this.#nodes.map(({ committed }) => committed),
      lives: this.#nodes.map(({ process }) => process.lives),
      episodes: this.#episodes,
      usage: this.#usage,
      memory: this.#memory,
      problems: this.#problems,
    }
  }

  #node(index: number): Watched {
    const { folder, network, program, basePort, options } = this.#o
    const name = `v${index + 1}`
    const [interpreter = '', ...args] = program
    const port = basePort + options.validators + index
    const config = join(folder, name, 'config.toml')
    const process = new ValidatorProcess({
      command: network.inside(index, [
        interpreter,
        ...collectingFlags,
        ...args,
        ...['run', '--config', config],
      ]),
      logFile: join(folder, name, 'log.jsonl'),
      environment: serviceEnvironment,
      onUnexpectedEnd: (how) => {
        this.#problem(`${name} ended by itself with ${how}; see its log`)
      },
      onCollected: (memory) => {
        this.#memory.push({ node: index, life: process.lives, minute: this.#minute, memory })
      },
    })
    return { process, name, url: `http://${network.statusHost(index)}:${port}`, committed: -1 }
  }

  /** Writes keys, genesis and configurations with the command line itself. */
  async #write(): Promise<void> {
    const { options, network, folder, program, basePort } = this.#o
    const [interpreter, ...args] = [
      ...program,
      ...['localnet', '--write-only', '--out', folder, '--scheme', options.scheme],
      ...['--validators', String(options.validators), '--base-port', String(basePort)],
      ...['--host', network.host, '--peer-host', network.peerHost],
      ...['--execution-options', JSON.stringify({ payloadBytes: options.payloadBytes })],
    ]
    await promisify(execFile)(interpreter ?? '', args)
  }

  async #faults(): Promise<void> {
    const { options, network, spared } = this.#o
    const end = this.#minute + options.minutes
    const space = {
      validators: options.validators,
      firstSpared: options.validators - spared,
      canCut: network.canCut,
    }
    while (this.#minute < end) {
      const episode = drawEpisode(this.#random, space)
      await this.#ctx.sleep(episode.quietMs)
      await this.#play(episode)
    }
  }

  async #play({ faults }: Episode): Promise<void> {
    const what = faults.map(faultText)
    this.#say(what.join('; '))
    const fromMinute = this.#minute
    await allOf(faults.map((fault) => this.#suffer(fault)))
    const healedMinute = this.#minute
    const after = Math.max(...this.#nodes.map(({ committed }) => committed))
    const recovered = await this.#untilAll(after + BLOCKS_AFTER_FAULT, what.join('; '))
    const recoveryMs = recovered ? (this.#minute - healedMinute) * 60_000 : undefined
    const kinds = faults.map(({ kind }) => kind)
    this.#episodes.push({ fromMinute, healedMinute, recoveryMs, kinds, what })
  }

  async #suffer(fault: Fault): Promise<void> {
    if (fault.kind === 'cut') {
      await this.#o.network.cut(fault.apart)
      try {
        await this.#ctx.sleep(fault.lastsMs)
      } finally {
        await this.#o.network.cut([])
      }
      return
    }
    const process = this.#nodes[fault.node]?.process
    if (fault.kind === 'kill') {
      await process?.kill()
      await this.#ctx.sleep(fault.lastsMs)
      await process?.start()
      return
    }
    process?.pause()
    try {
      await this.#ctx.sleep(fault.lastsMs)
    } finally {
      process?.resume()
    }
  }

  /** Waits until every node has committed a block; too long is a problem. */
  async #untilAll(block: number, after: string): Promise<boolean> {
    const since = performance.now()
    while (this.#nodes.some(({ committed }) => committed < block)) {
      await this.#ctx.sleep(WATCH_MS / 2)
      if (performance.now() - since < RECOVERY_LIMIT_MS) continue
      const heights = this.#nodes.map(({ name, committed }) => `${name} ${committed}`).join(', ')
      this.#problem(`${after}: block ${block} is not everywhere in time: ${heights}`)
      return false
    }
    return true
  }

  async #stop(): Promise<void> {
    const ends = await Promise.all(this.#nodes.map(({ process }) => process.stop()))
    for (const [i, how] of ends.entries()) {
      if (how !== 'code 0') this.#problem(`v${i + 1} did not stop in order, but with ${how}`)
    }
  }

  async #watch(ctx: Ctx): Promise<void> {
    await forEver(ctx, WATCH_MS, async () => {
      await Promise.all(
        this.#nodes.map(async (node) => {
          if (!node.process.isAwake) return
          const report = await fetchReport(node.url).catch(() => undefined)
          node.committed = Number(report?.node.status.committed ?? node.committed)
        }),
      )
    })
  }

  async #sample(ctx: Ctx): Promise<void> {
    let samples = 0
    await forEver(ctx, SAMPLE_MS, async () => {
      for (const [node, { process, committed }] of this.#nodes.entries()) {
        const usage = process.pid === undefined ? undefined : await processUsage(process.pid)
        const { lives: life } = process
        this.#usage.push({ node, life, minute: this.#minute, committed, usage })
      }
      samples += 1
      if (samples % 15 === 0) this.#say(this.#state())
    })
  }

  async #collect(ctx: Ctx): Promise<void> {
    await forEver(ctx, collectEveryMs(this.#o.options.minutes), async () => {
      for (const { process } of this.#nodes) process.collect()
    })
  }

  #state(): string {
    const newest = this.#usage.slice(-this.#nodes.length)
    const mebibytes = newest.map(({ usage }) =>
      Math.round((usage?.residentBytes ?? 0) / 1024 / 1024),
    )
    const files = newest.map(({ usage }) => usage?.openFiles ?? 0)
    const heights = this.#nodes.map(({ committed }) => committed)
    return `blocks ${heights.join(' ')}, MiB ${mebibytes.join(' ')}, files ${files.join(' ')}`
  }

  #problem(text: string): void {
    this.#problems.push(`minute ${this.#minute.toFixed(1)}: ${text}`)
    this.#say(`PROBLEM ${text}`)
  }

  #say(text: string): void {
    this.#o.onProgress(`${this.#minute.toFixed(1).padStart(6)}  ${text}`)
  }

  get #minute(): number {
    return (performance.now() - this.#startedAt) / 60_000
  }
}

/** Waits for all, also when one fails. */
async function allOf(promises: readonly Promise<void>[]): Promise<void> {
  await Promise.allSettled(promises)
  await Promise.all(promises)
}

async function forEver(ctx: Ctx, everyMs: number, act: () => Promise<void>): Promise<void> {
  try {
    for (;;) {
      await act()
      await ctx.sleep(everyMs)
    }
  } catch (error) {
    if (!isCanceled(error)) throw error
  }
}
