import { build, type Plugin } from 'esbuild'
import { fileURLToPath } from 'node:url'
import { createContext, Script } from 'node:vm'
import { beforeAll, describe, expect, test } from 'vitest'

const folder = fileURLToPath(new URL('../..', import.meta.url))

/** The replacement that tsup.config.ts makes for the browser's build; `npm run check` bundles that build itself. */
const browserPlatform: Plugin = {
  name: 'browser-platform',
  setup({ onResolve }) {
    onResolve({ filter: /\/platform\.js$/ }, ({ resolveDir }) => ({
      path: `${resolveDir}/platform.browser.ts`,
    }))
  },
}

/** What the bundled program finds in a browser; nothing of Node is among it. */
const browserGlobals = {
  atob,
  BigInt,
  crypto: globalThis.crypto,
  TextDecoder,
  TextEncoder,
  Uint8Array,
  WebAssembly,
}

const program = `
  import * as zk from './src/index.ts'
  globalThis.run = async () => {
    await zk.loadCryptoBackends()
    const { failures, ...backends } = zk.cryptoBackends()
    const verdicts = zk.availableSchemes().map((scheme) => {
      const secret = scheme.generateSecretKey((n) => crypto.getRandomValues(new Uint8Array(n)))
      const key = scheme.importPublicKey(scheme.publicKey(secret))
      const hash = zk.keccak256(new TextEncoder().encode('payload'))
      const signature = scheme.sign(secret, hash)
      const other = zk.keccak256(hash)
      const name = scheme.name + '/' + scheme.backend
      return name + ' ' + scheme.verify(key, hash, signature) + ' ' + scheme.verify(key, other, signature)
    })
    return JSON.stringify({ backends, failures: [...failures.keys()], verdicts })
  }
`

describe('the browser build', () => {
  let text = ''
  let imports: string[] = []

  beforeAll(async () => {
    const { outputFiles, metafile } = await build({
      stdin: { contents: program, resolveDir: folder, loader: 'ts' },
      bundle: true,
      format: 'iife',
      platform: 'browser',
      target: 'es2022',
      write: false,
      metafile: true,
      logLevel: 'silent',
      tsconfigRaw: '{}',
      plugins: [browserPlatform],
    })
    text = outputFiles[0]?.text ?? ''
    imports = Object.values(metafile.outputs).flatMap((output) =>
      output.imports.map(({ path }) => path),
    )
  })

  test('asks for no module of Node and for no native binding', () => {
    expect(text.length).toBeGreaterThan(100_000)
    expect(imports).toEqual([])
    expect(text).not.toContain('node:')
    expect(text).not.toContain('@chainsafe/blst')
  })

  test('signs and verifies with every scheme, by WebAssembly where it can', async () => {
    const context = createContext({ ...browserGlobals })
    new Script(text).runInContext(context)
    const report = (await new Script('run()').runInContext(context)) as string
    expect(JSON.parse(report)).toEqual({
      backends: {
        hash: 'hash-wasm',
        blsMinSig: 'mcl',
        blsMinPk: 'mcl',
        ed25519: 'noble',
        bn254: 'mcl',
      },
      failures: ['blst', 'node'],
      verdicts: [
        'bls12_381/noble true false',
        'bls12_381/mcl true false',
        'bls12_381_min_pk/noble true false',
        'bls12_381_min_pk/mcl true false',
        'ed25519/noble true false',
      ],
    })
  })
})
