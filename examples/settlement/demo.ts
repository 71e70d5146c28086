/** `npm run demo:settlement`: two chains settle on a local L1, through two reorgs and a killed settlement node. */
import { Ctx } from '@zkstack/concurrency'
import { LiveView } from './demo/live-view.js'
import { runDemo } from './demo/run-demo.js'

using ctx = Ctx.root()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => {
    ctx.cancel('interrupted')
  })
// Whoever read the output is gone: head, or a terminal that was closed.
process.stdout.on('error', () => {
  ctx.cancel('interrupted')
})
const colour = process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === ''
const out = (text: string): void => {
  process.stdout.write(text)
}
const err = (text: string): void => {
  process.stderr.write(text)
}
process.exitCode = await runDemo(ctx, process.argv.slice(2), {
  ...{ out, err },
  view: new LiveView(out, colour),
})
