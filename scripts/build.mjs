// Builds every package, two at a time, dependencies first; a package whose dependency failed is not tried.
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, workspacePackages } from './lib/packages.mjs'
import { run, runEach } from './lib/run.mjs'

const packages = workspacePackages()
const byName = new Map(packages.map((entry) => [entry.name, entry]))
const broken = new Set()

await runEach(
  packages,
  async (entry) => {
    if (entry.needs.some((name) => broken.has(name))) {
      broken.add(entry.name)
      return
    }
    for (const licence of ['LICENSE-MIT', 'LICENSE-APACHE']) {
      copyFileSync(join(root, licence), join(entry.path, licence))
    }
    const own = entry.manifest.scripts?.build
    const command = own ? ['npm', 'run', '--silent', 'build'] : ['tsup', '--silent']
    const { code, output } = await run(command, { cwd: entry.path })
    if (code !== 0) broken.add(entry.name)
    process.stdout.write(
      code === 0 ? `built ${entry.name}\n` : `${output}${entry.name} does not build\n`,
    )
  },
  { needs: (entry) => entry.needs.map((name) => byName.get(name)) },
)
process.exitCode = broken.size > 0 ? 1 : 0
