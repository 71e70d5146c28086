const required = ['package.json', 'README.md', 'LICENSE-MIT', 'LICENSE-APACHE']
const allowed = /^(package\.json|README\.md|LICENSE-(MIT|APACHE)|dist\/.+)$/

/**
 * What is wrong with a package as packed: missing files, stray files, install scripts, unpinned siblings.
 *
 * @param {Record<string, any>} manifest its package.json
 * @param {string[]} files paths in the tarball
 */
export function tarballProblems(manifest, files) {
  const commands = Object.values(manifest.bin ?? {})
  const exported = Object.values(manifest.exports ?? {}).flatMap((entry) =>
    typeof entry === 'string' ? [entry] : Object.values(entry),
  )
  const entries = [...exported, ...commands].map((path) => path.replace(/^\.\//, ''))
  const missing = [...new Set([...required, ...entries])].filter((path) => !files.includes(path))
  const stray = files.filter((path) => !allowed.test(path) && !entries.includes(path))
  const scripts = ['preinstall', 'install', 'postinstall'].filter(
    (name) => manifest.scripts?.[name],
  )
  const siblings = Object.entries(manifest.dependencies ?? {}).filter(
    ([name, range]) => name.startsWith('@zkstack/') && range !== manifest.version,
  )
  return [
    ...missing.map((path) => `lacks ${path}`),
    ...stray.map((path) => `should not contain ${path}`),
    ...scripts.map((name) => `has the install script '${name}'`),
    ...siblings.map(([name, range]) => `depends on ${name} ${range}, not ${manifest.version}`),
    ...(manifest.publishConfig?.access === 'public' ? [] : ['lacks publishConfig.access']),
  ]
}
