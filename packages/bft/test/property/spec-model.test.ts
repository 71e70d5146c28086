import { describe, expect, test } from 'vitest'
import { encodeItf, readTrace, replayTrace, sampleRun, SpecTrace } from '@zkstack/bft/testing'
import { mutants } from '../conformance/mutants.js'

const seed = process.env['SEED'] ?? 'spec-model'
const runs = Number(process.env['RUNS'] ?? 16)
const steps = 120

describe(`random runs of the specification (SEED=${seed}, RUNS=${runs})`, () => {
  test.each([
    ['without a fault', 0],
    ['with a faulty replica', 1],
  ])(
    'random runs %s › replayed › every step is equal or explained, nine of ten are compared, no invariant breaks',
    (_, faulty) => {
      let [compared, total, blocks] = [0, 0, 0]
      for (let run = 0; run < runs; run += 1) {
        const replicas = [6, 6, 7, 11][run % 4] ?? 6
        const model = sampleRun({ seed: `${seed}/${run}`, steps, replicas, faulty })
        const report = replayTrace(model)
        expect(report.mismatch, `run ${run}`).toBeUndefined()
        expect(report.broken, `run ${run}`).toEqual([])
        // The specification has no justification for a block that was fetched.
        const recorded = report.recorded.map(({ invariant }) => invariant)
        expect(new Set(recorded).size, `run ${run}`).toBeLessThan(2)
        expect(recorded, `run ${run}`).not.toContain('agreement_inv')
        compared += report.compared
        total += report.replicaSteps
        for (const { committedBlocks } of model.state.replicas.values()) {
          blocks += committedBlocks.length
        }
      }
      expect(total).toBeGreaterThan((runs * steps) / 2)
      expect(compared / total).toBeGreaterThan(0.9)
      expect(blocks).toBeGreaterThan(runs / 4)
    },
  )

  test.each([0, 1])(
    'random runs with %i faulty › written as a trace, read and replayed › the same fields are compared',
    async (faulty) => {
      for (let run = 0; run < runs / 2; run += 1) {
        const model = sampleRun({ seed: `${seed}/${run}`, steps, faulty })
        const trace = new SpecTrace(await readTrace(new TextEncoder().encode(encodeItf(model))))
        expect(trace.length).toBe(model.length)
        expect([...trace.steps()].map(({ after }) => after.replicas)).toEqual(
          [...model.steps()].map(({ after }) => after.replicas),
        )
        const report = replayTrace(trace)
        expect(report.mismatch, `run ${run}`).toBeUndefined()
        expect(report.compared / report.replicaSteps).toBeGreaterThan(0.8)
      }
    },
  )

  test('a NewView with a newer TimeoutQC comes in a view that was entered by a CommitQC › read from a trace › is the one taken', async () => {
    const model = sampleRun({ seed: 'spec-model/16', steps, faulty: 1 })
    const trace = new SpecTrace(await readTrace(new TextEncoder().encode(encodeItf(model))))
    expect([...trace.steps()][95]?.action).toMatchObject({
      type: 'on_new_view',
      message: { justification: { type: 'timeout' } },
    })
    expect(replayTrace(trace).mismatch).toBeUndefined()
  })

  test('a run with votes of later views in between › replayed › an earlier vote that was kept counts', () => {
    const report = replayTrace(sampleRun({ seed: 'last132', steps: 250 }))
    expect(report.mismatch).toBeUndefined()
    expect(report.passedOver).toContainEqual({ index: 122, why: 'EMBEDDED_QCS' })
  })

  test.each(mutants)('$name › on random runs › is found', ({ step }) => {
    const found = Array.from({ length: runs }, (_, run) => run).some((run) => {
      const report = replayTrace(sampleRun({ seed: `${seed}/${run}`, steps }), { step })
      return report.mismatch !== undefined || report.broken.length > 0
    })
    expect(found).toBe(true)
  })
})
