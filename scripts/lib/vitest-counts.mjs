import { existsSync, readFileSync } from 'node:fs'

/**
 * Passed and failed tests of a vitest run, from its JSON report. A file that does not load, an error outside the
 * tests and a run that left no report each count as a failure.
 *
 * @param {string} path of the report
 * @param {number} code with which vitest ended
 * @returns {{ passed: number, failed: number }}
 */
export function vitestCounts(path, code) {
  if (!existsSync(path)) return { passed: 0, failed: 1 }
  const report = JSON.parse(readFileSync(path, 'utf8'))
  const unloaded = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  )
  const passed = report.numPassedTests
  const failed = report.numFailedTests + unloaded.length
  return { passed, failed: failed === 0 && code !== 0 ? 1 : failed }
}
