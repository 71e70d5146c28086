import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { prometheusMetrics, serveStatus } from '@zkstack/node'
import { createTestNetwork } from '@zkstack/executor/testing'
import { afterAll, describe, expect, test } from 'vitest'
import { chromiumPath, openChromium } from '../lib/chromium.mjs'
import { scratch } from '../lib/packages.mjs'

const isHere = chromiumPath() !== undefined
const open = []

afterAll(async () => {
  for (const close of open.reverse()) await close()
})

/** A committee of six of which one has left, and the address of its first node's status page. */
async function statusPage() {
  const metrics = prometheusMetrics()
  const network = await createTestNetwork(6, {
    metrics: (index) => (index === 0 ? metrics : prometheusMetrics()),
  })
  open.push(() => network[Symbol.asyncDispose]())
  const { node } = network.at(0)
  const server = await serveStatus({ node, metrics, listen: '127.0.0.1:0' })
  open.push(() => server.close())
  await network.waitForHeight(8n)
  await network.at(5).stop()
  await network.waitForHeight(20n)
  return server.url
}

/** What a reader sees, and whether something sticks out to the right. */
const look = `({
  title: document.querySelector('h1').textContent,
  members: document.querySelectorAll('section table')[0].tBodies[0].rows.length,
  absent: [...document.querySelectorAll('td.bad')].map((cell) => cell.textContent),
  plots: document.querySelectorAll('svg .line').length,
  reasons: document.querySelector('ul.log').textContent + document.body.textContent,
  cut: [...document.querySelectorAll('.wide')].filter((e) => e.scrollWidth > e.clientWidth).map((e) => [e.scrollWidth, e.clientWidth, e.innerText]),
  overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
})`

const committed = 'Number(document.querySelector("dd").textContent)'

describe.runIf(isHere)('status page', () => {
  test('in Chromium, on a desk and on a phone › shows a live chain, complains of nothing, fits', async () => {
    const url = await statusPage()
    const browser = await openChromium()
    open.push(() => browser.close())
    const tab = await browser.newPage()
    mkdirSync(scratch, { recursive: true })
    for (const [name, width, height] of [
      ['desk', 1200, 900],
      ['phone', 360, 740],
    ]) {
      await tab.setViewport(width, height)
      await tab.goto(url)
      const before = await tab.evaluate(committed)
      await tab.waitFor(`document.getElementById('live').textContent === 'live'`)
      await tab.waitFor(`${committed} > ${before}`)
      const seen = await tab.evaluate(look)
      expect(seen).toMatchObject({ title: 'Validating', members: 6, absent: ['not connected'] })
      expect(seen.plots).toBeGreaterThanOrEqual(4)
      expect(seen.reasons).toContain('peer disconnected')
      expect(seen.reasons).toContain('SHUTDOWN')
      expect([name, seen.overflow, seen.cut]).toEqual([name, 0, []])
      const picture = await tab.screenshot()
      expect(picture.length).toBeGreaterThan(20_000)
      writeFileSync(join(scratch, `status-page-${name}.png`), picture)
    }
    expect(tab.messages).toEqual([])
  })
})
