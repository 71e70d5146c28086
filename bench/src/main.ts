import { spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { allCases, nameOf } from './bench-case.js'
import type { BenchCase } from './bench-case.js'
import type { CaseResult } from './measure-case.js'
import { lineOf, machine, markdown } from './report.js'
import { measureUnitCosts } from './unit-costs.js'

const help = `npm run bench -- [options]
  --seconds N   measured time of each case (default 8)
  --only TEXT   only cases whose name contains the text, for instance "n=6 transport=tcp"
  --json FILE   writes all results
  --readme      puts the tables into README.md
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
  process.stdout.write(`${machine()}\nunit costs …\n`)
  const units = await measureUnitCosts()
  const cases = allCases(seconds).filter((c) => nameOf(c).includes(values.only))
  const results: CaseResult[] = []
  for (const [i, c] of cases.entries()) {
    const result = await inOwnProcess(c)
    results.push(result)
    process.stdout.write(`[${i + 1}/${cases.length}] ${lineOf(result)}\n`)
  }
  const text = markdown(results, units, new Date().toISOString().slice(0, 10))
  process.stdout.write(`\n${text}\n`)
  if (values.json !== undefined) {
    const all = { machine: machine(), units, results }
    await writeFile(values.json, `${JSON.stringify(all, undefined, 2)}\n`)
  }
  if (values.readme) await intoReadme(text)
  return 0
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

async function intoReadme(text: string): Promise<void> {
  const file = new URL('../../README.md', import.meta.url)
  const readme = await readFile(file, 'utf8')
  const marked = /(<!-- bench:begin -->\n)[\s\S]*?(<!-- bench:end -->)/
  if (!marked.test(readme)) throw new Error('README.md has no bench markers')
  await writeFile(
    file,
    readme.replace(marked, (_, begin: string, end: string) => `${begin}${text}\n${end}`),
  )
}

process.exitCode = await main()
