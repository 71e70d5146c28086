import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { scope, seededRandom, type Ctx } from '@zkstack/concurrency'
import { Fleet } from './fleet.js'
import { schemes, type DemoOptions } from './options.js'
import { percentile } from './percentile.js'
import { runScenario, type ScenarioResult } from './scenario.js'
import { prepareDemo, type DemoSetup } from './setup.js'
import {
  formatElapsed,
  formatLatency,
  type DemoEvent,
  type DemoSnapshot,
  type DemoView,
  type ValidatorRow,
} from './snapshot.js'
import { Transfers } from './transfers.js'
import type { ValidatorHandle } from './validator-handle.js'

const redrawMs = 100

/** Ties processes, traffic, scenario and view together for one run. */
class Coordinator {
  readonly #options: DemoOptions
  readonly #setup: DemoSetup
  readonly #view: DemoView
  readonly #startedAtMs: number
  readonly #events: DemoEvent[] = []
  readonly #fleet: Fleet
  readonly #transfers: Transfers
  #step = 'preparing'
  #firstBlockAtMs: number | undefined

  constructor(
    readonly ctx: Ctx,
    o: { readonly options: DemoOptions; readonly setup: DemoSetup; readonly view: DemoView },
  ) {
    this.#options = o.options
    this.#setup = o.setup
    this.#view = o.view
    this.#startedAtMs = ctx.clock.now()
    this.#fleet = new Fleet(o.setup.validators, {
      onTransactions: (ids) => {
        this.#transfers.onFinal(ids)
      },
      onEvent: (text) => {
        this.#event(text)
      },
    })
    this.#transfers = new Transfers({
      ...o.setup,
      random: seededRandom(o.options.seed).split('transfers'),
      fleet: () => this.#fleet,
    })
  }

  async run(): Promise<void> {
    const killAll = (): void => {
      for (const handle of this.#fleet.handles) handle.abandon()
    }
    process.on('exit', killAll)
    try {
      const result = await scope(this.ctx, async (ctx, s) => {
        s.spawnBackground((ctx) => this.#redraw(ctx))
        return runScenario(ctx, {
          options: this.#options,
          fleet: this.#fleet,
          transfers: this.#transfers,
          random: seededRandom(this.#options.seed),
          onStep: (text) => {
            this.#step = text
          },
          onEvent: (text) => {
            this.#event(text)
          },
        })
      })
      this.#step = 'done'
      this.#view.close(this.#snapshot(), this.#summary(result))
    } catch (e) {
      this.#step = 'failed'
      this.#view.close(this.#snapshot(), [])
      throw e
    } finally {
      await Promise.all(this.#fleet.handles.map((handle) => handle.kill()))
      process.off('exit', killAll)
    }
  }

  async #redraw(ctx: Ctx): Promise<void> {
    while (!ctx.canceled) {
      this.#view.show(this.#snapshot())
      await ctx.sleep(redrawMs)
    }
  }

  #event(text: string): void {
    this.#events.push({ atMs: this.ctx.clock.now() - this.#startedAtMs, text })
  }

  #snapshot(): DemoSnapshot {
    const { height, view, latenciesMs, handles } = this.#fleet
    const elapsedMs = this.ctx.clock.now() - this.#startedAtMs
    if (height !== undefined) this.#firstBlockAtMs ??= elapsedMs
    const blocks = height === undefined ? 0 : Number(height) + 1
    const seconds = (elapsedMs - (this.#firstBlockAtMs ?? elapsedMs)) / 1000
    const leader = view === undefined ? undefined : handles[this.#setup.schedule.leaderAt(view)]
    const faults = this.#setup.schedule.maxFaultyWeight
    return {
      title: `zkstack · ${handles.length} validators · ${schemes[this.#options.scheme].title} · f = ${faults} · seed ${this.#options.seed}`,
      elapsedMs,
      step: this.#step,
      height,
      view,
      leader: leader?.name,
      blocks,
      targetBlocks: this.#options.blocks,
      blocksPerSecond: seconds > 0 ? (blocks - 1) / seconds : 0,
      transfersFinal: this.#transfers.final,
      transfersSent: this.#transfers.sent,
      p50Ms: percentile(latenciesMs, 0.5),
      p95Ms: percentile(latenciesMs, 0.95),
      validators: handles.map((handle) => rowOf(handle, height, handle === leader)),
      events: [...this.#events],
    }
  }

  #summary(result: ScenarioResult): string[] {
    const s = this.#snapshot()
    const { victim, killedAt, heightAtRestart, catchUpMs, comparedAt, root } = result
    return [
      '',
      `${s.blocks} blocks and ${s.transfersFinal} transfers final through ${this.#transfers.through} validators in ${formatElapsed(s.elapsedMs)}`,
      `finality of a transfer: p50 ${formatLatency(s.p50Ms)}, p95 ${formatLatency(s.p95Ms)}; ${s.blocksPerSecond.toFixed(1)} blocks/s`,
      `${victim} was killed at height ${killedAt}; the chain went on to ${heightAtRestart}; ${victim} came back and caught up in ${formatElapsed(catchUpMs)}`,
      `all ${s.validators.length} validators have state root ${root} at height ${comparedAt}`,
    ]
  }
}

function rowOf(handle: ValidatorHandle, height: bigint | undefined, leads: boolean): ValidatorRow {
  const { status, state, name } = handle
  const behind =
    status !== undefined && height !== undefined && height - (status.committed ?? 0n) > 2n
  const shown = state === 'running' ? (behind ? 'catching up' : (status?.phase ?? state)) : state
  const dead = state === 'killed' || state === 'ended'
  return {
    name,
    state: shown,
    health: dead
      ? 'dead'
      : (state === 'running' && !behind) || state === 'stopped'
        ? 'good'
        : 'busy',
    height: status?.committed,
    view: status?.view,
    peers: status?.peers,
    pool: status?.pool,
    leads: leads && !dead,
  }
}

/** Runs the demo in a temporary folder, which goes with it. @throws DemoError when anything was not as it should be; CanceledError. */
export async function runDemo(ctx: Ctx, options: DemoOptions, view: DemoView): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'zkstack-demo-'))
  try {
    const setup = await prepareDemo(options, folder, seededRandom(options.seed))
    await new Coordinator(ctx, { options, setup, view }).run()
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
