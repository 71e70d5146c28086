/** Values of attributes. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>

/** A stretch of time that is traced: the part of OpenTelemetry's `Span` that is used. */
export interface Span {
  setAttribute(key: string, value: string | number | boolean): unknown
  /** `2` is an error. */
  setStatus(status: { code: 0 | 1 | 2; message?: string }): unknown
  /** @param endTime milliseconds since 1970; default: now. */
  end(endTime?: number): void
}

/** What a new span belongs to: OpenTelemetry's `Context`. Immutable. */
export interface TraceContext {
  getValue(key: symbol): unknown
  setValue(key: symbol, value: unknown): TraceContext
  deleteValue(key: symbol): TraceContext
}

/** Makes spans: the part of OpenTelemetry's `Tracer` that is used, so that one of `@opentelemetry/api` can be given. */
export interface Tracer {
  startSpan(
    name: string,
    options?: {
      /** Without a parent. */
      root?: boolean
      /** Milliseconds since 1970; default: now. */
      startTime?: number
      attributes?: Record<string, string | number | boolean>
    },
    context?: TraceContext,
  ): Span
}

/** Under which OpenTelemetry looks for the parent of a new span; the same for all versions of its interface. */
const SPAN_KEY = Symbol.for('OpenTelemetry Context Key SPAN')

/** The context in which a new span becomes a child of the one given. */
export function childOf(span: Span): TraceContext {
  return new Values(new Map([[SPAN_KEY, span]]))
}

class Values implements TraceContext {
  readonly #values: ReadonlyMap<symbol, unknown>

  constructor(values: ReadonlyMap<symbol, unknown>) {
    this.#values = values
  }

  getValue(key: symbol): unknown {
    return this.#values.get(key)
  }

  setValue(key: symbol, value: unknown): TraceContext {
    return new Values(new Map([...this.#values, [key, value]]))
  }

  deleteValue(key: symbol): TraceContext {
    return new Values(new Map([...this.#values].filter(([known]) => known !== key)))
  }
}
