// Type-checks and runs the first TypeScript block of each package's README, against the sources.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { firstExample } from './lib/markdown.mjs'
import { scratch, workspacePackages } from './lib/packages.mjs'
import { run, runEach } from './lib/run.mjs'

const target = join(scratch, 'readmes')
rmSync(target, { recursive: true, force: true })
mkdirSync(target, { recursive: true })

const problems = []
const examples = []
for (const { folder, path } of workspacePackages()) {
  const readme = join(path, 'README.md')
  const example = existsSync(readme) ? firstExample(readFileSync(readme, 'utf8')) : undefined
  if (example === undefined) {
    problems.push(`packages/${folder}/README.md has no \`\`\`ts block`)
    continue
  }
  const file = join(target, `${folder}.ts`)
  writeFileSync(file, example)
  examples.push({ folder, file })
}

const settings = { extends: '../../tsconfig.json', include: ['*.ts'], exclude: [] }
writeFileSync(join(target, 'tsconfig.json'), JSON.stringify(settings))

const types = { folder: 'the types', command: ['tsc', '-p', join(target, 'tsconfig.json')] }
const runs = examples.map(({ folder, file }) => ({
  folder,
  command: ['node', '--import', 'tsx', file],
}))
await runEach([types, ...runs], async ({ folder, command }) => {
  const { code, output } = await run(command, { timeoutMs: 120_000 })
  if (code !== 0)
    problems.push(`README example of ${folder} fails with exit code ${code}\n${output}`)
})

for (const problem of problems) process.stderr.write(`${problem}\n`)
process.exitCode = problems.length > 0 ? 1 : 0
