// Runs every check of the repository. The last line is `N passed, N failed`: tests, and one for each other stage.
//
//   node scripts/check.mjs               all stages
//   node scripts/check.mjs lint types    only these
//   node scripts/check.mjs --list        their names
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { scratch } from './lib/packages.mjs'
import { stopAll } from './lib/run.mjs'
import { runStages } from './lib/stages.mjs'
import { vitestCounts } from './lib/vitest-counts.mjs'

const report = join(scratch, 'vitest.json')
const minutes = 60_000

/** @type {import('./lib/stages.mjs').Stage[][]} */
const phases = [
  [
    { name: 'lint', command: ['eslint', '.'] },
    { name: 'types', command: ['tsc', '-p', 'tsconfig.json'] },
    { name: 'format', command: ['prettier', '--check', '--log-level', 'warn', '.'] },
    { name: 'imports', command: ['node', 'scripts/imports.mjs'] },
    { name: 'lock', command: ['node', 'scripts/lock.mjs'] },
    { name: 'text', command: ['node', 'scripts/text.mjs'] },
    { name: 'unused', command: ['knip', '--no-progress'] },
    { name: 'proto', command: ['npm', 'run', '--silent', 'proto:check'] },
    { name: 'contracts', command: ['npm', 'run', '--silent', 'contracts:check'] },
  ],
  [{ name: 'build', command: ['node', 'scripts/build.mjs'] }],
  [
    { name: 'pack', command: ['node', 'scripts/pack.mjs'], needs: 'build' },
    { name: 'browser', command: ['node', 'scripts/browser.mjs'], needs: 'build' },
    { name: 'readmes', command: ['node', 'scripts/readmes.mjs'] },
  ],
  [
    {
      name: 'tests',
      command: [
        ...['vitest', 'run', '--reporter=default', '--reporter=json'],
        `--outputFile.json=${report}`,
      ],
      count: (code) => vitestCounts(report, code),
      timeoutMs: 20 * minutes,
    },
  ],
  [{ name: 'smoke', command: ['node', 'scripts/smoke.mjs'], needs: 'pack' }],
]

const names = phases.flat().map(({ name }) => name)
const wanted = process.argv.slice(2)
const unknown = wanted.find((name) => name !== '--list' && !names.includes(name))

if (wanted.includes('--list') || unknown) {
  if (unknown) process.stderr.write(`there is no stage '${unknown}'; these exist:\n`)
  process.stdout.write(`${names.join('\n')}\n`)
  process.exit(unknown ? 2 : 0)
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => {
    stopAll()
    process.exit(1)
  })
}

mkdirSync(scratch, { recursive: true })
rmSync(report, { force: true })
const chosen = phases
  .map((phase) => phase.filter(({ name }) => wanted.length === 0 || wanted.includes(name)))
  .filter((phase) => phase.length > 0)
const since = performance.now()
const { passed, failed } = await runStages(chosen, (text) => process.stdout.write(text))
process.stdout.write(
  `\nall stages ended after ${Math.round((performance.now() - since) / 1000)} s\n`,
)
process.stdout.write(`${passed} passed, ${failed} failed\n`)
process.exitCode = failed > 0 ? 1 : 0
