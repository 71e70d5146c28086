import { describe, expect, test } from 'vitest'
import { MemoryMetrics, silentMetrics } from '../../src/index.js'

describe('metrics', () => {
  test('memory metrics › one of each kind › the OpenMetrics text is exact', () => {
    const metrics = new MemoryMetrics()
    const blocks = metrics.counter('blocks_total', 'Finalised blocks.')
    const peers = metrics.gauge('peers', 'Live "peers"\nby direction.', ['direction'])
    const latency = metrics.histogram('latency_seconds', 'Time to finality.', {
      buckets: [0.1, 1],
      labels: ['kind'],
    })
    blocks.inc()
    blocks.inc(2)
    peers.set(-1.5, { direction: 'in"\\' })
    for (const v of [0.05, 0.1, 0.5, 7]) latency.observe(v, { kind: 'x' })
    expect(metrics.openMetrics()).toBe(
      [
        '# HELP blocks Finalised blocks.',
        '# TYPE blocks counter',
        'blocks_total 3',
        '# HELP peers Live \\"peers\\"\\nby direction.',
        '# TYPE peers gauge',
        'peers{direction="in\\"\\\\"} -1.5',
        '# HELP latency_seconds Time to finality.',
        '# TYPE latency_seconds histogram',
        'latency_seconds_bucket{kind="x",le="0.1"} 2',
        'latency_seconds_bucket{kind="x",le="1"} 3',
        'latency_seconds_bucket{kind="x",le="+Inf"} 4',
        'latency_seconds_count{kind="x"} 4',
        'latency_seconds_sum{kind="x"} 7.65',
        '# EOF',
        '',
      ].join('\n'),
    )
    expect(metrics.value('blocks_total')).toBe(3)
    expect(metrics.value('peers', { direction: 'in"\\' })).toBe(-1.5)
    expect(metrics.value('unknown')).toBeUndefined()
  })

  test('memory metrics › a known name › gives the same metric; of another kind › TypeError', () => {
    const metrics = new MemoryMetrics()
    metrics.counter('a', 'A.').inc()
    metrics.counter('a', 'A.').inc()
    expect(metrics.value('a')).toBe(2)
    expect(() => metrics.gauge('a', 'A.')).toThrow(TypeError)
    expect(() => metrics.counter('a', 'A.', ['l'])).toThrow(TypeError)
  })

  test('memory metrics › wrong names, labels or values › are refused', () => {
    const metrics = new MemoryMetrics()
    expect(() => metrics.gauge('no name', '')).toThrow(TypeError)
    expect(() => metrics.gauge('g', '', ['le'])).toThrow(TypeError)
    expect(() => metrics.histogram('h', '', { buckets: [2, 1] })).toThrow(RangeError)
    const gauge = metrics.gauge('labelled', '', ['a'])
    expect(() => {
      gauge.set(1)
    }).toThrow(TypeError)
    expect(() => {
      gauge.set(1, { b: 'x' })
    }).toThrow(TypeError)
    expect(() => {
      metrics.counter('c', '').inc(-1)
    }).toThrow(RangeError)
  })

  test('silent metrics › anything › does nothing', () => {
    silentMetrics.counter('c', '').inc()
    silentMetrics.gauge('g', '').set(1)
    silentMetrics.histogram('h', '').observe(1)
  })
})
