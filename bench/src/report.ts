import { cpus, totalmem } from 'node:os'
import { backends, nameOf, schemeNames } from './bench-case.js'
import { firstFigures } from './first-figures.js'
import { floorBlocksPerSecond } from './floors.js'
import type { CaseResult } from './measure-case.js'
import { hashMiBMs, schemeCosts } from './scheme-costs.js'
import type { UnitCost } from './unit-costs.js'

/** Digits that a figure of that size deserves. */
function round(value: number): string {
  if (!Number.isFinite(value)) return '–'
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)
}

/** The machine that figures were measured on, in one line. */
export function machine(): string {
  const list = cpus()
  const memory = Math.round(totalmem() / 2 ** 30)
  const model = list[0]?.model.trim() ?? 'unknown CPU'
  return `${list.length} × ${model}, ${memory} GiB, ${process.platform} ${process.arch}, Node ${process.version}`
}

/** One line a case, for the terminal. */
export function lineOf(result: CaseResult): string {
  const floor = floorBlocksPerSecond(result.case, result.costs)
  const parts = [
    `${round(result.blocksPerSecond)} blocks/s`,
    `${round((100 * result.blocksPerSecond) / floor)} % of floor ${round(floor)}`,
    `latency p50 ${round(result.latencyP50Ms)} p95 ${round(result.latencyP95Ms)} ms`,
    `${result.blocks} blocks in ${round(result.seconds)} s`,
  ]
  if (result.case.payloadBytes > 0) parts.splice(1, 0, `${round(result.mibPerSecond)} MiB/s`)
  if (result.timeouts > 0) parts.push(`${result.timeouts} view timeouts`)
  return `${nameOf(result.case)}\n  ${parts.join(', ')}`
}

/** The tables of the README. */
export function markdown(
  results: readonly CaseResult[],
  units: readonly UnitCost[],
  date: string,
): string {
  return [
    `Measured ${date} by \`npm run bench\` on ${machine()}. All validators of a row run in **one process, on one thread**, or with one more that checks signatures for all of them (_worker_);`,
    'TCP rows use LevelDB with synced writes. *Floor*: blocks/s if signature checks, signatures and hashes were the only cost, as',
    'measured in the process of the row just before and just after. A share above 100 % says that the',
    'machine was slower while costs were measured. Latency: from the leader’s payload to finality, over all validators. *First*:',
    'blocks/s of the first published runs, on a quiet machine and, before that, a short run on a busy one.',
    '',
    ...finalityTable(results),
    '',
    'Unit costs of the same run, in milliseconds (median):',
    '',
    ...unitTable(units),
  ].join('\n')
}

function finalityTable(results: readonly CaseResult[]): string[] {
  const head =
    '| n | transport | scheme (backend) | payload | blocks/s | first | of floor | MiB/s | p50 ms | p95 ms |'
  const rows = results.map((result) => {
    const { case: c } = result
    const share = result.blocksPerSecond / floorBlocksPerSecond(c, result.costs)
    const scheme = ['BLS min-sig', 'BLS min-pk', 'Ed25519'][c.scheme]
    const cells = [
      c.validators,
      c.transport === 'tcp' ? 'TCP' : 'memory',
      `${scheme} (${c.backend}${c.workers === 0 ? '' : ', worker'})`,
      c.payloadBytes === 0 ? 'empty' : '1 MiB',
      round(result.blocksPerSecond),
      firstOf(nameOf({ ...c, workers: 0 })),
      `${(100 * share).toFixed(0)} %`,
      c.payloadBytes === 0 ? '' : round(result.mibPerSecond),
      round(result.latencyP50Ms),
      round(result.latencyP95Ms),
    ]
    return `| ${cells.join(' | ')} |`
  })
  return [head, '|---|---|---|---|---|---|---|---|---|---|', ...rows]
}

function firstOf(name: string): string {
  const first = firstFigures[name]
  if (first === undefined) return ''
  return [first.quiet, first.busy]
    .flatMap((rate) => (rate === undefined ? [] : [round(rate)]))
    .join(', ')
}

function unitTable(units: readonly UnitCost[]): string[] {
  const rows = backends.map(({ scheme, backend }) => {
    const costs = schemeCosts({ scheme, backend }, units)
    const cells = [costs.signMs, costs.verifyMs, costs.verifyAggregateMs]
    return `| ${[schemeNames[scheme], backend, ...cells.map((ms) => ms.toFixed(3))].join(' | ')} |`
  })
  return [
    '| scheme | backend | sign | verify | verify aggregate of 5 |',
    '|---|---|---|---|---|',
    ...rows,
    '',
    `keccak256 of 1 MiB: ${hashMiBMs(units).toFixed(2)} ms.`,
  ]
}
