import { cpus } from 'node:os'
import { collectEveryMs } from './collected-memory.js'
import type { Comparison } from './compare-stores.js'
import type { Fault } from './fault-plan.js'
import type { LogCount } from './log-summary.js'
import { serviceEnvironment } from './service-environment.js'
import { slopeOf, type PartValue, type Point, type Slope } from './slope.js'
import type { SoakOptions } from './soak-options.js'
import type { SoakRecord } from './soak-record.js'

/** What a {@link soakReport} is made of. */
export interface SoakFindings {
  readonly options: SoakOptions
  readonly network: string
  readonly record: SoakRecord
  readonly comparison: Comparison
  readonly log: readonly LogCount[]
  /** How many nodes were never killed: the last ones. */
  readonly spared: number
}

const MEBIBYTE = 1024 * 1024

/** The part of a run in which everything still settles. */
export const WARM_UP = 1 / 3

/** Blocks after which the memory of a node settles at the earliest: it keeps the newest 512 at hand. */
const SETTLED_AT_BLOCK = 600

/** Growth of the mean an hour that counts as none. */
const FLAT = 0.05

/** Everything that went wrong; none when the soak is passed. */
export function problemsOf(o: SoakFindings): readonly string[] {
  return [
    ...o.record.problems,
    ...o.comparison.problems,
    ...o.log
      .filter(({ level }) => level === 'error')
      .map(({ subject, count }) => `${count} errors in the logs: ${subject}`),
    ...trends(o)
      .filter(({ slope, isJudged }) => isJudged && slope !== undefined && grows(slope))
      .map(({ name, what }) => `${name}: ${what} grows`),
  ]
}

/** Whether a slope is, with 97.5 % confidence, one of more than {@link FLAT}. */
function grows(slope: Slope): boolean {
  return slope.low * 60 > FLAT * slope.mean
}

/** Whether it is, with 97.5 % confidence, none of more than that. */
function isFlat(slope: Slope): boolean {
  return slope.high * 60 <= FLAT * slope.mean
}

function verdictOn(slope: Slope): string {
  return grows(slope) ? 'grows' : isFlat(slope) ? 'flat' : 'undecided'
}

/** The smallest growth a minute that the run would have shown: what is counted in wholes has to become one more. */
function visibleGrowth(slope: Slope, unit: number): number {
  const whole = unit === 1 ? 1 / slope.minutes : 0
  return Math.max(whole, (FLAT * slope.mean) / 60 + slope.high - slope.perMinute)
}

/** How something that a node uses has changed. */
interface Trend {
  readonly name: string
  readonly what: string
  readonly unit: number
  /** Whether growth of it is a problem. */
  readonly isJudged: boolean
  /** Undefined when it was read too seldom. */
  readonly slope: Slope | undefined
}

interface Kind {
  readonly what: string
  readonly unit: number
  readonly part: PartValue
  readonly isJudged: boolean
  /** Whether it grows until the node has its newest blocks at hand. */
  readonly holdsBlocks: boolean
  /** Its values for one node. */
  of(record: SoakRecord, node: number): readonly Point[]
}

const kinds: readonly Kind[] = [
  {
    what: 'memory alive',
    unit: MEBIBYTE,
    part: 'mean',
    isJudged: true,
    holdsBlocks: true,
    of: ({ memory }, node) =>
      memory
        .filter((sample) => sample.node === node)
        .map(({ minute, memory: { objects, external } }) => ({
          minute,
          value: objects + external,
        })),
  },
  {
    what: 'resident memory',
    unit: MEBIBYTE,
    part: 'mean',
    isJudged: true,
    holdsBlocks: true,
    of: ({ memory }, node) =>
      memory
        .filter((sample) => sample.node === node)
        .map(({ minute, memory: { own } }) => ({ minute, value: own })),
  },
  {
    what: 'resident files',
    unit: MEBIBYTE,
    part: 'mean',
    isJudged: false,
    holdsBlocks: true,
    of: ({ memory }, node) =>
      memory
        .filter((sample) => sample.node === node)
        .map(({ minute, memory: { mapped } }) => ({ minute, value: mapped })),
  },
  {
    // Fewer are open while peers are away: what leaks is added to the most.
    what: 'open files at most',
    unit: 1,
    part: 'most',
    isJudged: true,
    holdsBlocks: false,
    of: (record, node) =>
      record.usage.flatMap(({ node: whose, minute, usage }) =>
        whose === node && usage !== undefined ? [{ minute, value: usage.openFiles }] : [],
      ),
  },
]

/** Of nodes that were never killed, after the warm-up. */
function trends({ record, options, spared }: SoakFindings): readonly Trend[] {
  const nodes = Array.from({ length: spared }, (_, i) => options.validators - spared + i)
  return nodes.flatMap((node) =>
    kinds.map(({ what, unit, part, isJudged, holdsBlocks, of }) => {
      const settled = holdsBlocks ? settledAt(record, node) : 0
      const from = Math.max(record.minutes * WARM_UP, settled)
      const points = of(record, node).filter(({ minute }) => minute >= from)
      return { name: `v${node + 1}`, what, unit, isJudged, slope: slopeOf(points, part) }
    }),
  )
}

/** The minute from which on a node has as many blocks at hand as ever; infinite when it never had. */
function settledAt({ usage }: SoakRecord, node: number): number {
  const settled = usage.find((it) => it.node === node && it.committed >= SETTLED_AT_BLOCK)
  return settled?.minute ?? Infinity
}

/** The report as Markdown. */
export function soakReport(o: SoakFindings): string {
  const { options, record, comparison } = o
  const problems = problemsOf(o)
  const found = trends(o)
  const verdict =
    problems.length === 0
      ? `Nothing went wrong.${openQuestions(found)}`
      : `**${problems.length} problems:**\n\n${problems.map((text) => `- ${text}`).join('\n')}`
  return `# Soak

${options.validators} validators of the command line, \`zkstack run\`, each in a process of its own, over TCP, for ${record.minutes.toFixed(0)} minutes,
while they were killed (SIGKILL), paused (SIGSTOP, SIGCONT) and cut off from each other. Written by

\`\`\`sh
npm run soak -- --minutes ${options.minutes} --seed ${options.seed} --out docs
\`\`\`

${verdict}

![Blocks, memory alive, resident memory and open files over time](pictures/soak.svg)

A line of blocks that falls is no loss: \`builtin:load\` keeps nothing, so a node that was killed has its blocks on disk and commits them anew.

Seed \`${options.seed}\`, scheme ${options.scheme}, blocks of ${options.payloadBytes} bytes; ${cpus().length} processors, Node ${process.version}, ${process.platform}.
The network: ${o.network}.
The environment of the nodes, as [the service and the image](operation/README.md#memory) set it: ${environmentText()}.

## Agreement

After the run every block was read from every disk: ${comparison.blocks.map((count, i) => `v${i + 1} ${count}`).join(', ')} blocks.
The certificate of each was verified (${comparison.verified} different ones), and the blocks of one height were compared:
${comparison.problems.length === 0 ? `no difference up to block ${comparison.highest}` : `${comparison.problems.length} problems`}.

## Faults, and life after them

A fault ends when its node runs again or its cut is healed. It has recovered when **every** node has committed three blocks above the highest
one that was known then.

${faultTable(record)}

Processes that each node had: ${record.lives.map((count, i) => `v${i + 1} ${count}`).join(', ')}.

## Memory and files

Of the nodes that were never killed, but paused and cut off as the others, after the first third of the run and, of memory, after block
${SETTLED_AT_BLOCK}, as a node keeps the newest 512 at hand; a killed node starts anew, so nothing is claimed of the others. Every ${Math.round(collectEveryMs(options.minutes) / 1000)} seconds all garbage was collected, twice in a row, and memory was read: _alive_ is what the heap of
the main thread, but for compiled code, and the buffers outside of it still held, _resident_ what the process had of the machine a moment later
and nobody else had (\`RssAnon\`). _Resident files_ (\`RssFile\`) are pages of the program and of the database's tables, which are mapped when they are read: they
grow with the database, the system takes them back when it needs room, and they are not judged. The room for new
objects was of fixed size (\`--max-semi-space-size\`), and each collection moved the old ones together (\`--compact-on-every-full-gc\`): else pages of
the heap that are partly free count whole, and they become more for a long time. Between collections no node had more than ${mostResident(record)} MiB resident, files and all;
of compiled code, which comes as ever more of the program has run often, none had more than ${mostCode(record)} MiB.

The interval is that of 95 % confidence, for the trend through the means of twenty parts of that time, widened by their autocorrelation; for
files through the most that were open in each part, since a peer that is away takes its own with it. _Grows_: by more than ${FLAT * 100} % of the
mean an hour, at the least. _Flat_: by no more than that, at the most. _Undecided_: neither; smaller growth than the one in the column before
would not have been seen.

${trendTable(found)}

## What the logs say

${logTable(o.log)}
`
}

function environmentText(): string {
  const set = Object.entries(serviceEnvironment).map(([name, value]) => `\`${name}=${value}\``)
  return set.join(', ')
}

/** In MiB, of all nodes, collected or not. */
function mostResident({ usage: samples }: SoakRecord): number {
  const all = samples.map(({ usage }) => usage?.residentBytes ?? 0)
  return Math.round(all.reduce((most, one) => Math.max(most, one), 0) / MEBIBYTE)
}

/** In MiB, of all nodes. */
function mostCode({ memory: samples }: SoakRecord): string {
  const most = samples.reduce((so, { memory }) => Math.max(so, memory.code), 0)
  return (most / MEBIBYTE).toFixed(1)
}

function faultTable({ episodes }: SoakRecord): string {
  const kinds: readonly (readonly [string, (kinds: readonly Fault['kind'][]) => boolean])[] = [
    ['kill', (found) => isOnly(found, 'kill')],
    ['pause', (found) => isOnly(found, 'pause')],
    ['cut', (found) => isOnly(found, 'cut')],
    ['two of them at once', (found) => found.length > 1],
  ]
  const rows = kinds.map(([name, fits]) => {
    const those = episodes.filter((episode) => fits(episode.kinds))
    const times = those.flatMap(({ recoveryMs }) => recoveryMs ?? []).sort((a, b) => a - b)
    const median = times[Math.floor((times.length - 1) / 2)]
    return [
      name,
      String(those.length),
      String(times.length),
      seconds(median),
      seconds(times.at(-1)),
    ]
  })
  return table(['fault', 'times', 'recovered', 'median until all go on', 'longest'], rows)
}

function isOnly(kinds: readonly Fault['kind'][], kind: Fault['kind']): boolean {
  return kinds.length === 1 && kinds[0] === kind
}

function seconds(ms: number | undefined): string {
  return ms === undefined ? '–' : `${(ms / 1000).toFixed(1)} s`
}

/** What a run without problems still leaves open. */
function openQuestions(found: readonly Trend[]): string {
  const open = found
    .filter(({ slope, isJudged }) => isJudged && (slope === undefined || !isFlat(slope)))
    .map(({ name, what }) => `${what} (${name})`)
  if (open.length === 0) return ''
  return ` Not decided is whether these grow slowly: ${open.join('; ')}. See [below](#memory-and-files).`
}

/** The trends as a table, with what each could have shown. */
function trendTable(found: readonly Trend[]): string {
  const rows = found.map(({ name, what, unit, isJudged, slope }) => {
    const label = unit === MEBIBYTE ? `${what}, MiB` : what
    if (slope === undefined) return [name, label, '–', '–', '–', 'undecided: too few readings']
    const hourly = (value: number): string => ((value * 60) / unit).toFixed(2)
    return [
      name,
      label,
      (slope.mean / unit).toFixed(1),
      `${hourly(slope.perMinute)} (${hourly(slope.low)} to ${hourly(slope.high)})`,
      hourly(visibleGrowth(slope, unit)),
      isJudged ? verdictOn(slope) : 'not judged',
    ]
  })
  return table(['node', 'what', 'mean', 'change an hour (95 %)', 'growth it would show', ''], rows)
}

function logTable(log: readonly LogCount[]): string {
  if (log.length === 0) return 'No warning and no error.'
  const rows = log.map(({ level, subject, count }) => [level, subject, String(count)])
  return table(['level', 'what', 'times'], rows)
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, i) =>
    Math.max(3, title.length, ...rows.map((row) => row[i]?.length ?? 0)),
  )
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, i) => (cells[i] ?? '').padEnd(width)).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}
