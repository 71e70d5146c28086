import { divergences } from './divergence.js'
import type { DivergenceName } from './divergence.js'
import { ItfError } from './itf-error.js'
import { readTrace } from './read-trace.js'
import type { ReplayOptions, ReplayReport } from './replay-trace.js'
import { replayTrace } from './replay-trace.js'
import { specInvariants } from './spec-invariants.js'
import { SpecTrace } from './spec-trace.js'

/** The least share of steps that have to be compared, over all files, in percent. */
const leastCompared = 90

/** Steps between two lines of progress. */
const progressEvery = 500

/** Where {@link checkConformance} gets files and tells what it finds. */
export interface ConformanceInit {
  /** Paths of trace files, `.itf.json` or packed as `.itf.json.gz`. */
  readonly files: readonly string[]
  readonly readFile: (path: string) => Promise<Uint8Array>
  /** Takes a line of the result. */
  readonly print: (line: string) => void
  /** Takes a line about how far a long replay is. */
  readonly progress?: (line: string) => void
  readonly step?: ReplayOptions['step']
}

/** `conforms`; `diverges`: a step, an invariant or the share compared; `unreadable`: a file could not be replayed. */
export type Conformance = 'conforms' | 'diverges' | 'unreadable'

/** Replays trace files, prints what differs, and the counts last. */
export async function checkConformance(init: ConformanceInit): Promise<Conformance> {
  const { print } = init
  const reports: ReplayReport[] = []
  let unreadable = 0
  for (const file of init.files) {
    const report = await replayFile(init, file)
    if (report === undefined) unreadable += 1
    else {
      reports.push(report)
      for (const line of describeReport(file, report)) print(line)
    }
  }
  const total = sum(reports)
  print('')
  for (const line of describeTotal(total, reports, unreadable)) print(line)
  if (unreadable > 0) return 'unreadable'
  return total.parted > 0 || total.broken > 0 || !isEnough(total) ? 'diverges' : 'conforms'
}

async function replayFile(
  { readFile, print, progress, step }: ConformanceInit,
  file: string,
): Promise<ReplayReport | undefined> {
  try {
    const trace = new SpecTrace(await readTrace(await readFile(file)))
    return replayTrace(trace, {
      ...(step === undefined ? {} : { step }),
      onStep: (done, of) => {
        if (done % progressEvery === 0) progress?.(`${file}: ${done} of ${of} steps`)
      },
    })
  } catch (e) {
    if (e instanceof ItfError) print(`${file}: ${e.code}: ${e.message}`)
    else if (isFileError(e)) print(`${file}: ${e.code}: cannot be read`)
    else throw e
    return undefined
  }
}

function isFileError(e: unknown): e is { readonly code: string } {
  return e instanceof Error && 'code' in e && typeof e.code === 'string'
}

function describeReport(file: string, report: ReplayReport): readonly string[] {
  const { compared, environmentSteps, mismatch, passedOver, recorded, replicaSteps } = report
  const lines = [
    `${file}: ${replicaSteps} steps of replicas, ${compared} compared, ${passedOver.length} passed over` +
      (environmentSteps === 0 ? '' : `; ${environmentSteps} steps of nobody`),
  ]
  for (const { index, why } of passedOver) lines.push(`  step ${index} passed over: ${why}`)
  for (const [invariant, { index, what }] of firstOfEach(recorded)) {
    lines.push(`  from state ${index} on the trace itself breaks ${invariant}: ${what}`)
  }
  for (const [invariant, { index, what }] of firstOfEach(report.broken)) {
    lines.push(`  STATE ${index} BREAKS ${invariant}: ${what}`)
  }
  if (mismatch !== undefined) {
    lines.push(`  STEP ${mismatch.index} DIVERGES: ${mismatch.action} of ${mismatch.replica}`)
    for (const difference of mismatch.differences) lines.push(`    ${difference}`)
    lines.push('    what follows was not replayed')
  }
  return lines
}

function firstOfEach(
  breaks: ReplayReport['broken'],
): ReadonlyMap<string, ReplayReport['broken'][number]> {
  return new Map(breaks.toReversed().map((found) => [found.invariant, found]))
}

interface Total {
  readonly steps: number
  readonly compared: number
  readonly passedOver: number
  readonly environmentSteps: number
  readonly states: number
  readonly broken: number
  readonly parted: number
}

function sum(reports: readonly ReplayReport[]): Total {
  const add = (count: (report: ReplayReport) => number): number =>
    reports.reduce((total, report) => total + count(report), 0)
  return {
    steps: add(({ replicaSteps }) => replicaSteps),
    compared: add(({ compared }) => compared),
    passedOver: add(({ passedOver }) => passedOver.length),
    environmentSteps: add(({ environmentSteps }) => environmentSteps),
    states: add(({ statesChecked }) => statesChecked),
    broken: add(({ broken }) => broken.length),
    parted: add(({ mismatch }) => (mismatch === undefined ? 0 : 1)),
  }
}

function isEnough({ compared, steps }: Total): boolean {
  return compared * 100 >= leastCompared * steps
}

function describeTotal(
  total: Total,
  reports: readonly ReplayReport[],
  unreadable: number,
): readonly string[] {
  const lines: string[] = []
  const counts = new Map<DivergenceName, number>()
  for (const { why } of reports.flatMap((report) => report.passedOver)) {
    counts.set(why, (counts.get(why) ?? 0) + 1)
  }
  for (const [why, count] of counts) {
    lines.push(`passed over as ${why}: ${count} (${divergences[why]})`)
  }
  if (!isEnough(total)) {
    lines.push(`fewer than ${leastCompared} % of the steps were compared`)
  }
  const share = total.steps === 0 ? 100 : Math.floor((total.compared * 1000) / total.steps) / 10
  lines.push(
    `files: ${reports.length} replayed, ${unreadable} unreadable, ${total.parted} diverged`,
    `invariants: ${Object.keys(specInvariants).length} in ${total.states} states, ${total.broken} broken`,
    `steps: ${total.steps} of replicas, ${total.compared} compared in all six fields (${share} %), ` +
      `${total.passedOver} passed over, ${total.environmentSteps} of nobody`,
  )
  return lines
}
