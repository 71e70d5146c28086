import { isCanceled, Watch, type Ctx } from '@zkstack/concurrency'
import { DemoError } from './demo-error.js'
import type { Report, ValidatorConfig } from './messages.js'
import { ValidatorHandle } from './validator-handle.js'

/** Latencies are kept for the newest this many transactions. */
const keptLatencies = 5000

/** What a fleet tells its owner. */
export interface FleetEvents {
  /** Transactions became final; each is named once, by whichever validator is first. */
  onTransactions(ids: readonly string[]): void
  onEvent(text: string): void
}

/** All validators and what is known of the chain they make. */
export class Fleet {
  readonly handles: readonly ValidatorHandle[]
  /** Set whenever anything is new. */
  readonly changes = new Watch(0)
  /** Milliseconds from submission to commit at the validator that took the transaction. */
  readonly latenciesMs: number[] = []
  /** Warnings by `name code`. */
  readonly warnings = new Map<string, number>()
  readonly #events: FleetEvents
  #failure: DemoError | undefined
  #height: bigint | undefined
  #view: bigint | undefined

  constructor(configs: readonly ValidatorConfig[], events: FleetEvents) {
    this.#events = events
    this.handles = configs.map(
      (config, i) =>
        new ValidatorHandle(`v${i + 1}`, config, {
          onReport: (handle, report) => {
            this.#onReport(handle, report)
          },
          onFailure: (_, error) => {
            this.#failure ??= error
            this.touch()
          },
        }),
    )
  }

  /** The highest block that any validator committed; `undefined` before the first. */
  get height(): bigint | undefined {
    return this.#height
  }

  /** The highest view that any validator is in. */
  get view(): bigint | undefined {
    return this.#view
  }

  /** Validators that take transactions. */
  get live(): readonly ValidatorHandle[] {
    return this.handles.filter((handle) => handle.live)
  }

  /** Wakes everything that waits for a change. */
  touch(): void {
    this.changes.update((n) => n + 1)
  }

  /** Waits for a condition. @throws DemoError when a validator fails, or when it takes too long: then with where everybody stands. */
  async until(
    ctx: Ctx,
    what: string,
    o: { readonly timeoutMs: number; readonly done: () => boolean },
  ): Promise<void> {
    using limited = ctx.child({ timeoutMs: o.timeoutMs })
    const ended = (): boolean => this.#failure !== undefined || o.done()
    try {
      await this.changes.waitFor(ended, { signal: limited.signal })
    } catch (e) {
      if (!isCanceled(e) || ctx.canceled) throw e
      throw new DemoError(`${what}: not within ${o.timeoutMs / 1000} s\n${this.#describe()}`)
    }
    if (this.#failure !== undefined) throw this.#failure
  }

  /** Waits until some validator has committed a block. @throws DemoError when the chain makes no block for `patienceMs`. */
  async untilHeight(ctx: Ctx, target: bigint, patienceMs: number): Promise<void> {
    while ((this.#height ?? -1n) < target) {
      const before = this.#height
      await this.until(ctx, `waiting for block ${(before ?? -1n) + 1n}`, {
        timeoutMs: patienceMs,
        done: () => this.#height !== before,
      })
    }
  }

  #onReport(handle: ValidatorHandle, report: Report): void {
    if (report.type === 'block') {
      this.#onHeight(report.number)
      this.latenciesMs.push(...report.latenciesMs)
      this.latenciesMs.splice(0, this.latenciesMs.length - keptLatencies)
      this.#events.onTransactions(report.transactions)
    } else if (report.type === 'status') {
      const { view, committed } = report.status
      if (committed !== undefined) this.#onHeight(committed)
      if (view !== undefined && view > (this.#view ?? -1n)) this.#view = view
    } else if (report.type === 'warning') {
      this.#onWarning(handle.name, report.code, report.message)
    }
    this.touch()
  }

  #onHeight(height: bigint): void {
    if (height > (this.#height ?? -1n)) this.#height = height
  }

  #onWarning(name: string, code: string, message: string): void {
    const key = `${name} ${code}`
    const count = (this.warnings.get(key) ?? 0) + 1
    this.warnings.set(key, count)
    if (count === 1) this.#events.onEvent(`${name} warns: ${code}: ${message.split('\n')[0] ?? ''}`)
  }

  #describe(): string {
    const warnings = [...this.warnings].map(([key, count]) => `${key} ×${count}`)
    const states = this.handles.map(
      ({ name, state, status: s }) =>
        `${name} ${state}${s ? `: ${s.phase}, height ${s.committed ?? 'none'}, view ${s.view ?? 'none'}, ${s.peers} peers, pool ${s.pool}` : ''}`,
    )
    return [...states, ...(warnings.length > 0 ? [`warnings: ${warnings.join(', ')}`] : [])].join(
      '\n',
    )
  }
}
