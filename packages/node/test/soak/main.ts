import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { errorOf, systemRandom } from '@zkstack/concurrency'
import { freePorts } from '../../testing/index.js'
import { soak } from './soak.js'
import { parseSoakOptions, usage, type SoakOptions } from './soak-options.js'

const script = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))

function optionsOr2(args: readonly string[]): SoakOptions | undefined {
  if (args.includes('--help')) {
    process.stdout.write(`${usage}\n`)
    return undefined
  }
  try {
    return parseSoakOptions(args, String(systemRandom.uint32()))
  } catch (error) {
    process.stderr.write(`${errorOf(error).message}\n\n${usage}\n`)
    process.exitCode = 2
    return undefined
  }
}

async function run(options: SoakOptions): Promise<void> {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      stop.abort()
    })
  const folder = await mkdtemp(join(tmpdir(), 'zkstack-soak-'))
  const say = (line: string): boolean => process.stdout.write(`${line}\n`)
  say(`seed ${options.seed}, nodes in ${folder}`)
  const { findings, problems } = await soak(options, {
    folder: join(folder, 'net'),
    program: [process.execPath, script],
    basePort: await freePorts(2 * options.validators, systemRandom),
    signal: stop.signal,
    onProgress: say,
  })
  for (const problem of problems) say(problem)
  const { comparison, record } = findings
  say(
    `${comparison.highest + 1n} blocks, ${record.episodes.length} episodes of faults, ${problems.length} problems`,
  )
  process.exitCode = problems.length > 0 ? 1 : 0
  // What is wrong is in the logs and on the disks.
  if (problems.length === 0) await rm(folder, { recursive: true, force: true })
  else say(`everything is kept in ${folder}`)
}

const options = optionsOr2(process.argv.slice(2))
if (options !== undefined) await run(options)
