// Runs the long form of the tests, part after part, for hours. What a part says is printed as it comes; the last line is
// `N passed, N failed`: parts.
//
//   node scripts/long.mjs                     all parts
//   node scripts/long.mjs conformance twins   only these
//   node scripts/long.mjs --short [NAME…]     a little of each, in minutes: to see that every part works
//   node scripts/long.mjs --list              their names
import { stopAll } from './lib/run.mjs'
import { runStages } from './lib/stages.mjs'

const simulate = ['node', '--import', 'tsx', 'packages/executor/test/simulation/main.ts']
const twins = ['node', '--import', 'tsx', 'packages/bft/test/twins/main.ts']

/** Tests that take how much they try from the environment. */
const tests = (variables, files) => {
  const environment = Object.entries(variables).map(([name, value]) => `${name}=${value}`)
  return ['env', ...environment, 'vitest', 'run', ...files, '--testTimeout', '0']
}

const consensus = [
  'packages/bft/test/simulation/byzantine-actors.test.ts',
  'packages/bft/test/property/spec-model.test.ts',
  'packages/executor/test/integration/epoch-rotation.test.ts',
]
const settlement = [
  'packages/l1/test/simulation',
  'packages/l1/test/property',
  'packages/l1/test/integration/transaction-manager.test.ts',
  'packages/settlement/test/simulation',
  'packages/settlement/test/integration/killed-process.test.ts',
  'packages/settlement/test/integration/bad-endpoint.test.ts',
]
const conformance = ['node', '--import', 'tsx', 'packages/bft/test/conformance/main.ts']

const parts = [
  { name: 'conformance', long: conformance, short: conformance },
  { name: 'simulation', long: simulate, short: [...simulate, '--seeds', '20'] },
  {
    name: 'crash-points',
    long: [...simulate, '--crash-points'],
    short: [...simulate, '--crash-points', '--sample', '20'],
  },
  {
    name: 'kills',
    long: [...simulate, '--kills', '200'],
    short: [...simulate, '--kills', '3'],
  },
  {
    name: 'kills-apart',
    long: [...simulate, '--kills', '30', '--apart'],
    short: [...simulate, '--kills', '2', '--apart'],
  },
  { name: 'twins', long: twins, short: [...twins, '--rounds', '1'] },
  {
    name: 'consensus',
    long: tests({ SEEDS: 50, RUNS: 2000, EPOCHS: 10, EPOCH_BLOCKS: 30 }, consensus),
    short: tests({ SEEDS: 1, RUNS: 50, EPOCHS: 3, EPOCH_BLOCKS: 8 }, consensus),
  },
  {
    name: 'settlement',
    long: tests({ POINTS: 'all', TROUBLES: 40, KILLS: 14, RUNS: 200 }, settlement),
    short: tests({ POINTS: 10, TROUBLES: 2, KILLS: 1, RUNS: 5 }, settlement),
  },
]

const arguments_ = process.argv.slice(2)
const isShort = arguments_.includes('--short')
const wanted = arguments_.filter((argument) => !argument.startsWith('--'))
const unknown = wanted.filter((name) => parts.every((part) => part.name !== name))

if (arguments_.includes('--list')) {
  console.log(parts.map(({ name }) => name).join('\n'))
} else if (unknown.length > 0) {
  console.error(`there is no part ${unknown.join(', ')}; --list names them`)
  process.exitCode = 2
} else {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(signal, () => {
      stopAll()
      process.exit(1)
    })
  }
  const chosen = parts.filter(({ name }) => wanted.length === 0 || wanted.includes(name))
  const phases = chosen.map(({ name, long, short }) => [
    { name, command: isShort ? short : long, timeoutMs: 24 * 3_600_000 },
  ])
  const { passed, failed } = await runStages(phases, (text) => process.stdout.write(text))
  console.log(`${passed} passed, ${failed} failed`)
  process.exitCode = failed > 0 ? 1 : 0
}
