/**
 * `npm run demo`: a chain of validators in processes of their own finalises transfers, survives a kill, and agrees.
 *
 * Exit codes: 0 all went well, 1 something did not, 2 wrong options, 130 interrupted.
 */
import { Ctx, errorOf, isCanceled, systemRandom } from '@zkstack/concurrency'
import { runDemo } from './demo/coordinator.js'
import { DemoError } from './demo/demo-error.js'
import { parseOptions, usage } from './demo/options.js'
import { PlainView } from './demo/plain-view.js'
import type { DemoView } from './demo/snapshot.js'
import { TerminalView } from './demo/terminal-view.js'

function chooseView(): DemoView {
  const { stdout, env } = process
  if (stdout.isTTY && env['TERM'] !== 'dumb')
    return new TerminalView(stdout, (env['NO_COLOR'] ?? '') === '')
  return new PlainView((text) => stdout.write(text))
}

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2), () => String(systemRandom.uint32()))
  if (!options.ok) {
    process.stderr.write(`demo: ${options.error}\n`)
    return 2
  }
  if (options.value === 'help') {
    process.stdout.write(usage)
    return 0
  }
  using ctx = Ctx.root()
  const interrupt = (): void => {
    ctx.cancel('interrupted')
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, interrupt)
  // Whoever read the output is gone: head, or a terminal that was closed.
  process.stdout.on('error', interrupt)
  try {
    await runDemo(ctx, options.value, chooseView())
    return 0
  } catch (e) {
    if (isCanceled(e) && ctx.canceled) {
      process.stderr.write('demo: interrupted\n')
      return 130
    }
    const error = errorOf(e)
    process.stderr.write(
      `demo: ${error instanceof DemoError ? error.message : (error.stack ?? error.message)}\n`,
    )
    return 1
  }
}

process.exitCode = await main()
