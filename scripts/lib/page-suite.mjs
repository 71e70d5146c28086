import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { build } from 'esbuild'
import { root } from './packages.mjs'

const ofVitest = createRequire(createRequire(import.meta.url).resolve('vitest/package.json'))

/** What test files import from `vitest`, by the same runner and the same assertions, without Node. */
const vitestInPage = `
  import * as chai from 'chai'
  import {
    ASYMMETRIC_MATCHERS_OBJECT, GLOBAL_EXPECT, JestAsymmetricMatchers, JestChaiExpect, JestExtend, customMatchers,
    getState, setState,
  } from '@vitest/expect'
  export { afterAll, afterEach, beforeAll, beforeEach, describe, it, test } from '@vitest/runner'
  chai.use(JestExtend)
  chai.use(JestChaiExpect)
  chai.use(JestAsymmetricMatchers)
  export const expect = Object.assign((value, message) => chai.expect(value, message), chai.expect)
  Object.assign(expect, globalThis[ASYMMETRIC_MATCHERS_OBJECT])
  setState({ assertionCalls: 0 }, expect)
  globalThis[GLOBAL_EXPECT] = expect
  expect.getState = () => getState(expect)
  expect.setState = (state) => setState(state, expect)
  expect.extend = (matchers) => chai.expect.extend(expect, matchers)
  expect.extend(customMatchers)
`

/** Reads vectors from the server that the page came from. */
const loadVectorInPage = `
  function read(name) {
    const request = new XMLHttpRequest()
    request.open('GET', '/vectors/' + name, false)
    request.overrideMimeType('text/plain; charset=x-user-defined')
    request.send()
    if (request.status !== 200) throw new Error(name + ': ' + request.status)
    return Uint8Array.from(request.responseText, (character) => character.charCodeAt(0) & 0xff)
  }
  export const loadVectorBytes = (name) => read(name)
  export const loadVector = (name) => new TextDecoder().decode(read(name))
`

const runInPage = (files) => `
  import { startTests } from '@vitest/runner'
  import { getTests } from '@vitest/runner/utils'
  const importers = { ${files.map((file) => `'${file}': () => import('./${file}')`).join(',\n')} }
  const runner = {
    config: {
      root: '/', name: undefined, setupFiles: [], passWithNoTests: false, allowOnly: false, testNamePattern: undefined,
      sequence: { hooks: 'stack', setupFiles: 'list', seed: 1 }, chaiConfig: undefined, maxConcurrency: 1,
      testTimeout: 120000, hookTimeout: 120000, retry: 0, includeTaskLocation: false, tags: [], strictTags: true,
    },
    importFile: (path) => importers[path](),
  }
  globalThis.suite = startTests(Object.keys(importers).map((filepath) => ({ filepath })), runner).then((done) =>
    done.map((file) => ({
      file: file.filepath,
      errors: (file.result?.errors ?? []).map(({ message, stack }) => message + ' ' + stack),
      tests: getTests(file).map(({ name, result }) => ({
        name,
        state: result?.state,
        errors: (result?.errors ?? []).map(({ message }) => message),
      })),
    })),
  )
`

/**
 * Bundles test files of a package for a browser, unchanged: only vitest's entry and the helper that reads vectors have
 * stand-ins. The page sets `suite` to a promise of all results.
 *
 * @param {string} folder of the package
 * @param {string[]} kinds folders below its `test`
 */
export async function bundleSuite(folder, kinds) {
  const files = kinds.flatMap((kind) =>
    readdirSync(join(folder, 'test', kind), { recursive: true })
      .filter((name) => name.endsWith('.test.ts'))
      .map((name) => `test/${kind}/${name}`)
      .sort(),
  )
  const { outputFiles, metafile } = await build({
    stdin: { contents: runInPage(files), resolveDir: folder },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    supported: { 'top-level-await': true },
    define: { 'process.env.NODE_ENV': '"test"' },
    write: false,
    metafile: true,
    logLevel: 'silent',
    plugins: [standIns],
  })
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports)
  return { files, script: outputFiles[0].text, imports: imports.map(({ path }) => path) }
}

const standIns = {
  name: 'stand-ins',
  setup({ onResolve, onLoad }) {
    const contents = { vitest: vitestInPage, 'load-vector': loadVectorInPage }
    onResolve({ filter: /^vitest$/ }, () => ({ path: 'vitest', namespace: 'stand-in' }))
    onResolve({ filter: /\/load-vector\.js$/ }, () => ({
      path: 'load-vector',
      namespace: 'stand-in',
    }))
    onResolve({ filter: /^(@vitest\/|chai$)/ }, ({ path }) => ({ path: ofVitest.resolve(path) }))
    onResolve({ filter: /\/platform\.js$/ }, ({ resolveDir }) => ({
      path: `${resolveDir}/platform.browser.ts`,
    }))
    onResolve({ filter: /^@zkstack\// }, ({ path }) => {
      const [, name, testing] = /^@zkstack\/([^/]+)(\/testing)?$/.exec(path)
      return { path: join(root, 'packages', name, testing ? 'testing' : 'src', 'index.ts') }
    })
    onLoad({ filter: /.*/, namespace: 'stand-in' }, ({ path }) => ({
      contents: contents[path],
      resolveDir: root,
    }))
  },
}
