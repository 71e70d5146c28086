import { childOf, type Span, type TraceContext, type Tracer } from '@zkstack/concurrency'
import type { ExecutionLayer } from '@zkstack/storage'

/** Views whose blocks may still have to be committed. */
const REMEMBERED_VIEWS = 64

/**
 * The user's tracer, and the newest spans of views: so that the commit of a block, which comes after its view, is traced as a part of it.
 */
export class NodeTrace implements Tracer {
  readonly #tracer: Tracer
  readonly #views = new Map<number, Span>()
  readonly #onFailure: (error: unknown) => void
  #failed = false

  /** @param onFailure the tracer threw, and commits are no longer traced. */
  constructor(tracer: Tracer, onFailure: (error: unknown) => void) {
    this.#tracer = tracer
    this.#onFailure = onFailure
  }

  startSpan(name: string, options?: Parameters<Tracer['startSpan']>[1], at?: TraceContext): Span {
    const span = this.#tracer.startSpan(name, options, at)
    const view = options?.attributes?.['zkstack.view']
    if (typeof view === 'number' && at === undefined) this.#remember(view, span)
    return span
  }

  /** The execution layer, whose commits become spans. */
  traced(execution: Pick<ExecutionLayer, 'commit'>): Pick<ExecutionLayer, 'commit'> {
    return {
      commit: async (block, o) => {
        const span = this.#attempt(() => this.#commitSpan(Number(block.number), Number(block.view)))
        try {
          await execution.commit(block, o)
        } catch (error) {
          const message = error instanceof Error ? error.message : String(error)
          this.#attempt(() => span?.setStatus({ code: 2, message }))
          throw error
        } finally {
          this.#attempt(() => span?.end())
        }
      },
    }
  }

  #commitSpan(block: number, view: number): Span {
    const attributes = { 'zkstack.block': block, 'zkstack.view': view }
    const parent = this.#views.get(view)
    const context = parent && childOf(parent)
    return this.#tracer.startSpan('zkstack.commit', { attributes }, context)
  }

  #remember(view: number, span: Span): void {
    this.#views.set(view, span)
    const [oldest] = this.#views.keys()
    if (this.#views.size > REMEMBERED_VIEWS && oldest !== undefined) this.#views.delete(oldest)
  }

  #attempt<T>(act: () => T): T | undefined {
    if (this.#failed) return undefined
    try {
      return act()
    } catch (error) {
      this.#failed = true
      this.#onFailure(error)
      return undefined
    }
  }
}
