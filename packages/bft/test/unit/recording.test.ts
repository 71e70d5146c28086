import { describe, expect, test } from 'vitest'
import { seededRandom } from '@zkstack/concurrency'
import { DecodeError } from '@zkstack/crypto'
import { standInScheme } from '@zkstack/crypto/testing'
import { createCommittee, MemoryRecording, RunnerRig } from '@zkstack/bft/testing'
import type { RunnerRigOptions } from '@zkstack/bft/testing'
import { decodeRecord, describeEffect, describeInput, describeState, replay } from '@zkstack/bft'
import type { Input, RecordedSegment, ReplayStart, ReplayStep } from '@zkstack/bft'
import { decodeValue } from '../../src/recording/decode-value.js'
import { encodeValue } from '../../src/recording/encode-value.js'
import { InputRecorder } from '../../src/recording/input-recorder.js'
import { Signers } from '@zkstack/roles'

const committee = createCommittee({ validators: 6 })
const scheme = standInScheme

/** A replica that gets blocks, time-outs, forgeries, contradictions and late answers. */
async function live(recording: MemoryRecording, o: RunnerRigOptions = {}): Promise<RunnerRig> {
  const rig = new RunnerRig({ committee, recording, ...o })
  await rig.start()
  await rig.timeoutView()
  for (let round = 0; round < 6; round += 1) {
    const { view } = rig.runner.snapshot()
    const vote = committee.commit(view, committee.header(100n, `other ${round}`))
    await rig.deliver(committee.signCommit(3, vote))
    await rig.deliver(committee.signCommit(3, committee.commit(view, committee.header(9n, 'x'))))
    await rig.deliver(committee.forge(committee.signCommit(4, vote)))
    await rig.expire()
    await rig.timeoutView()
  }
  return rig
}

const stepsOf = (segments: readonly RecordedSegment[]): (ReplayStart | ReplayStep)[] => [
  ...replay(segments, { scheme }),
]

describe('recording and replay', () => {
  test('a recorded run › played again › every state is the same, and the last is the live one', async () => {
    const recording = new MemoryRecording()
    const rig = await live(recording)
    const steps = stepsOf(recording.segments)
    expect(steps.length).toBeGreaterThan(60)
    expect(steps.filter((s) => s.type === 'step' && !s.same)).toEqual([])
    expect(steps[0]).toMatchObject({ type: 'start', sequence: 0, missing: 0 })
    const last = steps.at(-1)
    expect(last?.type).toBe('step')
    if (last?.type !== 'step') return
    expect(last.after.view).toBe(rig.runner.snapshot().view)
    const effects = steps.flatMap((s) => (s.type === 'step' ? s.effects : []))
    const kinds = new Set(effects.map(({ type }) => type))
    for (const kind of ['persist', 'broadcast', 'verify', 'evidence', 'viewEntered'] as const) {
      expect(kinds).toContain(kind)
    }
    await rig.stop()
  })

  test('each step › begins in the state in which the last one ended', async () => {
    const recording = new MemoryRecording()
    await (await live(recording)).stop()
    const steps = stepsOf(recording.segments).filter((s) => s.type === 'step')
    for (const [i, s] of steps.entries()) {
      if (i > 0) expect(s.before).toBe(steps[i - 1]?.after)
    }
  })

  test('a ring that forgets › the replay begins at the oldest checkpoint kept and goes on without a break', async () => {
    const recording = new MemoryRecording({ recordsPerSegment: 10, segmentsKept: 3 })
    await (await live(recording)).stop()
    const steps = stepsOf(recording.segments)
    const [first, ...rest] = steps
    expect(first?.type).toBe('start')
    expect(first?.sequence).toBeGreaterThan(20)
    expect(rest.every((s) => s.type === 'step' && s.same)).toBe(true)
    expect(rest.map(({ sequence }) => sequence)).toEqual(
      rest.map((_, i) => (first?.sequence ?? 0) + i),
    )
  })

  test('records were lost › the replay goes on from a checkpoint and says how many are missing', async () => {
    const recording = new MemoryRecording()
    const rig = await live(recording)
    const before = stepsOf(recording.segments).length
    recording.paused = true
    await rig.expire()
    recording.paused = false
    await rig.expire()
    await rig.stop()
    const resumed = stepsOf(recording.segments)[before]
    expect(resumed).toMatchObject({ type: 'start' })
    expect(resumed?.type === 'start' && resumed.missing).toBeGreaterThan(0)
    expect(stepsOf(recording.segments).every((s) => s.type === 'start' || s.same)).toBe(true)
  })

  test('negative control › an input was changed › the states differ from the recorded ones', async () => {
    const recording = new MemoryRecording()
    await (await live(recording)).stop()
    const records = recording.segments.flat().slice()
    const at = records.findIndex((bytes) => {
      const record = decodeRecord(bytes, { scheme })
      return record.type === 'input' && record.input.type === 'tick'
    })
    const record = decodeRecord(records[at]!, { scheme })
    if (record.type !== 'input') return
    const input = { ...record.input, now: record.input.now + 1 }
    records[at] = encodeValue({ ...record, input })
    const steps = stepsOf([records])
    expect(steps.some((s) => s.type === 'step' && !s.same)).toBe(true)
  })

  test('an input on which the state machine threw › is recorded, and throws again in the replay', async () => {
    const recording = new MemoryRecording()
    const rig = await live(recording)
    await rig.stop()
    const last = stepsOf(recording.segments).at(-1)
    if (last?.type !== 'step') return
    const fatal = new MemoryRecording()
    const recorder = new InputRecorder(fatal, rig.clock, (e) => {
      throw e
    })
    recorder.record(last.after, { type: 'message', now: 0 } as unknown as Input, undefined)
    const [, thrown] = stepsOf(fatal.segments)
    expect(thrown).toMatchObject({ type: 'step', same: true, effects: [] })
    expect(thrown?.type === 'step' && thrown.error).toBeInstanceOf(TypeError)
  })

  test('the sink throws › one warning, and the replica goes on without it', async () => {
    const recording = new MemoryRecording()
    recording.append = () => {
      throw new Error('no more ink')
    }
    const rig = await live(recording)
    expect(rig.runner.snapshot().status).toBe('running')
    expect(rig.warnings.filter((code) => code === 'RECORDING_FAILED')).toHaveLength(1)
    await rig.stop()
  })

  test('every input, effect and state › has words', async () => {
    const recording = new MemoryRecording()
    await (await live(recording)).stop()
    for (const s of stepsOf(recording.segments)) {
      if (s.type === 'start') continue
      const words = [
        describeState(s.after),
        describeInput(s.input, s.before),
        ...s.effects.map(describeEffect),
      ]
      for (const text of words) expect(text).not.toMatch(/undefined|\[object|NaN/)
    }
  })

  test('a sink that throws nothing and takes nothing › the replica does not notice', async () => {
    const rig = await live(Object.assign(new MemoryRecording(), { paused: true }))
    expect(rig.runner.snapshot().status).toBe('running')
    await rig.stop()
  })
})

describe('values of a recording', () => {
  const value = {
    nothing: undefined,
    none: null,
    yes: true,
    no: false,
    number: -1.5,
    endless: Infinity,
    large: 2n ** 64n - 1n,
    negative: -7n,
    zero: 0n,
    text: 'zß水🍌',
    bytes: Uint8Array.of(1, 2, 3),
    list: [1, [2n]],
    map: new Map<unknown, unknown>([[1n, { deep: new Set(['a']) }]]),
    signers: Signers.of(9, [0, 8]),
  }

  test('any value › encoded and decoded › is the same', () => {
    expect(decodeValue(encodeValue(value))).toEqual(value)
  })

  test('functions, classes and cycles › are refused', () => {
    const cycle: Record<string, unknown> = {}
    cycle['self'] = cycle
    for (const bad of [() => 1, new Date(0), cycle, Symbol('x')]) {
      expect(() => encodeValue(bad)).toThrow(TypeError)
    }
  })

  test('noise, cut and changed bytes › throw nothing but DecodeError', () => {
    const seed = process.env['SEED'] ?? '1'
    const random = seededRandom(seed)
    const good = encodeValue(value)
    for (let i = 0; i < 2000; i += 1) {
      const bytes = good.slice(0, random.uint32() % (good.length + 1))
      const at = random.uint32() % good.length
      if (at < bytes.length) bytes[at] = random.uint32() % 256
      for (const input of [bytes, random.bytes(random.uint32() % 60)]) {
        try {
          decodeValue(input)
        } catch (e) {
          expect(e, `SEED=${seed}`).toBeInstanceOf(DecodeError)
        }
      }
    }
  })

  test('records of another format, or none › are refused with a code', async () => {
    const recording = new MemoryRecording()
    await (await live(recording)).stop()
    const checkpoint = decodeValue(recording.segments[0]![0]!) as object
    const codeOf = (record: unknown): unknown => {
      try {
        return decodeRecord(encodeValue(record), { scheme })
      } catch (e) {
        return e instanceof DecodeError ? e.code : e
      }
    }
    expect(codeOf({ ...checkpoint, format: 99 })).toBe('FORMAT')
    expect(codeOf({ ...checkpoint, scope: undefined })).toBe('BAD_RECORD')
    expect(codeOf({ type: 'input' })).toBe('BAD_RECORD')
    expect(codeOf(7)).toBe('BAD_RECORD')
    expect(() => [...replay([[recording.segments[0]![1]!]], { scheme })]).toThrow(DecodeError)
  })
})
