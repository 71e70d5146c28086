import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { ManualClock } from '@zkstack/concurrency'
import { afterEach, describe, expect, test } from 'vitest'
import { createTestNetwork, type TestNetwork } from '@zkstack/executor/testing'
import { prometheusMetrics, serveStatus, type StatusServer } from '../../src/index.js'
import type { PrometheusMetrics, StatusReport } from '../../src/index.js'

const open: AsyncDisposable[] = []

afterEach(async () => {
  for (const resource of open.splice(0).reverse()) await resource[Symbol.asyncDispose]()
})

/** A committee of `n`, and the status server of its first node. */
async function committee(n: number): Promise<{ network: TestNetwork; server: StatusServer }> {
  const metrics = Array.from({ length: n }, () => prometheusMetrics())
  const own = metrics[0]
  if (own === undefined) throw new Error('a committee has members')
  const network = await createTestNetwork(n, { metrics: (i) => metrics[i] ?? own })
  open.push(network)
  const { node } = network.at(0)
  const server = await serveStatus({ node, metrics: own, listen: '127.0.0.1:0' })
  open.push(server)
  return { network, server }
}

async function reportOf(server: StatusServer): Promise<StatusReport> {
  return (await (await fetch(`${server.url}/status.json`)).json()) as StatusReport
}

/** Asks until the answer has that status. */
async function until(url: string, status: number): Promise<unknown> {
  for (let i = 0; i < 2_000; i++) {
    const response = await fetch(url)
    if (response.status === status) return response.json()
    await response.body?.cancel()
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error(`${url} never answered ${status}`)
}

describe('status server', () => {
  test('a committee that makes blocks › is alive and ready, and shows everybody’s part', async () => {
    const { network, server } = await committee(6)
    await network.waitForHeight(5n)
    await until(`${server.url}/readyz`, 200)
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200)

    const committeeNow = async () => (await reportOf(server)).committee
    const all = { quorum: '5', totalWeight: '6', connectedWeight: '6' }
    await expect.poll(committeeNow).toMatchObject(all)
    const checksNow = async () =>
      (await reportOf(server)).readiness.checks.map(({ name, ok }) => [name, ok])
    await expect.poll(checksNow).toEqual([
      ['running', true],
      ['synced', true],
      ['peers', true],
      ['execution', true],
    ])
    const report = await reportOf(server)
    expect(report.committee.members.filter(({ isSelf }) => isSelf)).toHaveLength(1)
    expect(report.committee.members.filter(({ isLeader }) => isLeader)).toHaveLength(1)
    expect(report.blocks.length).toBeGreaterThan(2)
    expect(report.latencies.finality.length).toBeGreaterThan(0)
    expect(report.latencies.verify.length).toBeGreaterThan(0)

    const page = await fetch(server.url)
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    const text = await page.text()
    expect(text).toContain('<h1>Validating</h1>')
    expect(text).not.toMatch(/(src|href)="/)
    const script = /<script>([^]*)<\/script>/.exec(text)?.[1] ?? ''
    const hash = createHash('sha256').update(script).digest('base64')
    expect(page.headers.get('content-security-policy')).toContain(`script-src 'sha256-${hash}'`)
  })

  test('a quorum that is gone › alive, but not ready, and the peer’s end has a reason', async () => {
    const { network, server } = await committee(6)
    await network.waitForHeight(2n)
    await until(`${server.url}/readyz`, 200)
    await network.at(4).stop()
    await network.at(5).stop()
    const peers = async () => {
      const { checks } = (await until(`${server.url}/readyz`, 503)) as StatusReport['readiness']
      return checks.find(({ name }) => name === 'peers')
    }
    await expect.poll(peers).toEqual({
      name: 'peers',
      ok: false,
      detail: 'connected to weight 4 of 6, a quorum is 5',
    })
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
    const { happenings } = await reportOf(server)
    const ended = happenings.filter(({ kind }) => kind === 'peer disconnected')
    expect(ended.map(({ reason }) => reason.split(':')[0])).toEqual(['SHUTDOWN', 'SHUTDOWN'])
  })

  test('a node that stopped › is no longer alive', async () => {
    const { network, server } = await committee(1)
    await network.waitForHeight(1n)
    await network.at(0).stop()
    await until(`${server.url}/healthz`, 503)
    await until(`${server.url}/readyz`, 503)
  })

  test('an open page › is sent new content as the chain goes on', async () => {
    const { network, server } = await committee(1)
    const response = await fetch(`${server.url}/events`)
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    const event = async (): Promise<string> => {
      while (!text.includes('\n\n')) text += (await reader?.read())?.value ?? ''
      const [next = '', ...rest] = text.split('\n\n')
      text = rest.join('\n\n')
      return next
    }
    const first = await event()
    await network.waitForHeight(2n)
    const second = await event()
    await reader?.cancel()
    expect(first).toMatch(/^data: "<header class=/)
    expect(second).toMatch(/^data: "<header class=/)
    expect(second).not.toBe(first)
  })

  test('metrics › come in the format that is asked for, the process’ own among them', async () => {
    const { network, server } = await committee(1)
    await network.waitForHeight(1n)
    const text = await (await fetch(`${server.url}/metrics`)).text()
    expect(text).toMatch(/^zkstack_committed_height [1-9]/m)
    expect(text).toMatch(/^process_resident_memory_bytes [1-9]/m)
    const headers = { accept: 'application/openmetrics-text; version=1.0.0' }
    const open = await fetch(`${server.url}/metrics`, { headers })
    expect(open.headers.get('content-type')).toContain('openmetrics-text')
    expect(await open.text()).toMatch(/# EOF\n$/)
  })

  test('many scrapes at one moment, each with another header › are made once', async () => {
    const sink = prometheusMetrics()
    let made = 0
    const metrics: PrometheusMetrics = {
      counter: (...of) => sink.counter(...of),
      gauge: (...of) => sink.gauge(...of),
      histogram: (...of) => sink.histogram(...of),
      recent: (...of) => sink.recent(...of),
      names: () => sink.names(),
      expose(accept) {
        made++
        return sink.expose(accept)
      },
    }
    const network = await createTestNetwork(1)
    open.push(network)
    const { node } = network.at(0)
    const clock = new ManualClock()
    const server = await serveStatus({ node, metrics, clock, listen: '127.0.0.1:0' })
    open.push(server)
    for (const accept of ['text/plain', 'text/plain;q=0.9', 'image/png', '*/*']) {
      const response = await fetch(`${server.url}/metrics`, { headers: { accept } })
      expect(await response.text()).toContain('process_resident_memory_bytes')
    }
    expect(made).toBe(1)
  })

  test('a wrong path and a wrong method › are refused', async () => {
    const { server } = await committee(1)
    expect((await fetch(`${server.url}/secret`)).status).toBe(404)
    expect((await fetch(server.url, { method: 'POST', body: 'x' })).status).toBe(405)
    expect((await fetch(server.url, { method: 'HEAD' })).status).toBe(200)
  })

  test('more open pages than there is room for › are refused, and room comes back', async () => {
    const { server } = await committee(1)
    const abort = new AbortController()
    const open = (): Promise<Response> => fetch(`${server.url}/events`, { signal: abort.signal })
    const pages = await Promise.all(Array.from({ length: 33 }, open))
    expect(pages.map(({ status }) => status).sort()).toEqual([...Array<number>(32).fill(200), 503])
    abort.abort()
    for (;;) {
      const response = await fetch(`${server.url}/events`)
      await response.body?.cancel()
      if (response.status === 200) break
    }
  })

  test('pages that are asked for behind another answer of the connection › are refused, and keep no room when it ends', async () => {
    const { server } = await committee(1)
    const { port, hostname } = new URL(server.url)
    const socket = connect(Number(port), hostname)
    socket.write('GET /events HTTP/1.1\r\nhost: localhost\r\n\r\n'.repeat(32))
    await once(socket, 'data')
    socket.destroy()
    for (;;) {
      const end = new AbortController()
      const ask = (): Promise<Response> => fetch(`${server.url}/events`, { signal: end.signal })
      const pages = await Promise.all([ask(), ask()])
      end.abort()
      if (pages.every(({ status }) => status === 200)) break
    }
  })

  test('closing › ends open pages, twice too, and a taken port is an error that leaves nothing', async () => {
    const { network, server } = await committee(1)
    const response = await fetch(`${server.url}/events`)
    const { node } = network.at(0)
    const listen = server.url.slice('http://'.length)
    await expect(serveStatus({ node, listen })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    })
    await server.close()
    await server.close()
    await expect(response.text()).rejects.toThrow()
  })
})
