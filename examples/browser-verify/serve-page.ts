import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { bundlePage } from './src/bundle-page.js'
import { servePage } from './src/page-server.js'

const { values } = parseArgs({
  options: {
    node: { type: 'string', default: 'http://127.0.0.1:3106' },
    port: { type: 'string', default: '8080' },
  },
})

await using server = await servePage({
  html: await bundlePage(),
  node: values.node,
  port: Number(values.port),
})
process.stdout.write(`${server.url} follows ${values.node}\n`)
await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
