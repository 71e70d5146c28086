import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { errorOf } from '@zkstack/concurrency'
import { loadCryptoBackends } from '@zkstack/crypto'
import { compareStores } from './compare-stores.js'
import { logSummary } from './log-summary.js'
import { namespaces, oneNetwork, type SoakNetwork } from './namespaces.js'
import type { SoakOptions } from './soak-options.js'
import { soakPlot } from './soak-plot.js'
import { problemsOf, soakReport, type SoakFindings } from './soak-report.js'
import { SoakRun, type SoakRunInit } from './soak-run.js'

/** What {@link soak} takes beside its options. */
export type SoakSurroundings = Pick<
  SoakRunInit,
  'folder' | 'program' | 'basePort' | 'signal' | 'onProgress'
>

/** Nodes that are never killed: memory is followed over the whole life of a process. */
const SPARED = 2

/** Runs everything: nodes, faults, comparison of the disks, report. */
export async function soak(
  options: SoakOptions,
  o: SoakSurroundings,
): Promise<{ readonly findings: SoakFindings; readonly problems: readonly string[] }> {
  await loadCryptoBackends()
  await using network = await networkOf(options)
  const spared = Math.min(SPARED, options.validators - 1)
  const record = await new SoakRun({ ...o, options, network, spared }).run()
  o.onProgress('reading all disks')
  const comparison = await compareStores(o.folder, options.validators)
  const log = await logSummary(o.folder, options.validators)
  const findings = { options, network: network.description, record, comparison, log, spared }
  if (options.out !== undefined) await write(options.out, findings)
  return { findings, problems: problemsOf(findings) }
}

async function networkOf({ oneNetwork: wanted, validators }: SoakOptions): Promise<SoakNetwork> {
  if (wanted) return oneNetwork('asked for')
  try {
    return await namespaces(validators, `zk${(process.pid % 46_656).toString(36)}`)
  } catch (error) {
    const [problem] = errorOf(error).message.split('\n')
    return oneNetwork(`network namespaces cannot be made here (${problem})`)
  }
}

async function write(folder: string, findings: SoakFindings): Promise<void> {
  await mkdir(join(folder, 'pictures'), { recursive: true })
  await writeFile(join(folder, 'soak.md'), soakReport(findings))
  await writeFile(join(folder, 'pictures', 'soak.svg'), soakPlot(findings.record))
}
