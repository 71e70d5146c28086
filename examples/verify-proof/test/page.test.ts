import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, openChromium, type Chromium } from '../../../scripts/lib/chromium.mjs'
import { servePages, type PageServer } from '../../../scripts/lib/serve-pages.mjs'
import { bundlePage } from '../src/bundle-page.js'

const proofs = fileURLToPath(new URL('../proofs/', import.meta.url))

describe.skipIf(chromiumPath() === undefined)('the page in headless Chromium', () => {
  let browser: Chromium
  let server: PageServer

  beforeAll(async () => {
    server = await servePages({ '/': await bundlePage() })
    browser = await openChromium()
  })

  afterAll(async () => {
    await browser.close()
    await server.close()
  })

  async function open() {
    const page = await browser.newPage()
    await page.goto(server.url)
    await page.waitFor(`document.getElementById('word').textContent === 'Ready'`)
    const text = (id: string) => page.evaluate(`document.getElementById('${id}').innerText`)
    const click = (id: string) => page.evaluate(`document.getElementById('${id}').click()`)
    const verdict = () => page.evaluate(`document.getElementById('verdict').dataset.verdict`)
    return { page, text, click, verdict }
  }

  test('the real proof › proven, with both roots before and after', async () => {
    const { page, text, click, verdict } = await open()
    await click('sample')
    expect(await verdict()).toBe('proven')
    expect(await text('reason')).toMatch(/network 1 moved .* Verified in \d+ ms\.$/)
    const picture = String(await text('picture'))
    expect(picture).toContain('empty: nothing has left the network')
    expect(picture).toContain('0xa75066d062260d3d73ea75b488688a87ae863da6260958fce7e347075f5ac63b')
    expect(await page.evaluate(`document.querySelectorAll('#picture .state svg').length`)).toBe(4)
    expect(await text('facts')).toContain('0x2497b2c9c1dbb63258dfc8f63801e36e9181ae18')
    expect(page.messages).toEqual([])
  })

  test('one bit changed, and back › refused, and proven again', async () => {
    const { text, click, verdict } = await open()
    await click('sample')
    await click('flip')
    expect(await verdict()).toBe('refused')
    expect(await text('picture')).toContain('not proven')
    expect(await text('heading')).toBe('What it claims')
    await click('flip')
    expect(await verdict()).toBe('proven')
  })

  test('a file of withdrawn circuits › refused until they are allowed', async () => {
    const { page, text, click, verdict } = await open()
    await page.chooseFiles('#file', [`${proofs}agglayer-sp1-v3.proof`])
    await page.waitFor(`document.getElementById('verdict').dataset.verdict !== 'none'`)
    expect(await verdict()).toBe('refused')
    expect(await text('reason')).toContain('withdrawn')
    await click('old')
    expect(await verdict()).toBe('proven')
  })

  test('a file that is no proof › says so', async () => {
    const { page, text } = await open()
    await page.chooseFiles('#file', [`${proofs}../package.json`])
    await page.waitFor(`document.getElementById('verdict').dataset.verdict === 'refused'`)
    expect(await text('word')).toContain('Not readable')
  })

  test.each([320, 390, 1000])(
    '%i pixels wide › nothing is cut off or scrolls sideways',
    async (width) => {
      const { page, click } = await open()
      await page.setViewport(width, 800)
      await click('sample')
      const overflow = await page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      )
      expect(overflow).toBe(0)
      const image = await page.screenshot()
      expect(image.subarray(1, 4).toString()).toBe('PNG')
    },
  )
})
