import { Ctx, ManualClock } from '@zkstack/concurrency'
import { describe, expect, test } from 'vitest'
import { showHash, showWei } from '../demo/amounts.js'
import { DemoError } from '../demo/demo-error.js'
import { drawFrame } from '../demo/frame.js'
import { parseOptions } from '../demo/options.js'
import { picture } from '../demo/picture.js'
import { PlainView } from '../demo/plain-view.js'
import type { DemoStatus } from '../demo/status.js'
import { Story } from '../demo/story.js'
import { TerminalView } from '../demo/terminal-view.js'
import { until, within } from '../demo/until.js'

/** A story whose clock stands still unless it is set. */
function storyOf(): { story: Story; lines: string[]; at: (ms: number) => void } {
  const lines: string[] = []
  let nowMs = 0
  const view = new PlainView((text) => lines.push(text))
  const story = new Story(view, () => nowMs)
  return { story, lines, at: (ms) => (nowMs = ms) }
}

const [begin, end] = ['\x1b[?2026h', '\x1b[?2026l']

/** One change of the terminal. */
const inOne = (text: string): string => begin + text + end

const present: DemoStatus = {
  ...{ atMs: 12_345, l1Block: 45n, epoch: 5n, epochProgress: 0.5 },
  chains: [
    {
      name: 'A',
      blocks: 30n,
      exits: 2,
      certifiedExits: 2,
      certificate: '1 settled',
      balance: '6 ether',
    },
    {
      name: 'B',
      blocks: 31n,
      exits: 2,
      certifiedExits: 1,
      certificate: '0 candidate',
      balance: '5.999 ether',
    },
  ],
  ...{ node: 'killed', settled: 3, certificates: 7 },
  ...{ inBridge: '11 ether', withdrawn: '1.5 ether' },
}

describe('the story of the demo', () => {
  test('check that holds › is counted; check that does not › is remembered with both values', () => {
    const { story, lines } = storyOf()
    story.check('balance', { actual: 5n, expected: 5n })
    story.check('root', { actual: '0xab', expected: '0xcd' })
    expect(story.held).toEqual(['balance'])
    expect(story.failures).toEqual(['root: expected 0xcd, got 0xab'])
    expect(lines).toEqual([
      '   0.0 s    ✓ balance: 5\n',
      '   0.0 s    ✗ root: expected 0xcd, got 0xab\n',
    ])
  })

  test('without a terminal › one plain line for each thing', () => {
    const { story, lines, at } = storyOf()
    at(12_340)
    story.happened({ kind: 'crash', lane: 'node', title: 'Killed' })
    story.happened({ kind: 'reorg', lane: 'L1', title: 'Reorg', detail: 'with the deposit' })
    expect(lines).toEqual(['  12.3 s  Killed\n', '  12.3 s  Reorg: with the deposit\n'])
  })

  test('on a terminal › the same line in colours, above a box with the present that is drawn in place', () => {
    const written: string[] = []
    const out = { columns: 80, rows: 40, write: (text: string) => written.push(text) > 0 }
    const view = new TerminalView(out, true)
    view.line(1_000, 'Killed', 'bad')
    expect(written).toEqual([inOne('\x1b[2m   1.0 s  \x1b[0m\x1b[31mKilled\x1b[0m\n')])
    view.status(present)
    const box = (written[1] ?? '').split('\n')
    view.line(2_000, 'Runs again', 'good')
    const lines = box.length - 1
    expect(written[2]?.startsWith(inOne(`\x1b[${lines}A\r\x1b[J`).slice(0, -end.length))).toBe(true)
    expect(written[2]?.split('\n')).toHaveLength(box.length + 1)
    view.close()
    view.line(3_000, 'after', 'plain')
    expect(written[3]).toBe(inOne('\x1b[2m   3.0 s  \x1b[0m\x1b[2mafter\x1b[0m\n'))
  })

  test('on a terminal too low for the box › lines alone', () => {
    const written: string[] = []
    const out = { columns: 80, rows: 8, write: (text: string) => written.push(text) > 0 }
    new TerminalView(out, false).status(present)
    expect(written).toEqual([inOne('')])
  })

  test.each([40, 80, 200])('the box in %d columns › has them all, and at most 92', (columns) => {
    const lines = drawFrame(present, columns, false)
    for (const line of lines) expect([...line]).toHaveLength(Math.min(columns, 92))
    if (columns < 80) return
    const text = lines.join('\n')
    for (const part of ['L1 block 45', 'epoch 5', '1 settled', '0 candidate', '5.999 ether'])
      expect(text).toContain(part)
    expect(text).toMatch(/settlement node killed +real certificates settled 3 of 7/)
    expect(text).toMatch(/in the bridge 11 ether +withdrawn on L1 1\.5 ether/)
  })

  test('picture › rows, epochs, a broken line while the settlement node is gone, and the verdict', () => {
    const { story, at } = storyOf()
    story.happened({ kind: 'deposit', lane: 'L1', to: 'A', title: '1 < 2 & more' })
    at(1_000)
    story.epoch = 4n
    story.happened({ kind: 'crash', lane: 'node', title: 'Killed' })
    story.happened({ kind: 'restart', lane: 'node', title: 'Runs again' })
    story.happened({ kind: 'settled', lane: 'A', to: 'L1', title: 'Certificate 0 of A settled' })
    story.check('root', { actual: 1n, expected: 1n })
    const options = { validators: 6, blocks: { A: 7n, B: 8n } }
    const svg = picture(story, options)
    expect(svg).toContain('1 &lt; 2 &amp; more')
    expect([...svg.matchAll(/>epoch (\d)</g)].map(([, epoch]) => epoch)).toEqual(['0', '4'])
    expect(svg.match(/class="gone"/g)).toHaveLength(1)
    expect(svg).toContain('6 validators each · 1 checks against L1 held')
    expect(svg).toContain('1 certificates settled in 1 s')
    story.check('root', { actual: 1n, expected: 2n })
    expect(picture(story, options)).toContain('1 of 2 checks failed')
  })

  test('something does not come › the demo gives up, and says what it waited for', async () => {
    const clock = new ManualClock()
    using ctx = Ctx.root({ clock })
    const waits = [
      until(ctx, 'it rains', () => undefined),
      within(ctx, 'it snows', () => new Promise<never>(() => undefined)),
    ].map((wait) => wait.catch((e: unknown) => e))
    await clock.run(60_000)
    const [rain, snow] = await Promise.all(waits)
    expect(rain).toEqual(new DemoError('waited 45 s in vain until it rains'))
    expect(snow).toEqual(new DemoError('waited 45 s in vain until it snows'))
    await expect(until(ctx, 'now', () => Promise.reject(new Error('other')))).rejects.toThrow(
      'other',
    )
  })

  test('amounts and digests › as people write them', () => {
    expect([0n, 10n ** 18n, 15n * 10n ** 17n, 1n].map(showWei)).toEqual([
      '0 ether',
      '1 ether',
      '1.5 ether',
      '0.000000000000000001 ether',
    ])
    expect(showHash(`0x${'ab'.repeat(32)}`)).toBe('0xabababababababab…')
    expect(showHash('3')).toBe('3')
  })

  test('options › defaults, and one line for a wrong one', () => {
    expect(parseOptions([])).toEqual({
      ok: true,
      value: { validators: 6, blockMs: 1000, picture: '.tmp/demo-settlement.svg' },
    })
    expect(parseOptions(['--help'])).toEqual({ ok: true, value: 'help' })
    expect(parseOptions(['--validators', '0'])).toEqual({
      ok: false,
      error: "--validators takes an integer from 1 to 12, not '0'",
    })
    expect(parseOptions(['--block-ms', 'soon'])).toEqual({
      ok: false,
      error: "--block-ms takes an integer from 100 to 12000, not 'soon'",
    })
    expect(parseOptions(['--fast']).ok).toBe(false)
  })
})
