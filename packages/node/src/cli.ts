#!/usr/bin/env node
import { once } from 'node:events'
import { setInterval } from 'node:timers'
import { realClock } from '@zkstack/concurrency'
import { boundedWriter } from './cli/bounded-writer.js'
import { exitCodes } from './cli/command.js'
import { main } from './cli/main.js'

/** How long a log that nobody reads, or what a module left open, may keep the process when all is done, in milliseconds. */
const LINGER_MS = 500

const stop = new AbortController()
let isResultLost = false

/** The first signal stops in order, the second at once. */
function onSignal(): void {
  if (stop.signal.aborted) process.exit(exitCodes.failed)
  stop.abort()
}

process.on('SIGTERM', onSignal)
process.on('SIGINT', onSignal)
// A process that was started with a channel ends with whoever started it.
process.on('disconnect', onSignal)
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  // Whoever read the output is gone. A full disk is no reason for a node to stop, but a result that is lost is a failure.
  if (code === 'EPIPE') onSignal()
  else isResultLost = true
})
process.on('exit', () => {
  if (isResultLost && !stop.signal.aborted) process.exitCode ||= exitCodes.failed
})
// A validator does not stop because nobody reads its log any more.
process.stderr.on('error', () => undefined)

process.exitCode = await main(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  async drained() {
    const { signal } = stop
    if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain', { signal })
  },
  err: boundedWriter(process.stderr, { clock: realClock }),
  env: process.env,
  isTerminal: process.stdout.isTTY && process.env['TERM'] !== 'dumb',
  signal: stop.signal,
})
process.off('disconnect', onSignal)
if (process.connected) process.disconnect()
// Whoever reads the results has all the time it needs, unless we were asked to stop. A timer of a clock would keep the process itself.
setInterval(() => {
  if (stop.signal.aborted || process.stdout.writableLength === 0) process.exit()
}, LINGER_MS).unref()
