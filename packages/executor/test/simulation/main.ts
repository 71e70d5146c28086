import { mkdir, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { loadCryptoBackends } from '@zkstack/crypto'
import {
  crashPoints,
  describeFault,
  simulate,
  timelineHtml,
  timelineText,
  type SimulationOptions,
} from '../../testing/index.js'
import { killEachRun } from '../integration/kill-each-run.js'
import { killRun } from '../integration/kill-run.js'
import { runSeeds } from './run-seeds.js'
import { startSeedProcess } from './seed-process.js'
import { seedResult, type SeedResult } from './seed-run.js'
import { validatorsOf } from './validators-of.js'

const help = `npm run simulate -- [options]
  --seeds N        runs so many seeds (default 10000)
  --from N         begins with this one (default 1)
  --workers N      runs them in so many processes (default: one a core); what comes out is the same
  --seed N         runs one seed and prints its digest
  --trace          with --seed: prints what happened, and writes it as a page
  --verbose        with --trace: also writes, arrivals and all protocols
  --html FILE      where the page goes (default .tmp/simulation-SEED.html)
  --validators N   default 6; or weights, for instance 1,2,3,4,5,6
  --crash-points   instead: a run for each write of a run of 20 views, and each point of it, in which a node dies there
  --kills N        instead: six validators on LevelDB in a process that is killed so often, at moments drawn by --seed
  --apart          with --kills: each in a process of its own, over TCP; one, two or all are killed at a time (Linux)
  --sample N       with --crash-points: only so many of them, drawn by --seed
`

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '10000' },
    from: { type: 'string', default: '1' },
    workers: { type: 'string', default: String(availableParallelism()) },
    seed: { type: 'string' },
    trace: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
    html: { type: 'string' },
    validators: { type: 'string', default: '6' },
    'crash-points': { type: 'boolean', default: false },
    sample: { type: 'string' },
    kills: { type: 'string' },
    apart: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

const print = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

function optionsOf(seed: string): SimulationOptions {
  return { seed, validators: validatorsOf(values.validators) }
}

/** Tells of a failed run, if it is one. */
function tellFailure({ seed, failure }: SeedResult): void {
  if (failure === undefined) return
  for (const violation of failure.violations) print(`seed ${seed}: ${violation}`)
  const { length } = failure.faults
  print(
    length === 0 ? 'it takes no fault' : `the smallest schedule that does it, of ${length} faults:`,
  )
  for (const fault of failure.faults) print(`  ${fault}`)
  print(`again: npm run simulate -- --seed ${seed} --validators ${values.validators} --trace`)
}

async function runOne(seed: string): Promise<boolean> {
  const options = optionsOf(seed)
  const report = await simulate({ ...options, trace: values.trace })
  if (values.trace) {
    print(timelineText(report, { verbose: values.verbose }))
    const file = values.html ?? `.tmp/simulation-${seed}.html`
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, timelineHtml(report))
    print(`page: ${file}`)
  }
  tellFailure(await seedResult(report, options))
  print(`digest ${report.digest}`)
  return report.ok
}

async function runMany(from: number, seeds: number, workers: number): Promise<boolean> {
  const startedAt = performance.now()
  let [failures, views, lastTold] = [0, 0, startedAt]
  const processes = Array.from({ length: Math.min(workers, seeds) }, () =>
    startSeedProcess(values.validators),
  )
  const summary = await runSeeds({
    from,
    seeds,
    runners: processes.map(({ run }) => run),
    onResult: (result, done) => {
      tellFailure(result)
      views += result.views
      if (result.failure !== undefined) failures += 1
      const now = performance.now()
      if (now - lastTold < 10_000) return
      lastTold = now
      const seconds = (now - startedAt) / 1000
      const left = Math.round((seconds / done) * (seeds - done))
      print(
        `${done} of ${seeds} seeds, ${failures} failed, ${views} views, ` +
          `${(done / seconds).toFixed(1)} seeds/s, ${Math.round(seconds)} s, about ${left} s to go`,
      )
    },
  })
  for (const { stop } of processes) stop()
  const { failed } = summary
  if (failed.length > 0) print(`failed: seeds ${failed.map(({ seed }) => seed).join(', ')}`)
  const seconds = Math.round((performance.now() - startedAt) / 1000)
  print(
    `${summary.seeds} seeds from ${from}, ${failed.length} failed, ${summary.views} views, ${seconds} s`,
  )
  print(`digest ${summary.digest}`)
  return failed.length === 0
}

async function runCrashPoints(): Promise<boolean> {
  const startedAt = performance.now()
  const sample = values.sample === undefined ? undefined : Number(values.sample)
  const result = await crashPoints({
    ...optionsOf(values.seed ?? '1'),
    ...(sample === undefined ? {} : { sample }),
    onRun: ({ done, all, fault, failure }) => {
      if (failure !== undefined) {
        const [violation] = failure.violations
        const why = violation === undefined ? 'the write did not come' : violation.text
        print(`${describeFault(fault)}: ${violation?.invariant ?? ''} ${why}`)
      }
      if (done % 100 === 0 || done === all) print(`${done} of ${all} crash points`)
    },
  })
  const seconds = Math.round((performance.now() - startedAt) / 1000)
  print(
    `${result.writes} writes, ${result.runs} runs, ${result.failures.length} failed, ${seconds} s`,
  )
  return result.failures.length === 0
}

async function runKills(kills: number): Promise<boolean> {
  const seed = values.seed ?? '1'
  await loadCryptoBackends()
  const onKill = (done: number): void => {
    if (done % 10 === 0 || done === kills) print(`killed ${done} times of ${kills}`)
  }
  const report = values.apart
    ? await killEachRun({ kills, seed, onKill })
    : await killRun({ kills, seed, onKill })
  for (const fault of report.faults) print(fault)
  const { height, messages, faults } = report
  print(
    `${report.kills} kills, ${height} blocks, ${messages} messages, ${faults.length} faults, seed ${seed}`,
  )
  return faults.length === 0
}

async function main(): Promise<boolean> {
  if (values.help) {
    print(help)
    return true
  }
  if (values['crash-points']) return runCrashPoints()
  if (values.kills !== undefined) return runKills(Number(values.kills))
  if (values.seed !== undefined) return runOne(values.seed)
  return runMany(Number(values.from), Number(values.seeds), Number(values.workers))
}

process.exitCode = (await main()) ? 0 : 1
