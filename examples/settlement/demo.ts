/** `npm run demo:settlement`: two chains settle on a local L1, through two reorgs and a killed settlement node. */
import { Ctx } from '@zkstack/concurrency'
import { PlainView } from './demo/plain-view.js'
import { runDemo } from './demo/run-demo.js'
import { TerminalView } from './demo/terminal-view.js'

using ctx = Ctx.root()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => {
    ctx.cancel('interrupted')
  })
// Whoever read the output is gone: head, or a terminal that was closed.
process.stdout.on('error', () => {
  ctx.cancel('interrupted')
})
const out = (text: string): void => {
  process.stdout.write(text)
}
const err = (text: string): void => {
  process.stderr.write(text)
}
const { stdout, env } = process
const view =
  stdout.isTTY && env['TERM'] !== 'dumb'
    ? new TerminalView(stdout, (env['NO_COLOR'] ?? '') === '')
    : new PlainView(out)
// What the demo gave up waiting for may go on a while, such as the receipt of a transaction: nobody waits for it here.
process.exit(await runDemo(ctx, process.argv.slice(2), { out, err, view }))
