import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { loadCryptoBackends } from '@zkstack/crypto'
import {
  crashPoints,
  describeFault,
  shrinkFaults,
  simulate,
  timelineHtml,
  timelineText,
  type SimulationOptions,
  type SimulationReport,
} from '../../testing/index.js'
import { killRun } from '../integration/kill-run.js'

const help = `npm run simulate -- [options]
  --seeds N        runs so many seeds (default 10000)
  --from N         begins with this one (default 1)
  --seed N         runs one seed and prints its digest
  --trace          with --seed: prints what happened, and writes it as a page
  --verbose        with --trace: also writes, arrivals and all protocols
  --html FILE      where the page goes (default simulation-SEED.html)
  --validators N   default 6; or weights, for instance 1,2,3,4,5,6
  --crash-points   instead: a run for each write of a run of 20 views, and each point of it, in which a node dies there
  --kills N        instead: six validators on LevelDB in a process that is killed so often, at moments drawn by --seed
  --sample N       with --crash-points: only so many of them, drawn by --seed
`

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '10000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    trace: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
    html: { type: 'string' },
    validators: { type: 'string', default: '6' },
    'crash-points': { type: 'boolean', default: false },
    sample: { type: 'string' },
    kills: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})

const print = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

function optionsOf(seed: string): SimulationOptions {
  const weights = values.validators.split(',')
  const validators = weights.length > 1 ? weights.map(BigInt) : Number(values.validators)
  return { seed, validators }
}

/** Tells of a failed run, and looks for the fewest faults that do it. */
async function tellFailure(report: SimulationReport, options: SimulationOptions): Promise<void> {
  for (const { invariant, at, node, text } of report.violations) {
    print(`seed ${report.seed}: ${invariant} at ${Math.round(at)} ms, node ${node ?? '–'}: ${text}`)
  }
  print(`looking for the smallest schedule among ${report.faults.length} faults …`)
  const { faults } = await shrinkFaults(options)
  for (const fault of faults) print(`  ${describeFault(fault)}`)
  print(
    `again: npm run simulate -- --seed ${report.seed} --validators ${values.validators} --trace`,
  )
}

async function runOne(seed: string): Promise<boolean> {
  const options = optionsOf(seed)
  const report = await simulate({ ...options, trace: values.trace })
  if (values.trace) {
    print(timelineText(report, { verbose: values.verbose }))
    const file = values.html ?? `simulation-${seed}.html`
    await writeFile(file, timelineHtml(report))
    print(`page: ${file}`)
  }
  if (!report.ok) await tellFailure(report, options)
  print(`digest ${report.digest}`)
  return report.ok
}

async function runMany(from: number, seeds: number): Promise<boolean> {
  const startedAt = performance.now()
  let [failures, views, lastTold] = [0, 0n, startedAt]
  for (let i = 0; i < seeds; i++) {
    const options = optionsOf(String(from + i))
    const report = await simulate(options)
    views += report.stats.views
    if (!report.ok) {
      failures += 1
      await tellFailure(report, options)
    }
    const now = performance.now()
    if (now - lastTold < 10_000 && i + 1 < seeds) continue
    lastTold = now
    const seconds = (now - startedAt) / 1000
    const left = Math.round((seconds / (i + 1)) * (seeds - i - 1))
    print(
      `${i + 1} of ${seeds} seeds, ${failures} failed, ${views} views, ${Math.round(seconds)} s, about ${left} s to go`,
    )
  }
  return failures === 0
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
  const report = await killRun({
    kills,
    seed,
    onKill: (done) => {
      if (done % 10 === 0 || done === kills) print(`killed ${done} times of ${kills}`)
    },
  })
  for (const fault of report.faults) print(fault)
  const { height, messages, faults } = report
  print(
    `${kills} kills, ${height} blocks, ${messages} messages, ${faults.length} faults, seed ${seed}`,
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
  return runMany(Number(values.from), Number(values.seeds))
}

process.exitCode = (await main()) ? 0 : 1
