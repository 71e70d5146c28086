import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join, sep } from 'node:path'
import ts from 'typescript'

/** Which packages each package may import: those above it in the picture of CONTRIBUTING.md. */
export const layers = {
  concurrency: [],
  crypto: [],
  'pessimistic-proof': ['crypto'],
  roles: ['concurrency', 'crypto'],
  storage: ['concurrency', 'crypto', 'roles'],
  bft: ['concurrency', 'crypto', 'roles', 'storage'],
  network: ['concurrency', 'crypto', 'roles', 'storage'],
  executor: ['concurrency', 'crypto', 'roles', 'storage', 'bft', 'network'],
  l1: ['concurrency', 'crypto', 'pessimistic-proof', 'roles', 'storage'],
  settlement: [
    'concurrency',
    'crypto',
    'pessimistic-proof',
    'roles',
    'storage',
    'bft',
    'network',
    'executor',
    'l1',
  ],
  rpc: ['concurrency', 'crypto', 'pessimistic-proof', 'roles', 'storage', 'l1', 'settlement'],
  node: [
    'concurrency',
    'crypto',
    'pessimistic-proof',
    'roles',
    'storage',
    'bft',
    'network',
    'executor',
    'l1',
    'settlement',
    'rpc',
  ],
}

/** Packages that run in a browser too: no `node:` module, except in the files below. */
export const portable = new Set(['concurrency', 'crypto', 'pessimistic-proof', 'roles'])

/** What the browser build replaces or leaves out, and what knows only types of what it loads. */
const nativeFiles = new Set([
  'packages/crypto/src/platform.ts',
  'packages/crypto/src/ed25519/node.ts',
  'packages/crypto/src/signature-worker.ts',
])

/** Folders of pure code, and all that they may import beside their own files. */
const pureFolders = { 'packages/bft/src/chonky': ['@zkstack/roles', '@zkstack/crypto'] }

/** Which folders of its own package a file may reach by a relative path. */
const reach = { src: ['src'], testing: ['testing', 'src'], test: ['test', 'testing', 'src'] }

const generated = /\/src\/proto\/generated\./

/**
 * Every import that goes against the order of the packages, as `file:line: reason`.
 *
 * @param {string} root the repository, or a tree of the same shape
 */
export function importProblems(root) {
  const folders = list(join(root, 'packages'))
  const unknown = folders
    .filter((folder) => !(folder in layers))
    .map(
      (folder) =>
        `packages/${folder}: is not in the picture; give it a place in scripts/lib/imports.mjs`,
    )
  const known = folders.filter((folder) => folder in layers)
  return [
    ...unknown,
    ...known.flatMap((folder) => manifestProblems(root, folder)),
    ...known.flatMap((folder) => packageProblems(root, folder)),
    ...outsideProblems(root),
  ]
}

function manifestProblems(root, folder) {
  const manifest = readManifest(root, folder)
  return Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })
    .filter((name) => name.startsWith('@zkstack/'))
    .map((name) => name.slice('@zkstack/'.length))
    .filter((name) => !layers[folder].includes(name))
    .map(
      (name) => `packages/${folder}/package.json: depends on ${name}, which is not above ${folder}`,
    )
}

function packageProblems(root, folder) {
  const manifest = readManifest(root, folder)
  const declared = Object.keys({
    ...manifest.dependencies,
    ...manifest.optionalDependencies,
    ...manifest.peerDependencies,
  })
  return Object.keys(reach).flatMap((part) =>
    importsUnder(root, `packages/${folder}/${part}`).flatMap((found) => {
      const reason =
        pureProblem(found) ??
        (found.name.startsWith('.')
          ? relativeProblem(found, folder, part)
          : bareProblem(found, folder, part, declared))
      return reason ? [`${found.file}:${found.line}: ${reason}`] : []
    }),
  )
}

function pureProblem({ file, name }) {
  const home = Object.keys(pureFolders).find((pure) => file.startsWith(`${pure}/`))
  if (!home || pureFolders[home].includes(name)) return undefined
  if (name.startsWith('.') && target(file, name).startsWith(`${home}/`)) return undefined
  return `'${name}': the pure folder ${home} imports only itself and ${pureFolders[home].join(', ')}`
}

function relativeProblem({ file, name }, folder, part) {
  const path = target(file, name)
  if (reach[part].some((own) => path.startsWith(`packages/${folder}/${own}/`))) {
    return name.endsWith('.js') ? undefined : `'${name}': a relative import ends in .js`
  }
  if (!path.startsWith(`packages/${folder}/`)) {
    return `'${name}': reaches out of its package; import @zkstack/… instead`
  }
  return `'${name}': ${part} imports only from ${reach[part].join(', ')}`
}

function bareProblem({ file, name }, folder, part, declared) {
  if (name.startsWith('node:') || builtinModules.includes(name)) {
    if (!name.startsWith('node:')) return `'${name}': write node:${name}`
    const allowed = part !== 'src' || !portable.has(folder) || nativeFiles.has(file)
    return allowed ? undefined : `'${name}': ${folder} runs in a browser too`
  }
  const [, other, entry] = /^@zkstack\/([^/]+)(\/.*)?$/.exec(name) ?? []
  if (other) return siblingProblem({ name, other, entry }, folder, part)
  if (part === 'test' || declared.includes(packageOf(name))) return undefined
  return `'${name}': is not a dependency of packages/${folder}/package.json`
}

function siblingProblem({ name, other, entry }, folder, part) {
  if (other === folder && part === 'test') return undefined
  if (other === folder) return `'${name}': inside a package, import relatively`
  if (!layers[folder].includes(other)) return `'${name}': ${other} is not above ${folder}`
  if (entry === undefined) return undefined
  if (entry !== '/testing') return `'${name}': is not an entry of its package`
  return part === 'src' ? `'${name}': src never imports testing` : undefined
}

/** Examples and benchmarks stand outside: they use what a user of the packages can use. */
function outsideProblems(root) {
  return ['examples', 'bench'].flatMap((top) =>
    importsUnder(root, top).flatMap(({ file, line, name }) => {
      const isSource = name.startsWith('.') && target(file, name).startsWith('packages/')
      const isDeep = /^@zkstack\/[^/]+\/(?!testing$)/.test(name)
      return isSource || isDeep
        ? [`${file}:${line}: '${name}': is not an entry of its package`]
        : []
    }),
  )
}

/** All import specifiers, static and dynamic, types included, of the sources below a folder. */
function importsUnder(root, folder) {
  const sources = list(join(root, folder), true).filter(
    (path) => /\.m?ts$/.test(path) && !/(^|\/)(node_modules|dist)\//.test(path),
  )
  return sources.flatMap((path) => {
    const file = `${folder}/${path.split(sep).join('/')}`
    if (generated.test(file)) return []
    const text = readFileSync(join(root, file), 'utf8')
    return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName, pos }) => ({
      file,
      name: fileName,
      line: text.slice(0, pos).split('\n').length,
    }))
  })
}

const target = (file, name) => join(dirname(file), name).split(sep).join('/')

const packageOf = (name) => name.split('/', name.startsWith('@') ? 2 : 1).join('/')

const readManifest = (root, folder) =>
  JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8'))

const list = (path, recursive = false) =>
  existsSync(path) ? readdirSync(path, { recursive }).sort() : []
