// Bundles the built portable packages for a browser and fails when a bundle still asks for a module of Node.
import { build } from 'esbuild'
import { portable } from './lib/imports.mjs'
import { root } from './lib/packages.mjs'

const problems = []
for (const folder of portable) {
  const name = `@zkstack/${folder}`
  try {
    const { metafile } = await build({
      stdin: { contents: `export * from '${name}'`, resolveDir: root },
      bundle: true,
      format: 'esm',
      platform: 'browser',
      tsconfigRaw: '{}', // the built package, not the sources that tsconfig.json points to
      external: ['node:*'],
      metafile: true,
      write: false,
      logLevel: 'silent',
    })
    const imports = Object.values(metafile.outputs).flatMap((output) => output.imports)
    const left = new Set(imports.map(({ path }) => path))
    for (const path of left) problems.push(`${name}: a browser bundle still imports '${path}'`)
  } catch (error) {
    problems.push(`${name}: does not bundle for a browser\n${error.message}`)
  }
}
for (const problem of problems) process.stderr.write(`${problem}\n`)
process.exitCode = problems.length > 0 ? 1 : 0
