import { errorOf, isCanceled, scope, type Ctx, type Logger } from '@zkstack/concurrency'
import { NodeError } from './errors.js'
import type { LifePhase } from './node-status.js'

/** A promise with its ends outside. */
class Deferred {
  readonly promise: Promise<void>
  resolve: () => void = () => undefined
  reject: (e: Error) => void = () => undefined

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve
      this.reject = reject
    })
    // Nobody has to listen: the cause of a failure is logged too.
    this.promise.catch(() => undefined)
  }
}

/** The parts of a node that run. */
export interface LifeCycleInit {
  /** Canceled when everything has to end. */
  readonly life: Ctx
  readonly logger: Logger
  /** Consensus and network: runs until cancelled, then leaves nothing open. */
  serve(ctx: Ctx): Promise<void>
  /** Commits blocks: runs until cancelled. */
  commit(ctx: Ctx): Promise<void>
  /** Resolves once the node is ready. */
  recovered(ctx: Ctx): Promise<void>
  /** The node fails; called before it is closed. */
  onFailure(failure: Error): void
  /** Resolves once everything on disk is committed. */
  drained(ctx: Ctx): Promise<void>
}

/** How long `stop` lets the execution layer commit what is on disk, unless told otherwise, in milliseconds. */
const DEFAULT_DRAIN_MS = 5_000

/** How long `stop` waits, after the drain, for parts that ignore their cancellation, in milliseconds. */
const STOP_GRACE_MS = 5_000

/**
 * Starts the parts of a node, and ends them in order: first what brings new blocks, then, after a bounded drain,
 * the commits. The first failure ends all and is what `closed` rejects with.
 */
export class LifeCycle {
  readonly #o: LifeCycleInit
  readonly #ready = new Deferred()
  readonly #closed = new Deferred()
  readonly #service: Ctx
  readonly #running: Promise<void>
  #phase: LifePhase = 'running'
  #failure: Error | undefined
  #drainMs = 0
  #stopped: Promise<void> | undefined

  constructor(o: LifeCycleInit) {
    this.#o = o
    this.#service = o.life.child()
    this.#running = this.#run()
  }

  get ready(): Promise<void> {
    return this.#ready.promise
  }

  get closed(): Promise<void> {
    return this.#closed.promise
  }

  get phase(): LifePhase {
    return this.#phase
  }

  /** The fatal cause, once there is one. */
  get failure(): Error | undefined {
    return this.#failure
  }

  /** @see ConsensusNode.stop */
  stop(drainMs: number | undefined): Promise<void> {
    const ms = Math.max(0, drainMs ?? DEFAULT_DRAIN_MS)
    this.#stopped ??= this.#stop(Number.isNaN(ms) ? DEFAULT_DRAIN_MS : ms)
    return this.#stopped
  }

  async #stop(drainMs: number): Promise<void> {
    const { life, logger } = this.#o
    if (this.#phase === 'running') {
      this.#phase = 'stopping'
      this.#drainMs = drainMs
      this.#service.cancel()
    }
    let cancel = (): void => undefined
    const limit = new Promise<'late'>((resolve) => {
      cancel = life.clock.setTimer(life.clock.now() + drainMs + STOP_GRACE_MS, () => {
        resolve('late')
      })
    })
    const outcome = await Promise.race([this.#running, limit])
    cancel()
    if (outcome !== 'late') return
    logger.error('the node stopped before all of its parts did')
    this.#end('stopped', undefined)
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    try {
      // Whoever awaits createNode gets to listen before anything happens.
      await this.#o.life.sleep(0)
      await this.#live()
      this.#end('stopped', undefined)
    } catch (e) {
      const stopped = this.#phase !== 'running' && isCanceled(e)
      this.#end(stopped ? 'stopped' : 'failed', stopped ? undefined : errorOf(e))
    }
  }

  async #live(): Promise<void> {
    const { life } = this.#o
    await scope(life, async (ctx, s) => {
      s.spawnBackground((c) => this.#o.commit(c))
      s.spawnBackground(async (c) => {
        await this.#o.recovered(c)
        if (!this.#service.canceled) this.#ready.resolve()
      })
      await this.#serve(ctx)
      await this.#drain(ctx)
    })
  }

  async #serve(scopeCtx: Ctx): Promise<void> {
    // The service ends with `stop`, or when another part of the scope fails.
    const unlink = scopeCtx.onCancel(() => {
      this.#service.cancel()
    })
    try {
      await this.#o.serve(this.#service)
    } catch (e) {
      if (!isCanceled(e) || !this.#service.canceled) throw e
    } finally {
      unlink()
    }
    scopeCtx.throwIfCanceled()
  }

  async #drain(ctx: Ctx): Promise<void> {
    if (this.#drainMs <= 0) return
    using limit = ctx.child({ timeoutMs: this.#drainMs })
    try {
      await this.#o.drained(limit)
    } catch (e) {
      if (!isCanceled(e)) throw e
      ctx.throwIfCanceled()
      this.#o.logger.warn(
        'the execution layer did not commit in time; it is aborted, the blocks are replayed at the next start',
      )
    }
  }

  #end(phase: 'stopped' | 'failed', failure: Error | undefined): void {
    if (this.#phase === 'stopped') {
      // A part that was not waited for.
      if (failure)
        this.#o.logger.error(`the node had failed: ${failure.message}`, { error: failure })
      return
    }
    this.#phase = phase
    this.#failure = failure
    this.#o.life.cancel()
    if (failure === undefined) {
      this.#ready.reject(new NodeError('NODE_STOPPED', 'the node stopped before it was ready'))
      this.#closed.resolve()
      return
    }
    this.#o.logger.error(`the node failed: ${failure.message}`, { error: failure })
    this.#o.onFailure(failure)
    this.#ready.reject(failure)
    this.#closed.reject(failure)
  }
}
