// Uses the packed packages as a stranger would: installs the tarballs in an empty folder, loads every entry in a bare
// process and through CommonJS, then type-checks and runs the README's example there and sees it finalise blocks.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { firstExample } from './lib/markdown.mjs'
import { root, scratch, workspacePackages } from './lib/packages.mjs'
import { run, runEach } from './lib/run.mjs'

const blocksWanted = 3
const packages = workspacePackages()
const tools = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).devDependencies
const home = mkdtempSync(join(tmpdir(), 'zkstack-smoke-'))
process.once('exit', () => rmSync(home, { recursive: true, force: true }))

const write = (file, content) =>
  writeFileSync(join(home, file), typeof content === 'string' ? content : JSON.stringify(content))

/** Runs a command in the new folder and stops the smoke test when it fails. */
async function step(what, command, options) {
  const { code, output } = await run(command, { cwd: home, timeoutMs: 300_000, ...options })
  if (code === 0) {
    process.stdout.write(`${what}\n`)
    return output
  }
  process.stderr.write(`failed (${code}): ${what}\n${output}`)
  process.exit(1)
}

const tarball = ({ name, manifest }) =>
  join(scratch, 'packed', `${name.slice(1).replace('/', '-')}-${manifest.version}.tgz`)

write('package.json', {
  name: 'smoke',
  private: true,
  type: 'module',
  dependencies: Object.fromEntries(packages.map((entry) => [entry.name, `file:${tarball(entry)}`])),
  devDependencies: Object.fromEntries(
    ['@types/node', 'tsx', 'typescript'].map((name) => [name, tools[name]]),
  ),
})
await step('the tarballs install in an empty folder', [
  ...['npm', 'install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund'],
])

const entries = packages.flatMap(({ name, manifest }) =>
  Object.keys(manifest.exports)
    .filter((entry) => !entry.endsWith('.json'))
    .map((entry) => name + entry.slice(1)),
)
await runEach(entries, (entry) =>
  step(`${entry} loads in a bare process`, [
    ...['node', '--input-type=module', '--eval', `await import('${entry}')`],
  ]),
)

await step('the command line starts', ['node_modules/.bin/zkstack', '--version'])

const loadAll = packages.map(({ name }) => `require('${name}')`).join('; ')
await step('CommonJS can require the packages', ['node', '--eval', loadAll])

const example = firstExample(readFileSync(join(root, 'README.md'), 'utf8'))
if (example === undefined) throw new Error('README.md has no ```ts block')
write('example.ts', example)
write('tsconfig.json', {
  compilerOptions: {
    target: 'es2022',
    module: 'nodenext',
    lib: ['es2023', 'esnext.disposable'],
    types: ['node'],
    strict: true,
    noEmit: true,
  },
  include: ['example.ts'],
})
await step('the README example type-checks', ['node_modules/.bin/tsc'])
const output = await step('the README example ends by itself', [
  'node_modules/.bin/tsx',
  'example.ts',
])
const heights = [...output.matchAll(/^block (\d+)/gm)].map(([, height]) => Number(height))
if (
  heights.length < blocksWanted ||
  heights.some((height, i) => i > 0 && height <= heights[i - 1])
) {
  process.stderr.write(`the README example finalised too little:\n${output}`)
  process.exit(1)
}
process.stdout.write(`the README example finalised blocks ${heights.join(', ')}\n`)
