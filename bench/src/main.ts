import { spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { allCases, nameOf } from './bench-case.js'
import type { BenchCase } from './bench-case.js'
import type { CaseResult } from './measure-case.js'
import { networkTables, type NetworkFigure } from './network/figure.js'
import { networkTable } from './network/network-table.js'
import { measureProofs } from './proofs/measure-proofs.js'
import { lineOfProof, proofTable } from './proofs/proof-report.js'
import { lineOf, machine, markdown } from './report.js'
import { measureSettlement } from './settlement/measure-settlement.js'
import { settlementTables } from './settlement/settlement-report.js'
import { watchStolenTime } from './stolen-time.js'
import { measureUnitCosts, type UnitCost } from './unit-costs.js'

const help = `npm run bench -- [options]
  --seconds N   measured time of each case (default 8)
  --only TEXT   only cases whose name contains the text, for instance "n=6 transport=tcp", "simulator", "settlement" or "pessimistic::verifySp1"
  --json FILE   writes all results
  --readme      puts the tables that were measured whole into README.md and those of packages/pessimistic-proof and packages/settlement
`

const builtPackages = new URL('../tsconfig.built.json', import.meta.url).pathname

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '8' },
    only: { type: 'string', default: '' },
    json: { type: 'string' },
    readme: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

async function main(): Promise<number> {
  const seconds = Number(values.seconds)
  if (values.help || !(seconds > 0)) {
    process.stdout.write(help)
    return values.help ? 0 : 2
  }
  process.stdout.write(`${machine()}\n`)
  const date = new Date().toISOString().slice(0, 10)
  const cases = allCases(seconds).filter((c) => nameOf(c).includes(values.only))
  const consensus = cases.length > 0 ? await measureConsensus(cases, date) : undefined
  if (values.readme && consensus && cases.length === allCases(seconds).length) {
    await intoReadme('README.md', consensus.text, 'finality')
  }
  // With the room for young objects that `npm run simulate` gives its processes.
  if ('simulator'.includes(values.only)) {
    await runScript('simulator.ts', [], ['--max-semi-space-size=32'])
  }
  const network: NetworkFigure[] = []
  for (const table of networkTables) {
    const name = `network::${table}`
    const isCase = values.only.startsWith(`${name}/`)
    if (!isCase && !name.includes(values.only)) continue
    process.stdout.write(`${name} …\n`)
    const filter = isCase && table === 'sync' ? [values.only] : []
    const stolen = watchStolenTime()
    const figures = await runScript(`network/${table}.ts`, filter)
    network.push(...figures)
    const text = withNote(networkTable(table, figures), stolen())
    process.stdout.write(`\n${text}\n`)
    if (values.readme && !isCase) await intoReadme('README.md', text, table)
  }
  const proofs = await measureProofs(values.only, (cost) => {
    process.stdout.write(`${lineOfProof(cost)}\n`)
  })
  const settlement = await measureSettlement(values.only, (line) => {
    process.stdout.write(`${line}\n`)
  })
  if (values.json !== undefined) {
    const all = { machine: machine(), ...consensus?.figures, network, proofs, settlement }
    await writeFile(values.json, `${JSON.stringify(all, undefined, 2)}\n`)
  }
  if (proofs.length > 0) {
    const text = proofTable(proofs, machine(), date)
    process.stdout.write(`\n${text}\n`)
    if (values.readme) await intoReadme('packages/pessimistic-proof/README.md', text, 'proofs')
  }
  if (settlement.throughput.length > 0) {
    const text = settlementTables(settlement, machine(), date)
    process.stdout.write(`\n${text}\n`)
    if (values.readme) await intoReadme('packages/settlement/README.md', text, 'settlement')
  }
  return 0
}

async function measureConsensus(
  cases: readonly BenchCase[],
  date: string,
): Promise<{ figures: { units: UnitCost[]; results: CaseResult[] }; text: string }> {
  process.stdout.write('unit costs …\n')
  const stolen = watchStolenTime()
  const units = await measureUnitCosts()
  const results: CaseResult[] = []
  for (const [i, c] of cases.entries()) {
    const result = await inOwnProcess(c)
    results.push(result)
    process.stdout.write(`[${i + 1}/${cases.length}] ${lineOf(result)}\n`)
  }
  const text = withNote(markdown(results, units, date), stolen())
  process.stdout.write(`\n${text}\n`)
  return { figures: { units, results }, text }
}

function withNote(text: string, note: string): string {
  return note === '' ? text : `${text}\n\n${note}`
}

async function inOwnProcess(c: BenchCase): Promise<CaseResult> {
  const script = new URL('run-case.ts', import.meta.url).pathname
  const args = ['--import', 'tsx', script, JSON.stringify(c)]
  // Figures are of the built packages, as users get them: this configuration maps no package to its source.
  const env = { ...process.env, TSX_TSCONFIG_PATH: builtPackages }
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env })
  let out = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    out += chunk
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve)
  })
  if (code !== 0) throw new Error(`${nameOf(c)} failed with exit code ${code}`)
  return JSON.parse(out) as CaseResult
}

/** Runs a script that prints its own figures, in a process of its own. @returns those that it publishes. */
async function runScript(
  script: string,
  args: readonly string[] = [],
  nodeOptions: readonly string[] = [],
): Promise<NetworkFigure[]> {
  const path = new URL(script, import.meta.url).pathname
  const env = { ...process.env, TSX_TSCONFIG_PATH: builtPackages }
  const figures: NetworkFigure[] = []
  const child = spawn(process.execPath, [...nodeOptions, '--import', 'tsx', path, ...args], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env,
  })
  child.on('message', (figure) => figures.push(figure as NetworkFigure))
  const code = await new Promise((resolve, reject) => {
    child.on('error', reject).on('close', resolve)
  })
  if (code !== 0) throw new Error(`${script} failed with exit code ${String(code)}`)
  return figures
}

/** @param table what its markers are called. */
async function intoReadme(path: string, text: string, table: string): Promise<void> {
  const file = new URL(`../../${path}`, import.meta.url)
  const readme = await readFile(file, 'utf8')
  const marked = new RegExp(
    `(<!-- bench:${table}:begin -->\\n)[\\s\\S]*?(<!-- bench:${table}:end -->)`,
  )
  if (!marked.test(readme)) throw new Error(`${path} has no markers of bench:${table}`)
  await writeFile(
    file,
    readme.replace(marked, (_, begin: string, end: string) => `${begin}\n${text}\n\n${end}`),
  )
}

process.exitCode = await main()
