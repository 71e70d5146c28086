import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const folder = fileURLToPath(new URL('../page/', import.meta.url))

/** Bundles the page: one HTML file that needs nothing else, neither a server nor a network. */
export async function bundlePage(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [`${folder}main.ts`],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
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
