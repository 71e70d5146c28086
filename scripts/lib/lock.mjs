const systems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony']
systems.push('sunos', 'win32')
const processors = ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x']
processors.push('wasm32', 'x64')

/**
 * What is wrong with a lock file: download addresses, and optional packages of other platforms that it leaves out.
 *
 * npm leaves an optional package out when the registry did not offer it, and `npm ci` then refuses the lock file.
 *
 * @param {{ packages: Record<string, any> }} lock
 */
export function lockProblems(lock) {
  const addresses = Object.entries(lock.packages)
    .filter(([, { resolved }]) => /^[a-z+]+:/.test(resolved ?? ''))
    .map(([path]) => `${path} has a download address`)
  const missing = missingOptional(lock).map(({ name }) => `${name} is left out`)
  return [...addresses, ...missing]
}

/** The lock file with an entry for every optional package that it leaves out. */
export function completedLock(lock) {
  const added = missingOptional(lock).map(({ name, version, dev }) => [
    `node_modules/${name}`,
    { version, ...platformOf(name), ...(dev && { dev }), optional: true },
  ])
  const entries = [...Object.entries(lock.packages), ...added]
  entries.sort(([a], [b]) => a.localeCompare(b, 'en'))
  return { ...lock, packages: Object.fromEntries(entries) }
}

function missingOptional({ packages }) {
  return Object.entries(packages).flatMap(([path, entry]) =>
    Object.entries(entry.optionalDependencies ?? {})
      .filter(([name]) => !resolvesFrom(packages, path, name))
      .map(([name, version]) => ({ name, version, dev: entry.dev })),
  )
}

/** Whether a package that stands at `path` finds the package `name`, as Node looks for it. */
function resolvesFrom(packages, path, name) {
  const folders = path.split('/')
  return folders
    .map((_, index) => [...folders.slice(0, folders.length - index), 'node_modules', name])
    .concat([['node_modules', name]])
    .some((parts) => parts.filter(Boolean).join('/') in packages)
}

/** Platform packages carry their platform in the name, such as `@rollup/rollup-darwin-arm64`. */
function platformOf(name) {
  const words = name.split(/[-/]/)
  const cpu = processors.filter((processor) => words.includes(processor))
  const os = systems.filter((system) => words.includes(system))
  return { ...(cpu.length > 0 && { cpu }), ...(os.length > 0 && { os }) }
}
