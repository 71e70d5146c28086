// Builds the packages in the order in which they import each other, so that each sees its dependencies' declarations.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = new URL('..', import.meta.url).pathname
const packages = new Map(
  readdirSync(join(root, 'packages')).map((folder) => {
    const manifest = JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8'))
    return [manifest.name, { folder, dependencies: Object.keys(manifest.dependencies ?? {}) }]
  }),
)

const order = []
const visit = (name) => {
  const entry = packages.get(name)
  if (!entry || order.includes(name)) return
  entry.dependencies.forEach(visit)
  order.push(name)
}
for (const name of packages.keys()) visit(name)

for (const name of order) {
  const cwd = join(root, 'packages', packages.get(name).folder)
  const { status, stdout, stderr } = spawnSync(join(root, 'node_modules/.bin/tsup'), ['--silent'], { cwd, encoding: 'utf8' })
  if (status !== 0) {
    process.stderr.write(`${name} does not build\n${stdout}${stderr}`)
    process.exit(1)
  }
  process.stdout.write(`built ${name}\n`)
}
