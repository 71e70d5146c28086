import { describe, expect, test } from 'vitest'
import { showHash, showWei } from '../demo/amounts.js'
import { LiveView } from '../demo/live-view.js'
import { parseOptions } from '../demo/options.js'
import { picture } from '../demo/picture.js'
import { Story } from '../demo/story.js'

/** A story whose clock stands still unless it is set. */
function storyOf(): { story: Story; lines: string[]; at: (ms: number) => void } {
  const lines: string[] = []
  let nowMs = 0
  const view = new LiveView((text) => lines.push(text), false)
  const story = new Story(view, () => nowMs)
  return { story, lines, at: (ms) => (nowMs = ms) }
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

  test('on a terminal › the same line in colours', () => {
    const lines: string[] = []
    const view = new LiveView((text) => lines.push(text), true)
    view.line(1_000, 'Killed', 'bad')
    expect(lines).toEqual(['\x1b[2m   1.0 s  \x1b[0m\x1b[31mKilled\x1b[0m\n'])
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
