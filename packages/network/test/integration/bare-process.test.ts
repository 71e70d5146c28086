import { spawn } from 'node:child_process'
import { copyFileSync, mkdirSync, rmSync } from 'node:fs'
import { build } from 'esbuild'
import { afterAll, expect, test } from 'vitest'

const root = new URL('../../../../', import.meta.url).pathname
// inside the package, so that its dependencies are found; the name is of files that tools pass over
const folder = new URL(`../../.tmp/bare-process-${process.pid}/`, import.meta.url).pathname

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Bundles as the packages are built: tree-shaken, without what a package free of side effects does not use. */
async function bundle(): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const contents = ['concurrency', 'crypto', 'roles', 'storage', 'network']
    .map((name) => `export * from '@zkstack/${name}'`)
    .join('\n')
  await build({
    stdin: { contents, resolveDir: root, sourcefile: 'bundle.js' },
    outfile: `${folder}bundle.mjs`,
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    logLevel: 'error',
    plugins: [
      {
        name: 'own sources inside, dependencies outside',
        setup: ({ onResolve }) => {
          onResolve({ filter: /^@zkstack\// }, ({ path }) => ({
            path: `${root}packages/${path.slice('@zkstack/'.length)}/src/index.ts`,
            sideEffects: false,
          }))
          onResolve({ filter: /^[^./]/ }, ({ path }) => ({ path, external: true }))
        },
      },
    ],
  })
}

test('the network › in a bare process › connects over TCP, stops, and the process ends by itself', async () => {
  await bundle()
  copyFileSync(new URL('bare-process.mjs', import.meta.url), `${folder}main.mjs`)
  const child = spawn(process.execPath, [`${folder}main.mjs`], { env: {}, timeout: 110_000 })
  let output = ''
  child.stdout.on('data', (data: Buffer) => (output += data.toString()))
  child.stderr.on('data', (data: Buffer) => (output += data.toString()))
  const code = await new Promise((resolve) => child.once('close', resolve))
  expect(output).toMatch(/^connected and stopped, polyfill (installed|not needed)\n$/)
  expect(code).toBe(0)
}, 120_000)
