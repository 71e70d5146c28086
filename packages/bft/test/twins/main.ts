import { parseArgs } from 'node:util'
import { seededRandom } from '@zkstack/concurrency'
import { loadCryptoBackends } from '@zkstack/crypto'
import {
  createTwinsCluster,
  drawScenarios,
  enumerateScenarios,
  formatScenario,
  parseScenario,
  playScenario,
} from '@zkstack/bft/testing'
import type { TwinsCluster, TwinsScenario } from '@zkstack/bft/testing'

const usage = `npm run twins [-- OPTIONS]

Plays scenarios in which some validators run twice with one key while the network falls apart, and checks that the others
agree, vote once and get their blocks.

  --validators N | W,W,…  number of validators, or their weights        (6)
  --twins T | I,I,…       how many of the last run twice; or, with a comma after each, which   (1)
  --rounds R              views with partitions of their own            (2)
  --parts P               into how many parts the network may fall      (3)
  --draw                  draw scenarios by chance, none twice, instead of all up to renaming
  --seed S                of the draw and of the order of messages      (1)
  --from K, --count N     leave out the first K; play at most N
  --blocks B              blocks that every correct node must get       (3)
  --scenario TEXT         play this one, as a fault was reported
  --orders N              play each in N orders of messages             (1)

exit code 0: no fault; 1: a fault, printed with what plays it again; 2: wrong options`

interface Job {
  readonly scenarios: Iterable<TwinsScenario>
  readonly from: number
  readonly count: number
  readonly seed: string
  readonly orders: number
  readonly blocks: number
}

/** How often to say how far it is, in milliseconds. */
const reportEveryMs = 10_000

/** A number, or a list when there is a comma. */
function listOf(text: string): number | readonly number[] {
  if (!text.includes(',')) return natural(text)
  return text
    .split(',')
    .filter((item) => item !== '')
    .map(natural)
}

function natural(text: string): number {
  if (!/^[0-9]+$/.test(text)) throw new RangeError(`not a natural number: '${text}'`)
  return Number(text)
}

function clusterOf(validators: string, twins: string): TwinsCluster {
  const list = listOf(validators)
  return createTwinsCluster(typeof list === 'number' ? list : list.map(BigInt), listOf(twins))
}

function parseJob(args: readonly string[]): Job | undefined {
  const text = (value: string) => ({ type: 'string', default: value }) as const
  const { values } = parseArgs({
    args: [...args],
    options: {
      validators: text('6'),
      twins: text('1'),
      rounds: text('2'),
      parts: text('3'),
      draw: { type: 'boolean', default: false },
      seed: text('1'),
      from: text('0'),
      count: { type: 'string' },
      blocks: text('3'),
      scenario: { type: 'string' },
      orders: text('1'),
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return undefined
  const cluster = clusterOf(values.validators, values.twins)
  const space = { cluster, rounds: natural(values.rounds), mostParts: natural(values.parts) }
  const drawn = values.draw ? drawScenarios(space, seededRandom(values.seed)) : undefined
  const given =
    values.scenario === undefined ? undefined : [parseScenario(values.scenario, cluster)]
  return {
    scenarios: given ?? drawn ?? enumerateScenarios(space),
    from: natural(values.from),
    count: values.count === undefined ? Infinity : natural(values.count),
    seed: values.seed,
    orders: natural(values.orders),
    blocks: natural(values.blocks),
  }
}

function play(job: Job, print: (line: string) => void): number {
  let position = 0
  let played = 0
  let faults = 0
  let reportAt = performance.now() + reportEveryMs
  for (const scenario of job.scenarios) {
    position += 1
    if (position <= job.from) continue
    if (played >= job.count) break
    played += 1
    for (let order = 0; order < job.orders; order += 1) {
      const seed = job.orders === 1 ? job.seed : `${job.seed}/${order}`
      const { fault } = playScenario(scenario, { seed, blocks: job.blocks })
      if (fault === undefined) continue
      faults += 1
      print(`${fault}: --seed ${seed} --scenario '${formatScenario(scenario)}'`)
    }
    if (performance.now() < reportAt) continue
    reportAt += reportEveryMs
    print(`${played} scenarios so far, ${faults} faults`)
  }
  print(`${played} scenarios, ${faults} faults`)
  return faults
}

async function main(): Promise<number> {
  const print = (line: string): void => {
    process.stdout.write(`${line}\n`)
  }
  let job: Job | undefined
  try {
    job = parseJob(process.argv.slice(2))
  } catch (e) {
    process.stderr.write(`${e instanceof Error ? e.message : String(e)}\n\n${usage}\n`)
    return 2
  }
  if (job === undefined) {
    print(usage)
    return 0
  }
  await loadCryptoBackends()
  return play(job, print) === 0 ? 0 : 1
}

process.exitCode = await main()
