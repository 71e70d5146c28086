import { jsonLogger } from '@zkstack/concurrency'
import { expect, test } from 'vitest'
import type { CommandIo } from '../../src/cli/command.js'
import { stopLimit } from '../../src/cli/stop-limit.js'

test('a signal that came before there was anything to stop › limits the stop as any other', () => {
  const lines: string[] = []
  const io: CommandIo = {
    out: () => undefined,
    err: () => undefined,
    env: {},
    isTerminal: false,
    signal: AbortSignal.abort(),
  }
  const limit = stopLimit(
    io,
    jsonLogger((line) => lines.push(line)),
  )
  limit.cancel()
  expect(lines.join()).toContain('stopping')
})
