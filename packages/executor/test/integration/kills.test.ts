import { loadCryptoBackends } from '@zkstack/crypto'
import { beforeAll, expect, it } from 'vitest'
import { killEachRun } from './kill-each-run.js'
import { killRun } from './kill-run.js'

/** `npm run simulate -- --kills 200` is the long form. */
const kills = Number(process.env['KILLS'] ?? 3)
const seed = process.env['SEED'] ?? String(Date.now())

beforeAll(async () => {
  await loadCryptoBackends()
})

it(
  `six validators on LevelDB in a process that is killed ${kills} times at random moments › nobody votes twice, no block is lost, each height is committed once, in order`,
  async () => {
    process.stdout.write(`SEED=${seed}\n`)
    const report = await killRun({ kills, seed })
    expect(report.faults, `SEED=${seed}`).toEqual([])
    expect(report.kills).toBe(kills)
    expect(report.height).toBeGreaterThan(0)
  },
  60_000 + kills * 30_000,
)

/** A process may be killed before it has voted, and then there is nothing to forget: the first double vote ends the run. */
const killsOfForgetful = 8

it('a process that forgets its votes when it is killed › is found to vote twice', async () => {
  const report = await killRun({ kills: killsOfForgetful, seed, forgetful: true })
  expect(report.faults, `SEED=${seed}`).not.toEqual([])
}, 300_000)

it.runIf(process.platform === 'linux')(
  'processes of their own that forget their votes, all killed at once › are found to vote twice',
  async () => {
    const report = await killEachRun({
      kills: killsOfForgetful,
      seed,
      validators: 2,
      atOnce: 2,
      forgetful: true,
    })
    expect(report.faults, `SEED=${seed}`).not.toEqual([])
  },
  300_000,
)
