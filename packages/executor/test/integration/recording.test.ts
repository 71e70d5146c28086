import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { createTestNetwork } from '@zkstack/executor/testing'
import { formatReplayStep, replayRecording, type NodeOptions } from '@zkstack/executor'
import type { ReplayStart, ReplayStep } from '@zkstack/executor'

const folders: string[] = []

async function newPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'zkstack-recording-'))
  folders.push(folder)
  return join(folder, 'recording')
}

afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))))

const stepsOf = (steps: readonly (ReplayStart | ReplayStep)[]): readonly ReplayStep[] =>
  steps.filter((step): step is ReplayStep => step.type === 'step')

/** Runs six validators; the first one records. */
async function record(
  recording: NonNullable<NodeOptions['recording']>,
  heights: readonly bigint[],
): Promise<void> {
  await using network = await createTestNetwork(6, { start: false })
  for (const height of heights) {
    await network.at(0).start({ recording })
    await network.startAll()
    await network.waitForHeight(height)
    await network.at(0).stop()
  }
}

describe('recording of a node', () => {
  test('a validator through two lives › replayed › every state is the one that it was in, as real bytes and signatures made it', async () => {
    const path = await newPath()
    await record({ path }, [3n, 6n])
    const steps = [...(await replayRecording(path))]
    expect(stepsOf(steps).filter(({ same }) => !same)).toEqual([])
    const starts = steps.filter(({ type }) => type === 'start')
    expect(starts).toHaveLength(2)
    const final = stepsOf(steps).flatMap(({ effects }) =>
      effects.flatMap((effect) => (effect.type === 'finalized' ? [effect.header.number] : [])),
    )
    expect(final.length).toBeGreaterThan(2)
    for (const step of steps) expect(formatReplayStep(step)).toMatch(/^(==|#\d+ at)/)
  })

  test('a small file › the newest inputs are kept, the size is bounded, and the replay holds', async () => {
    const path = await newPath()
    const maxBytes = 256 * 1024
    await record({ path, maxBytes }, [25n])
    expect((await stat(path)).size).toBeLessThanOrEqual(maxBytes)
    const steps = [...(await replayRecording(path))]
    expect(steps[0]?.sequence).toBeGreaterThan(0)
    expect(stepsOf(steps).every(({ same }) => same)).toBe(true)
  })

  test('a folder that does not exist › createNode rejects with STORE_PATH', async () => {
    const path = join(await newPath(), 'no', 'such')
    await expect(record({ path }, [1n])).rejects.toMatchObject({ code: 'STORE_PATH' })
  })
})
