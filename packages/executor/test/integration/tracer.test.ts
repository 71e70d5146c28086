import type { Tracer as OpenTelemetryTracer } from '@opentelemetry/api'
import { SpanStatusCode } from '@opentelemetry/api'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-base'
import type { Tracer } from '@zkstack/concurrency'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { createTestNetwork, type TestNetworkOptions } from '../../testing/index.js'

/** A tracer of the real SDK, what it exported, and how many spans it began. */
function openTelemetry() {
  const exporter = new InMemorySpanExporter()
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
  const tracer = provider.getTracer('zkstack')
  let begun = 0
  const counting: Tracer = {
    startSpan(...args) {
      begun += 1
      return tracer.startSpan(...args)
    },
  }
  return { tracer: counting, ended: () => exporter.getFinishedSpans(), begun: () => begun }
}

/** Runs a network whose first node is traced, and stops it. */
async function spansOf(
  n: number,
  o: TestNetworkOptions,
  run: (
    network: Awaited<ReturnType<typeof createTestNetwork>>,
    ended: () => readonly ReadableSpan[],
  ) => Promise<void>,
): Promise<{ readonly spans: readonly ReadableSpan[]; readonly begun: number }> {
  const traced = openTelemetry()
  const silent: Tracer = openTelemetry().tracer
  await using network = await createTestNetwork(n, {
    ...o,
    tracer: (index) => (index === 0 ? traced.tracer : silent),
  })
  await run(network, traced.ended)
  await network.at(0).stop()
  return { spans: traced.ended(), begun: traced.begun() }
}

/** The views that ended with a block. */
function finalizedIn(spans: readonly ReadableSpan[]): readonly ReadableSpan[] {
  return spans.filter(({ attributes }) => attributes['zkstack.outcome'] === 'finalized')
}

const idOf = (span: ReadableSpan): string => span.spanContext().spanId

describe('a tracer', () => {
  test('of OpenTelemetry › can be given as it is', () => {
    expectTypeOf<OpenTelemetryTracer>().toExtend<Tracer>()
  })

  test('of OpenTelemetry › gets a span a view, with what it waited for as its parts', async () => {
    const { spans, begun } = await spansOf(6, {}, async (network, ended) => {
      await network.waitForHeight(12n)
      // a node whose machine is busy gets some of its blocks from others
      await expect.poll(() => finalizedIn(ended()).length).toBeGreaterThan(8)
    })
    const views = spans.filter(({ name }) => name === 'zkstack.view')
    for (const { attributes, parentSpanContext } of views) {
      expect(parentSpanContext).toBeUndefined()
      expect(attributes['zkstack.epoch']).toBe(0)
      expect(attributes['zkstack.leader']).toMatch(/^[0-9a-f]{64}$/)
    }
    const numbers = views.map(({ attributes }) => attributes['zkstack.view'])
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => Number(a) - Number(b)))

    const ids = new Map(views.map((span) => [idOf(span), span]))
    const parts = spans.filter(({ name }) => name !== 'zkstack.view')
    expect(new Set(parts.map(({ name }) => name))).toEqual(
      new Set(
        ['propose', 'verify', 'check', 'persist', 'save_block', 'commit'].map(
          (p) => `zkstack.${p}`,
        ),
      ),
    )
    for (const { parentSpanContext } of parts)
      expect(ids.has(parentSpanContext?.spanId ?? '')).toBe(true)
    for (const span of parts.filter(({ name }) => name === 'zkstack.commit')) {
      const view = ids.get(span.parentSpanContext?.spanId ?? '')
      expect(view?.attributes['zkstack.block']).toBe(span.attributes['zkstack.block'])
    }
    expect(spans).toHaveLength(begun)
  })

  test('a view whose leader is silent › ends as a timeout, and is an error', async () => {
    const o = { viewTimeoutMs: 200 }
    const { spans, begun } = await spansOf(6, o, async (network) => {
      await network.waitForHeight(2n)
      await network.at(5).stop()
      await network.waitForHeight(12n)
    })
    const timeouts = spans.filter(({ attributes }) => attributes['zkstack.outcome'] === 'timeout')
    expect(timeouts.length).toBeGreaterThan(0)
    for (const { status } of timeouts) expect(status.code).toBe(SpanStatusCode.ERROR)
    expect(spans).toHaveLength(begun)
  })

  test('a node that stops amid everything › leaves no span open', async () => {
    const { spans, begun } = await spansOf(1, {}, (network) => network.waitForHeight(1n))
    expect(spans).toHaveLength(begun)
    const last = spans.findLast(({ name }) => name === 'zkstack.view')
    expect(last?.attributes['zkstack.outcome']).toBe('stopped')
  })

  test('that throws › is not called again, and the chain goes on', async () => {
    let calls = 0
    const tracer: Tracer = {
      startSpan() {
        calls += 1
        throw new Error('no collector')
      },
    }
    await using network = await createTestNetwork(1, { tracer: () => tracer })
    await network.waitForHeight(5n)
    expect(calls).toBeLessThanOrEqual(2)
  })
})
