import { readdirSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { MetricsSink } from '@zkstack/concurrency'

/** Metrics of the process, under the names that dashboards for Node know. */
export interface ProcessMetrics extends Disposable {
  /** Reads the present values; call it before each scrape. */
  sample(): void
}

/** Nanoseconds in a second. */
const NS = 1e9

/** Counts what the process uses: processor, memory, files, and how late its event loop is. */
export function processMetrics(sink: MetricsSink): ProcessMetrics {
  const cpu = sink.counter('process_cpu_seconds_total', 'Processor time used, in seconds.')
  const resident = sink.gauge('process_resident_memory_bytes', 'Resident memory in bytes.')
  const heap = sink.gauge('nodejs_heap_size_used_bytes', 'Used memory of the heap in bytes.')
  const files = sink.gauge('process_open_fds', 'Open file descriptors; 0 where unknown.')
  const uptime = sink.gauge('process_uptime_seconds', 'Age of the process in seconds.')
  const lagP50 = sink.gauge('nodejs_eventloop_lag_p50_seconds', 'Median delay of the event loop.')
  const lagP99 = sink.gauge(
    'nodejs_eventloop_lag_p99_seconds',
    'The delay of the event loop that one turn in a hundred exceeds.',
  )
  const delay = monitorEventLoopDelay({ resolution: 10 })
  delay.enable()
  let counted = 0
  return {
    sample() {
      const { user, system } = process.cpuUsage()
      const seconds = (user + system) / 1e6
      cpu.inc(Math.max(0, seconds - counted))
      counted = seconds
      const { rss, heapUsed } = process.memoryUsage()
      resident.set(rss)
      heap.set(heapUsed)
      files.set(openFiles())
      uptime.set(process.uptime())
      lagP50.set(delay.percentile(50) / NS)
      lagP99.set(delay.percentile(99) / NS)
      delay.reset()
    },
    [Symbol.dispose]() {
      delay.disable()
    },
  }
}

/** Open descriptors, where the system has a folder that lists them. */
function openFiles(): number {
  try {
    return readdirSync('/proc/self/fd').length
  } catch {
    return 0
  }
}
