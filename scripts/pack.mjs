// Packs every built package into .tmp/packed and checks the tarballs: what is in them, publint, and attw.
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { scratch, workspacePackages } from './lib/packages.mjs'
import { run, runEach } from './lib/run.mjs'
import { tarballProblems } from './lib/tarball.mjs'

const target = join(scratch, 'packed')
rmSync(target, { recursive: true, force: true })
mkdirSync(target, { recursive: true })

/** Packs one package; the tarball's path and its list of files. */
async function pack({ name, path }) {
  const { code, output } = await run(
    ['npm', 'pack', '--json', '--silent', '--pack-destination', target],
    {
      cwd: path,
    },
  )
  if (code !== 0) throw new Error(`${name} cannot be packed\n${output}`)
  const listed = JSON.parse(output.slice(output.search(/^[[{]/m)))
  const [packed] = Array.isArray(listed) ? listed : Object.values(listed)
  const files = packed.files.map((file) => file.path)
  return { tarball: join(target, packed.filename), files }
}

/** Everything that is wrong with one package as it would be published. */
async function problemsOf(entry) {
  const { tarball, files } = await pack(entry)
  const types = await run([
    'attw',
    '--profile',
    'esm-only',
    '--no-definitely-typed',
    '--no-color',
    tarball,
  ])
  const bytes = readFileSync(tarball)
  const { messages, pkg } = await publint({
    level: 'warning',
    strict: true,
    pack: { tarball: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) },
  })
  return [
    ...tarballProblems(entry.manifest, files),
    ...messages.map((message) => `publint: ${formatMessage(message, pkg)}`),
    ...(types.code === 0 ? [] : [types.output]),
  ].map((problem) => `${entry.name}: ${problem}`)
}

const problems = (await runEach(workspacePackages(), problemsOf)).flat()
for (const problem of problems) process.stderr.write(`${problem}\n`)
process.exitCode = problems.length > 0 ? 1 : 0
