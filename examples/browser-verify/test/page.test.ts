import { toHex } from '@zkstack/crypto'
import { CounterChain, createTestNetwork, type TestNetwork } from '@zkstack/executor/testing'
import { serveStatus } from '@zkstack/node'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import {
  chromiumPath,
  openChromium,
  type Chromium,
  type ChromiumPage,
} from '../../../scripts/lib/chromium.mjs'
import { bundlePage } from '../src/bundle-page.js'
import { TRUE_BLOCKS } from '../src/lies.js'
import { servePage, type PageServer } from '../src/page-server.js'

/** A chain that runs, and the page beside it. */
interface Scene {
  readonly network: TestNetwork
  readonly server: PageServer
  readonly resources: readonly AsyncDisposable[]
}

/** About five blocks a second: a node would tell a page to ask less often than a faster chain makes them. */
class PacedChain extends CounterChain {
  override async propose(...request: Parameters<CounterChain['propose']>) {
    await new Promise((resolve) => setTimeout(resolve, 150))
    return super.propose(...request)
  }
}

const ED25519 = 2
const BLS_MIN_SIG = 0

describe.skipIf(chromiumPath() === undefined)('the page in headless Chromium', () => {
  let browser: Chromium
  let html: string
  let scene: (Scene & { readonly scheme: number }) | undefined
  const pages: ChromiumPage[] = []

  // A browser opens only a few connections to a server, and each page holds one.
  afterEach(async () => {
    for (const page of pages.splice(0)) await page.close()
  })

  beforeAll(async () => {
    html = await bundlePage()
    browser = await openChromium()
  })

  afterAll(async () => {
    await browser.close()
    await endScene()
  })

  async function endScene(): Promise<void> {
    for (const resource of scene?.resources.toReversed() ?? []) {
      await resource[Symbol.asyncDispose]()
    }
    scene = undefined
  }

  /** One chain runs at a time: two would leave no processor to the browser. */
  async function sceneOf(scheme: number): Promise<Scene> {
    if (scene?.scheme === scheme) return scene
    await endScene()
    const network = await createTestNetwork(6, { scheme, execution: () => new PacedChain() })
    const { node } = network.at(0)
    const chain = { genesis: network.genesis }
    const status = await serveStatus({ node, chain, listen: '127.0.0.1:0' })
    const server = await servePage({ html, node: status.url, port: 0 })
    scene = { scheme, network, server, resources: [network, status, server] }
    return scene
  }

  async function open(
    { server, network }: Scene,
    o: { readonly lie?: string; readonly genesis?: string } = {},
  ): Promise<ChromiumPage> {
    const { lie = 'none', genesis = toHex(network.genesis.hash) } = o
    const page = await browser.newPage()
    pages.push(page)
    await page.goto(`${server.url}/#node=chain/${lie}&genesis=${genesis}`)
    return page
  }

  const verdictIs = (verdict: string): string =>
    `document.getElementById('verdict').dataset.verdict === '${verdict}'`
  const rows = (kind: string): string => `document.querySelectorAll('#list .${kind}').length`
  const text = (page: ChromiumPage, selector: string): Promise<unknown> =>
    page.evaluate(`document.querySelector('${selector}').innerText`)

  test.each([
    ['Ed25519', ED25519],
    ['BLS12-381 min-sig', BLS_MIN_SIG],
  ])('a chain of %s › each block is verified as it comes', async (_, scheme) => {
    const page = await open(await sceneOf(scheme))
    await page.waitFor(`${rows('verified')} >= 6`)
    expect(await page.evaluate(verdictIs('verified'))).toBe(true)
    expect(await page.evaluate(rows('refused'))).toBe(0)
    const heights = await page.evaluate(
      `[...document.querySelectorAll('#list .height')].map((cell) => Number(cell.innerText.slice(1)))`,
    )
    const newest = (heights as number[])[0] ?? 0
    expect(heights).toEqual((heights as number[]).map((_, i) => newest - i))
    expect(await text(page, '#reason')).toMatch(/is final, from the genesis that you trust/)
    expect(await text(page, '#numbers')).toMatch(/quorum\s+5 of 6/)
    expect(await text(page, '#list .about')).toMatch(
      /weight [56] of 6 · view \d+ · \d+ B · [\d.]+ ms$/,
    )
    expect(await page.evaluate(`document.querySelectorAll('#members li').length`)).toBe(6)
    const signed = await page.evaluate(
      `document.querySelector('#list li').querySelectorAll('.seat.signed').length`,
    )
    expect(signed).toBeGreaterThanOrEqual(5)
    expect(page.messages).toEqual([])
  })

  test.each([
    ['signature', BLS_MIN_SIG, 'BAD_SIGNATURE'],
    ['signers', BLS_MIN_SIG, 'BAD_SIGNATURE'],
    ['payload', ED25519, 'BAD_SIGNATURE'],
    ['signature', ED25519, 'BAD_SIGNATURE'],
    ['signers', ED25519, 'BAD_SIGNATURE'],
    ['quorum', ED25519, 'NOT_ENOUGH_WEIGHT'],
    ['gap', ED25519, 'NOT_NEXT'],
  ])(
    'a server that lies about %s, scheme %i › true blocks are verified, the lie is refused',
    async (lie, scheme, code) => {
      const page = await open(await sceneOf(scheme), { lie })
      await page.waitFor(verdictIs('refused'))
      expect(await page.evaluate(rows('verified'))).toBe(TRUE_BLOCKS)
      expect(await page.evaluate(rows('refused'))).toBe(1)
      expect(await page.evaluate(`document.querySelector('#list .refused').dataset.code`)).toBe(
        code,
      )
      expect(await text(page, '#word')).toBe('✗ Refused')
      expect(await text(page, '#reason')).toMatch(/^Block \d+ is not believed: /)
    },
  )

  test('a server that delivers another payload › is refused, unless payloads are not asked for', async () => {
    const page = await open(await sceneOf(ED25519), { lie: 'body' })
    await page.waitFor(verdictIs('refused'))
    expect(await page.evaluate(`document.querySelector('#list .refused').dataset.code`)).toBe(
      'HASH_MISMATCH',
    )
    await page.evaluate(`document.getElementById('payloads').click()`)
    await page.waitFor(`${rows('verified')} >= 2`)
    expect(await page.evaluate(verdictIs('verified'))).toBe(true)
  })

  test('a server with a chain of its own › is refused by the hash that is trusted', async () => {
    const page = await open(await sceneOf(ED25519), { lie: 'genesis' })
    await page.waitFor(verdictIs('refused'))
    expect(await text(page, '#reason')).toContain('another chain than the one you trust')
    expect(await page.evaluate(rows('verified'))).toBe(0)
  })

  test('without a hash that is trusted › the page says whose word the genesis is', async () => {
    const page = await open(await sceneOf(ED25519), { genesis: '' })
    await page.waitFor(`${rows('verified')} >= 1`)
    expect(await text(page, '#reason')).toContain('the genesis that this node gave')
  })

  test('a lie chosen in the page, and honesty again › refused, and verified again', async () => {
    const page = await open(await sceneOf(ED25519))
    await page.waitFor(`${rows('verified')} >= 1`)
    const choose = (lie: string): Promise<unknown> =>
      page.evaluate(
        `(() => { const lie = document.getElementById('lie'); lie.value = '${lie}'; lie.dispatchEvent(new Event('change')) })()`,
      )
    await choose('quorum')
    await page.waitFor(verdictIs('refused'))
    await choose('none')
    await page.waitFor(verdictIs('verified'))
    expect(await page.evaluate(rows('refused'))).toBe(0)
  })

  test('no node there, or no hash › the page waits, or says so', async () => {
    const chain = await sceneOf(ED25519)
    const lost = await open(chain, { lie: 'nosuch' })
    await lost.waitFor(`document.getElementById('reason').innerText.includes('answers 404')`)
    expect(await lost.evaluate(verdictIs('waiting'))).toBe(true)
    const wrong = await open(chain, { genesis: '12' })
    await wrong.waitFor(`document.getElementById('word').innerText === 'No such hash'`)
  })

  test.each([320, 390, 1000])(
    '%i pixels wide › nothing is cut off or scrolls sideways',
    async (width) => {
      for (const lie of ['none', 'signature']) {
        const page = await open(await sceneOf(ED25519), { lie })
        await page.setViewport(width, 800)
        await page.waitFor(`${rows(lie === 'none' ? 'verified' : 'refused')} >= 1`)
        const overflow = await page.evaluate(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        )
        expect(overflow).toBe(0)
        // Only of a page that has come to rest.
        if (lie === 'none') continue
        const image = await page.screenshot()
        expect(image.subarray(1, 4).toString()).toBe('PNG')
      }
    },
  )
})
