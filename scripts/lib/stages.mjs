import { run, runEach } from './run.mjs'

/**
 * One stage of the check.
 *
 * @typedef {object} Stage
 * @property {string} name
 * @property {string[]} command
 * @property {string} [needs] a stage of an earlier phase without whose success this one cannot run
 * @property {number} [timeoutMs]
 * @property {(code: number) => Counts} [count] absent: the stage itself is the one thing counted
 *
 * @typedef {{ passed: number, failed: number }} Counts
 */

const asOne = (code) => (code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 })

/**
 * Runs the phases one after the other, and the stages of a phase two at a time. It goes on after a failure, so that
 * one run names everything that is wrong. The output of a stage is printed when the stage fails; that of a stage
 * alone in its phase is printed as it comes.
 *
 * @param {Stage[][]} phases
 * @param {(text: string) => void} print
 * @returns {Promise<Counts>} a stage that could not run has failed
 */
export async function runStages(phases, print) {
  const names = phases.flat().map(({ name }) => name)
  const failed = new Set()
  const total = { passed: 0, failed: 0 }

  const runStage = async (stage, isAlone) => {
    const label = `[${names.indexOf(stage.name) + 1}/${names.length}] ${stage.name}`
    if (failed.has(stage.needs)) {
      print(`${label}: not run, because it needs ${stage.needs}\n`)
      failed.add(stage.name)
      total.failed += 1
      return
    }
    print(`${label} …\n`)
    const since = performance.now()
    const { timeoutMs } = stage
    const env = process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }
    const { code, output } = await run(stage.command, {
      env,
      ...(isAlone && { onOutput: print }),
      ...(timeoutMs && { timeoutMs }),
    })
    const counts = (stage.count ?? asOne)(code)
    total.passed += counts.passed
    total.failed += counts.failed
    if (counts.failed > 0) failed.add(stage.name)
    if (counts.failed > 0 && !isAlone) print(output.replace(/\n*$/, '\n'))
    const verdict = counts.failed > 0 ? 'FAILED' : 'passed'
    print(`${label} ${verdict} in ${((performance.now() - since) / 1000).toFixed(1)} s\n`)
  }

  for (const phase of phases) {
    await runEach(phase, (stage) => runStage(stage, phase.length === 1))
  }
  return total
}
