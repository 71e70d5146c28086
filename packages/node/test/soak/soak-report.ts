import { cpus } from 'node:os'
import type { Comparison } from './compare-stores.js'
import type { Fault } from './fault-plan.js'
import type { LogCount } from './log-summary.js'
import { slopeOf, type Slope } from './slope.js'
import type { SoakOptions } from './soak-options.js'
import type { SoakRecord, UsageSample } from './soak-record.js'

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

/** The part of a run in which memory still settles. */
export const WARM_UP = 1 / 3

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
      .filter(({ slope }) => grows(slope))
      .map(({ name, what }) => `${name}: ${what} grows`),
  ]
}

/** Whether a slope is, with 97.5 % confidence, one of more than {@link FLAT}. */
function grows(slope: Slope): boolean {
  return slope.low * 60 > FLAT * slope.mean
}

interface Trend {
  readonly name: string
  readonly what: string
  readonly unit: number
  readonly slope: Slope
}

/** Of nodes that were never killed, after the warm-up. */
function trends({ record, options, spared }: SoakFindings): readonly Trend[] {
  const nodes = Array.from({ length: spared }, (_, i) => options.validators - spared + i)
  const kinds = [
    { what: 'resident memory, MiB', unit: MEBIBYTE, of: residentBytes },
    { what: 'of it heaps and stacks, MiB', unit: MEBIBYTE, of: anonymousBytes },
    { what: 'open files', unit: 1, of: openFiles },
  ]
  return nodes.flatMap((node) =>
    kinds.flatMap(({ what, unit, of }) => {
      const samples = record.usage.filter(
        (sample) => sample.node === node && sample.minute >= record.minutes * WARM_UP,
      )
      const points = samples.flatMap((sample) => {
        const value = of(sample)
        return value === undefined ? [] : [{ minute: sample.minute, value }]
      })
      const slope = slopeOf(points)
      return slope === undefined ? [] : [{ name: `v${node + 1}`, what, unit, slope }]
    }),
  )
}

const residentBytes = ({ usage }: UsageSample): number | undefined => usage?.residentBytes
const anonymousBytes = ({ usage }: UsageSample): number | undefined => usage?.anonymousBytes
const openFiles = ({ usage }: UsageSample): number | undefined => usage?.openFiles

/** The report as Markdown. */
export function soakReport(o: SoakFindings): string {
  const { options, record, comparison } = o
  const problems = problemsOf(o)
  const verdict =
    problems.length === 0
      ? 'Nothing went wrong.'
      : `**${problems.length} problems:**\n\n${problems.map((text) => `- ${text}`).join('\n')}`
  return `# Soak

${options.validators} validators of the command line, \`zkstack run\`, each in a process of its own, over TCP, for ${record.minutes.toFixed(0)} minutes,
while they were killed (SIGKILL), paused (SIGSTOP, SIGCONT) and cut off from each other. Written by

\`\`\`sh
npm run soak -- --minutes ${options.minutes} --seed ${options.seed} --out docs
\`\`\`

${verdict}

![Heights, memory and open files over time](pictures/soak.svg)

A line of blocks that falls is no loss: \`builtin:load\` keeps nothing, so a node that was killed has its blocks on disk and commits them anew.

Seed \`${options.seed}\`, scheme ${options.scheme}, blocks of ${options.payloadBytes} bytes; ${cpus().length} processors, Node ${process.version}, ${process.platform}.
The network: ${o.network}.

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

Of the nodes that were never killed, but paused and cut off as the others, after the first third of the run. The interval is that of 95 %
confidence, for the trend through the means of twenty parts of that time, widened by their autocorrelation. Flat means: growth of more than
${FLAT * 100} % of the mean an hour is not shown.

${trendTable(trends(o))}

## What the logs say

${logTable(o.log)}
`
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

function trendTable(found: readonly Trend[]): string {
  if (found.length === 0) return 'The run was too short for a trend.'
  const rows = found.map(({ name, what, unit, slope }) => {
    const hourly = (value: number): string => ((value * 60) / unit).toFixed(2)
    return [
      name,
      what,
      (slope.mean / unit).toFixed(1),
      `${hourly(slope.perMinute)} (${hourly(slope.low)} to ${hourly(slope.high)})`,
      grows(slope) ? 'grows' : 'flat',
    ]
  })
  return table(['node', 'what', 'mean', 'change an hour (95 %)', ''], rows)
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
