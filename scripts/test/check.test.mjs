import { describe, expect, test } from 'vitest'
import { root } from '../lib/packages.mjs'
import { run } from '../lib/run.mjs'
import { runStages } from '../lib/stages.mjs'
import { vitestCounts } from '../lib/vitest-counts.mjs'
import { writeTree } from './tree.mjs'

const good = (name) => ({ name, command: ['node', '--eval', `console.log('${name} talks')`] })
const bad = (name) => ({
  name,
  command: ['node', '--eval', `console.log('${name} fails'); process.exitCode = 1`],
})

async function check(phases) {
  let text = ''
  const counts = await runStages(phases, (more) => {
    text += more
  })
  return { counts, text }
}

describe('the check', () => {
  test('each stage counts as one, and its duration is shown', async () => {
    const { counts, text } = await check([[good('a'), good('b')], [good('c')]])
    expect(counts).toEqual({ passed: 3, failed: 0 })
    for (const label of [
      /^\[1\/3\] a passed in \d+\.\d s$/m,
      /^\[3\/3\] c passed in \d+\.\d s$/m,
    ]) {
      expect(text).toMatch(label)
    }
  })

  test('goes on after a failure, whose output is shown', async () => {
    const { counts, text } = await check([[bad('a'), good('b')], [good('c')]])
    expect(counts).toEqual({ passed: 2, failed: 1 })
    expect(text).toContain('a fails\n[1/3] a FAILED')
    expect(text).not.toContain('b talks')
  })

  test('a stage whose need failed, or could not run, has failed', async () => {
    const second = { ...good('b'), needs: 'a' }
    const third = { ...good('c'), needs: 'b' }
    const { counts, text } = await check([[bad('a')], [second], [third]])
    expect(counts).toEqual({ passed: 0, failed: 3 })
    expect(text).toContain('[2/3] b: not run, because it needs a')
    expect(text).not.toContain('b talks')
  })

  test('a stage alone in its phase shows its output as it comes', async () => {
    const { text } = await check([[good('a')]])
    expect(text).toContain('a talks')
  })

  test('ends with the counts alone on a line, and a matching exit code', async () => {
    const { code, output } = await run(['node', 'scripts/check.mjs', 'imports'], { cwd: root })
    const last = output.trimEnd().split('\n').at(-1)
    expect([code, last]).toEqual(code === 0 ? [0, '1 passed, 0 failed'] : [1, '0 passed, 1 failed'])
  })

  test('refuses a stage that does not exist', async () => {
    const { code, output } = await run(['node', 'scripts/check.mjs', 'nothing'], { cwd: root })
    expect(code).toBe(2)
    expect(output).toContain("no stage 'nothing'")
  })
})

describe('the counts of the tests', () => {
  const countsOf = (report, code) => {
    const tree = writeTree({ 'vitest.json': JSON.stringify(report) })
    return vitestCounts(`${tree}/vitest.json`, code)
  }
  const loaded = { status: 'passed', assertionResults: [{}] }

  test('are those of the report', () => {
    const report = { numPassedTests: 7, numFailedTests: 2, testResults: [loaded] }
    expect(countsOf(report, 1)).toEqual({ passed: 7, failed: 2 })
  })

  test('a file that does not load has failed', () => {
    const broken = { status: 'failed', assertionResults: [] }
    const report = { numPassedTests: 7, numFailedTests: 0, testResults: [loaded, broken] }
    expect(countsOf(report, 1)).toEqual({ passed: 7, failed: 1 })
  })

  test('an error outside the tests is a failure', () => {
    const report = { numPassedTests: 7, numFailedTests: 0, testResults: [loaded] }
    expect(countsOf(report, 1)).toEqual({ passed: 7, failed: 1 })
    expect(countsOf(report, 0)).toEqual({ passed: 7, failed: 0 })
  })

  test('a run without a report has failed', () => {
    expect(vitestCounts('/nowhere/vitest.json', 0)).toEqual({ passed: 0, failed: 1 })
  })
})
