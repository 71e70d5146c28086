import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'

const folder = fileURLToPath(new URL('../page/', import.meta.url))

/** Sources are bundled here, in which the modules for browsers do not take their places by themselves. */
const browserPlatform: Plugin = {
  name: 'browser-platform',
  setup(build) {
    build.onResolve({ filter: /^\.\/platform\.js$/ }, ({ resolveDir }) => ({
      path: `${resolveDir}/platform.browser.ts`,
    }))
  },
}

/** Bundles the page: one HTML file that needs nothing else, neither a server nor a network. */
export async function bundlePage(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [`${folder}main.ts`],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    plugins: [browserPlatform],
    // What only Node loads is not found in a browser, and something slower serves there.
    external: ['node:*', '@chainsafe/blst'],
    write: false,
    logLevel: 'silent',
  })
  const script = outputFiles[0]?.text ?? ''
  const [html, style] = await Promise.all(
    ['index.html', 'style.css'].map((name) => readFile(folder + name, 'utf8')),
  )
  if (html === undefined || style === undefined) throw new Error('a file of the page is missing')
  return html
    .replace('/* style.css */', () => style)
    .replace('/* main.js */', () => script.replaceAll('</script', '<\\/script'))
}
