import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { chromiumPath, openChromium } from '../lib/chromium.mjs'
import { root } from '../lib/packages.mjs'
import { bundleSuite } from '../lib/page-suite.mjs'
import { servePages } from '../lib/serve-pages.mjs'
import { writeTree } from './tree.mjs'

const folder = join(root, 'packages', 'pessimistic-proof')
const isHere = chromiumPath() !== undefined
const open = []

afterAll(async () => {
  for (const resource of open.reverse()) await resource.close()
})

/** Runs a bundled suite in a fresh page, and gives its results. */
async function runInChromium(script) {
  const page = '<!doctype html><title>suite</title><script type="module" src="/suite.js"></script>'
  const server = await servePages(
    { '/': page, '/suite.js': script },
    { '/vectors/': join(folder, 'test', 'vectors', 'data') },
  )
  open.push(server)
  const browser = await openChromium()
  open.push(browser)
  const tab = await browser.newPage()
  await tab.goto(server.url)
  await tab.waitFor('globalThis.suite !== undefined').catch((error) => {
    throw new Error(`${error.message}\n${tab.messages.join('\n')}`)
  })
  return tab.evaluate('suite')
}

/** Every test that did not pass, and every file that could not be read, with the reason. */
function failuresOf(results) {
  return results.flatMap(({ file, errors, tests }) => [
    ...errors.map((error) => `${file}: ${error}`),
    ...tests
      .filter(({ state }) => state !== 'pass')
      .map(({ name, errors: reasons }) => `${file}: ${name}: ${reasons.join(' ')}`),
  ])
}

describe.skipIf(!isHere)('the tests of pessimistic-proof in headless Chromium', () => {
  test('unit, property and vector tests, unchanged › all pass', { timeout: 600_000 }, async () => {
    const { files, script, imports } = await bundleSuite(folder, ['unit', 'property', 'vectors'])
    expect(imports).toEqual([])
    const results = await runInChromium(script)
    expect(failuresOf(results)).toEqual([])
    expect(results.map(({ file }) => file)).toEqual(files)
    for (const { file, tests } of results) expect(tests.length, file).toBeGreaterThan(0)
  })

  test('a test that fails and a file that throws › are reported', async () => {
    const tree = writeTree({
      'test/unit/a.test.ts': `import { expect, test } from 'vitest'
        test('right', () => expect([1, 2]).toEqual([1, 2]))
        test('wrong', () => expect({ a: 1 }).toMatchObject({ a: 2 }))`,
      'test/unit/b.test.ts': `throw new Error('unreadable')`,
    })
    const { script } = await bundleSuite(tree, ['unit'])
    const failures = failuresOf(await runInChromium(script))
    expect(failures).toHaveLength(2)
    expect(failures[0]).toMatch(/^test\/unit\/a\.test\.ts: wrong: expected/)
    expect(failures[1]).toMatch(/^test\/unit\/b\.test\.ts: unreadable/)
  })
})
