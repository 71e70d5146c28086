import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { replayRecording } from '@zkstack/executor'
import { createTestNetwork } from '@zkstack/executor/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { CommandIo } from '../../src/cli/command.js'
import { main } from '../../src/cli/main.js'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zkstack-replay-'))
})

afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

test('a replay › waits for whoever reads it, and ends when it is asked to', async () => {
  const path = join(folder, 'inputs.rec')
  {
    await using network = await createTestNetwork(1, { start: false })
    await network.at(0).start({ recording: { path } })
    await network.waitForHeight(60n)
  }
  const steps = [...(await replayRecording(path))].length
  const stop = new AbortController()
  let [written, waits] = [0, 0]
  const io: CommandIo = {
    out: () => {
      if (++written === 1) setImmediate(() => stop.abort())
    },
    err: () => undefined,
    drained: () => {
      waits++
      return Promise.resolve()
    },
    env: {},
    isTerminal: false,
    signal: stop.signal,
  }
  expect(await main(['replay', path], io)).toBe(1)
  expect(waits).toBeGreaterThan(0)
  expect(written).toBeLessThan(steps)
})
