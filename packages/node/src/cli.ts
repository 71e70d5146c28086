#!/usr/bin/env node
import { exitCodes } from './cli/command.js'
import { main } from './cli/main.js'

const stop = new AbortController()

/** The first signal stops in order, the second at once. */
function onSignal(): void {
  if (stop.signal.aborted) process.exit(exitCodes.failed)
  stop.abort()
}

process.on('SIGTERM', onSignal)
process.on('SIGINT', onSignal)
// A process that was started with a channel ends with whoever started it.
process.on('disconnect', onSignal)
// Whoever read the output is gone.
process.stdout.on('error', onSignal)
// A validator does not stop because nobody reads its log any more.
process.stderr.on('error', () => undefined)

process.exitCode = await main(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  env: process.env,
  isTerminal: process.stdout.isTTY && process.env['TERM'] !== 'dumb',
  signal: stop.signal,
})
process.off('disconnect', onSignal)
if (process.connected) process.disconnect()
