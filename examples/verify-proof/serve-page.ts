import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { parseArgs } from 'node:util'
import { bundlePage } from './src/bundle-page.js'

const { values } = parseArgs({
  options: { out: { type: 'string' }, port: { type: 'string', default: '8080' } },
})

const html = await bundlePage()
if (values.out === undefined) {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html)
  })
  server.listen(Number(values.port), '127.0.0.1', () => {
    process.stdout.write(`http://127.0.0.1:${values.port}\n`)
  })
} else {
  await writeFile(values.out, html)
  process.stdout.write(`${values.out}: ${Math.round(html.length / 1024)} KiB\n`)
}
