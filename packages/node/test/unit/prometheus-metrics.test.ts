import { describe, expect, test } from 'vitest'
import { prometheusMetrics } from '../../src/index.js'

function sample(): ReturnType<typeof prometheusMetrics> {
  const metrics = prometheusMetrics()
  metrics
    .counter('calls_total', 'Calls, "all" of them.', ['method'])
    .inc(2, { method: 'a"b\\c\nd' })
  metrics.counter('plain', 'Without a suffix.').inc()
  metrics.gauge('height', 'Height.').set(-1.5)
  const latency = metrics.histogram('latency_seconds', 'Latency.', { buckets: [0.1, 1] })
  for (const value of [0.05, 0.5, 5]) latency.observe(value)
  return metrics
}

describe('prometheusMetrics', () => {
  test('a scrape › that asks for nothing › gets text format 0.0.4, where a counter is named with its suffix', () => {
    const { contentType, text } = sample().expose()
    expect(contentType).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(text).toBe(
      [
        '# HELP calls_total Calls, "all" of them.',
        '# TYPE calls_total counter',
        'calls_total{method="a\\"b\\\\c\\nd"} 2',
        '# HELP plain_total Without a suffix.',
        '# TYPE plain_total counter',
        'plain_total 1',
        '# HELP height Height.',
        '# TYPE height gauge',
        'height -1.5',
        '# HELP latency_seconds Latency.',
        '# TYPE latency_seconds histogram',
        'latency_seconds_bucket{le="0.1"} 1',
        'latency_seconds_bucket{le="1"} 2',
        'latency_seconds_bucket{le="+Inf"} 3',
        'latency_seconds_count 3',
        'latency_seconds_sum 5.55',
        '',
      ].join('\n'),
    )
  })

  test('a scrape › that accepts OpenMetrics › gets it, with its end mark', () => {
    const accept = 'application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3'
    const { contentType, text } = sample().expose(accept)
    expect(contentType).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8')
    expect(text).toContain('# TYPE calls counter\ncalls_total{')
    expect(text.endsWith('\n# EOF\n')).toBe(true)
  })

  test('observations › more than are kept › leave the newest, by series', () => {
    const metrics = prometheusMetrics()
    const calls = metrics.histogram('call_seconds', 'Calls.', { labels: ['method'] })
    for (let i = 0; i < 300; i++) calls.observe(i, { method: 'verify' })
    calls.observe(7, { method: 'propose' })
    const recent = metrics.recent('call_seconds', { method: 'verify' })
    expect(recent).toHaveLength(240)
    expect(recent[0]).toBe(60)
    expect(metrics.recent('call_seconds', { method: 'propose' })).toEqual([7])
    expect(metrics.recent('unknown')).toEqual([])
  })

  test('names › are those of a scrape', () => {
    expect(sample().names()).toEqual(['calls_total', 'plain_total', 'height', 'latency_seconds'])
  })
})
