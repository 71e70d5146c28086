import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ctx } from '@zkstack/concurrency'
import { expect, test, vi } from 'vitest'
import { audit } from '../demo/audit.js'
import { runDemo } from '../demo/run-demo.js'
import { user } from '../demo/scenario.js'
import { networks } from '../demo/world.js'

test(
  'demo › everything holds; then somebody deposits what no chain knows › exit code 1, which names that check alone',
  { timeout: 240_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'demo-settlement-test-'))
    const svg = join(folder, 'picture.svg')
    const [lines, errors]: [string[], string[]] = [[], []]
    let held = 0
    try {
      using ctx = Ctx.root()
      const args = ['--validators', '1', '--block-ms', '250', '--picture', svg]
      const code = await runDemo(ctx, args, {
        out: (text) => lines.push(text),
        err: (text) => errors.push(text),
        view: { line: (_, text) => lines.push(text) },
        async beforeVerdict(world) {
          const { story, l1 } = world
          expect(story.failures, lines.join('\n')).toEqual([])
          held = story.held.length
          expect(held).toBe(18)
          // NEGATIVE CONTROL
          await l1.deposit(ctx, { networkId: networks.a, to: user.address, wei: 1n })
          await audit(world)
        },
      })
      expect(errors).toEqual([
        'demo: does not hold: in the bridge, for A, B and C: expected 9.5 ether, got 9.500000000000000001 ether\n',
      ])
      expect(code).toBe(1)
      const text = await readFile(svg, 'utf8')
      expect(text).toMatch(/Settlement node killed/)
      expect(text.match(/Reorg: L1 takes 3 blocks back/g)).toHaveLength(2)
      expect(text.match(/Certificate \d of network 1[45] settled/g)).toHaveLength(7)
      expect(text).toContain('1 of 35 checks failed')
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
)

test('the smallest program › follows its exit to L1, and ends', async () => {
  const said = vi.spyOn(console, 'log').mockImplementation(() => undefined)
  try {
    await import('../embed.js')
    const lines = said.mock.calls.map(([line]) => String(line))
    expect(lines[0]).toBe('0.1 ether on its way to L1: collected')
    expect(lines.at(-1)).toBe('0.1 ether on its way to L1: claimable')
  } finally {
    said.mockRestore()
  }
}, 240_000)

test('demo › wrong option › one line on the error output and exit code 2', async () => {
  const errors: string[] = []
  using ctx = Ctx.root()
  const nowhere = (): void => undefined
  const io = { out: nowhere, err: (text: string) => errors.push(text), view: { line: nowhere } }
  expect(await runDemo(ctx, ['--validators', 'many'], io)).toBe(2)
  expect(errors).toEqual(["demo: --validators takes an integer from 1 to 12, not 'many'\n"])
})
