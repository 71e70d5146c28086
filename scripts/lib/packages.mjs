import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root of the repository, without a slash at the end. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')

/** Folder of everything the scripts write; never committed. */
export const scratch = join(root, '.tmp')

/**
 * The packages of the workspace, dependencies before dependents.
 *
 * @returns {{ name: string, folder: string, path: string, manifest: Record<string, any>, needs: string[] }[]}
 *   `folder` is the name under packages/, `needs` the names of the workspace packages it depends on.
 */
export function workspacePackages(base = root) {
  const found = new Map()
  for (const folder of readdirSync(join(base, 'packages')).sort()) {
    const path = join(base, 'packages', folder)
    const manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'))
    found.set(manifest.name, { name: manifest.name, folder, path, manifest })
  }
  const ordered = new Set()
  const visit = (entry) => {
    const wanted = { ...entry.manifest.dependencies, ...entry.manifest.peerDependencies }
    entry.needs = Object.keys(wanted).filter((name) => found.has(name))
    for (const name of entry.needs) if (!found.get(name).needs) visit(found.get(name))
    ordered.add(entry)
  }
  for (const entry of found.values()) if (!entry.needs) visit(entry)
  return [...ordered]
}
