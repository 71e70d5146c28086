import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  checkConformance,
  encodeItf,
  readTrace,
  refutedInvariants,
  replayTrace,
  specInvariants,
  SpecTrace,
} from '@zkstack/bft/testing'
import type { RecordedRun, SpecState } from '@zkstack/bft/testing'
import { mutants } from '../conformance/mutants.js'
import { Script } from '../conformance/script.js'

const folder = fileURLToPath(new URL('./itf/', import.meta.url))
const files = readdirSync(folder).filter((name) => name.endsWith('.gz'))
const disagreement = 'tests_n6f1b2_disagreement_Test_0.itf.json.gz'
const traces = new Map<string, RecordedRun>()

function trace(file: string): RecordedRun {
  const found = traces.get(file)
  if (found === undefined) throw new TypeError(file)
  return found
}

function lastState(file: string): SpecState {
  return [...trace(file).steps()].at(-1)?.after ?? trace(file).initial
}

async function readFrom(file: string): Promise<SpecTrace> {
  return new SpecTrace(await readTrace(readFileSync(join(folder, file))))
}

beforeAll(async () => {
  for (const file of files) {
    const read = await readFrom(file)
    const { initial, replicas, length } = read
    const steps = [...read.steps()]
    traces.set(file, { initial, replicas, length, steps: () => steps })
  }
})

describe('the traces of the formal specification', () => {
  test('traces › all of them › are there', () => {
    expect(files).toHaveLength(14)
  })

  test.each(files)('%s › replayed › every step of a replica is equal in all six fields', (file) => {
    const report = replayTrace(trace(file))
    expect(report.mismatch).toBeUndefined()
    expect(report.passedOver).toEqual([])
    expect(report.compared).toBe(report.replicaSteps)
    expect(report.replicaSteps + report.environmentSteps).toBe(trace(file).length)
    expect(report.replicaSteps).toBeGreaterThan(20)
  })

  test.each(files)('%s › replayed › no invariant is broken that the trace itself keeps', (file) => {
    const report = replayTrace(trace(file))
    expect(report.broken).toEqual([])
    expect(report.statesChecked).toBe(trace(file).length + 1)
    const names = new Set(report.recorded.map(({ invariant }) => invariant))
    expect([...names]).toEqual(file === disagreement ? ['agreement_inv'] : [])
  })

  test('traces › without the choices that the simulator recorded › are understood from what changed', async () => {
    for (const file of files) {
      const packed = new Blob([readFileSync(join(folder, file))]).stream()
      const text = await new Response(packed.pipeThrough(new DecompressionStream('gzip'))).text()
      const json = JSON.parse(text) as { states: Record<string, unknown>[] }
      const states = json.states.map((state) =>
        Object.fromEntries(Object.entries(state).filter(([name]) => !name.startsWith('mbt::'))),
      )
      const bytes = new TextEncoder().encode(JSON.stringify({ states }))
      const bare = replayTrace(new SpecTrace(await readTrace(bytes)))
      expect(bare).toEqual(replayTrace(trace(file)))
    }
  })

  test('two faulty of six › replayed › the two correct replicas commit different blocks, as recorded', () => {
    const report = replayTrace(trace(disagreement))
    expect(report.mismatch).toBeUndefined()
    expect(report.recorded.at(-1)).toMatchObject({
      index: trace(disagreement).length,
      invariant: 'agreement_inv',
    })
    const committed = (name: string): readonly string[] =>
      lastState(disagreement)
        .replicas.get(name)
        ?.committedBlocks.map(({ block }) => block) ?? []
    expect([committed('n0'), committed('n3')]).toEqual([['val_b0'], ['val_b1']])
  })

  test.each(['rep_21_0.itf.json.gz', 'mbt_reproposal.itf.json.gz'])(
    '%s › its last step › is a re-proposal, and is compared',
    (file) => {
      const last = [...trace(file).steps()].at(-1)
      expect(last?.action.type).toMatch(/^(proposer_step|on_proposal)$/)
      expect(last?.after.proposals.some(({ block }) => block === undefined)).toBe(true)
    },
  )
})

describe('a broken step', () => {
  const cases = mutants.flatMap((mutant) => files.map((file) => ({ mutant, file })))

  test.each(cases)('$mutant.name › on $file › is found', ({ mutant, file }) => {
    const actions = new Set([...trace(file).steps()].map(({ action }) => action.type))
    const report = replayTrace(trace(file), { step: mutant.step })
    const found = report.mismatch !== undefined || report.broken.length > 0
    expect(found).toBe(mutant.showsIn(lastState(file), actions))
  })

  test('mutants that every run gives an occasion › are several, and each other shows in most files', () => {
    const universal = mutants.filter(({ showsIn }) =>
      files.every((file) => showsIn(lastState(file), new Set())),
    )
    expect(universal.length).toBeGreaterThanOrEqual(6)
  })
})

describe('the invariants of the specification', () => {
  const world = (state: SpecState, file: string) => ({
    state,
    replicas: trace(file).replicas,
    isValidBlock: (block: string) => !block.startsWith('inv'),
  })

  test('invariants › those of the specification › are 18', () => {
    expect(Object.keys(specInvariants)).toHaveLength(18)
    expect(Object.keys(specInvariants)).toEqual(
      expect.arrayContaining(Object.keys(refutedInvariants)),
    )
  })

  test('refuted clauses › of two invariants › are broken by the recorded states of runs without a fault', () => {
    const broken = new Set<string>()
    for (const file of files) {
      if (file === disagreement) continue
      for (const { after } of trace(file).steps()) {
        for (const [name, check] of Object.entries(refutedInvariants)) {
          if (check(world(after, file)) !== undefined) broken.add(name)
        }
      }
    }
    expect([...broken].toSorted()).toEqual([
      'all_replicas_high_timeout_qc_inv',
      'all_replicas_high_vote_inv',
    ])
  })
})

describe('npm run conformance', () => {
  const root = fileURLToPath(new URL('../../../../', import.meta.url))
  const run = async (...paths: readonly string[]) => {
    const main = join(root, 'packages/bft/test/conformance/main.ts')
    const args = ['--import', 'tsx', main, ...paths]
    const done = promisify(execFile)(process.execPath, args, { cwd: root })
    const { stdout, stderr } = await done.catch(
      (e: unknown) => e as { stdout: string; stderr: string },
    )
    const { exitCode } = done.child
    return { stdout, stderr, exitCode, lines: stdout.trimEnd().split('\n') }
  }

  test('conformance › without a file › replays the committed traces and prints the counts last', async () => {
    const { lines, exitCode, stderr } = await run()
    expect(stderr).toBe('')
    expect(lines.slice(-3)).toEqual([
      'files: 14 replayed, 0 unreadable, 0 diverged',
      'invariants: 18 in 850 states, 0 broken',
      'steps: 827 of replicas, 827 compared in all six fields (100 %), 0 passed over, 9 of nobody',
    ])
    expect(exitCode).toBe(0)
  })

  test('conformance › a trace that was tampered with, and no trace › one diverges, one is unreadable', async () => {
    const scratch = mkdtempSync(join(tmpdir(), 'conformance-'))
    try {
      const file = join(scratch, 'tampered.itf.json')
      writeFileSync(file, await tampered())
      const diverged = await run(file)
      expect(diverged.stdout).toContain('DIVERGES')
      expect(diverged.exitCode).toBe(1)
      const unreadable = await run(join(scratch, 'absent.itf.json'))
      expect(unreadable.stdout).toContain('ENOENT')
      expect(unreadable.exitCode).toBe(2)
      expect((await run('--nonsense')).exitCode).toBe(2)
    } finally {
      rmSync(scratch, { recursive: true })
    }
  })

  test('conformance › steps that are passed over › are listed by name, and may not be more than one in ten', async () => {
    const check = async (script: Script) => {
      const lines: string[] = []
      const result = await checkConformance({
        files: ['made up'],
        readFile: async () => new TextEncoder().encode(encodeItf(script.model)),
        print: (line) => lines.push(line),
      })
      return { result, text: lines.join('\n') }
    }
    const one = await check(new Script().timeout('n1').propose('n1', 'val_b0'))
    expect(one.result).toBe('diverges')
    expect(one.text).toContain('step 2 passed over: PROPOSER_AFTER_TIMEOUT')
    expect(one.text).toContain('passed over as PROPOSER_AFTER_TIMEOUT: 1 (a leader that timed out')
    expect(one.text).toContain('fewer than 90 % of the steps were compared')
    const voters = ['n0', 'n2', 'n3', 'n4', 'n5']
    const many = new Script()
      .timeout('n1')
      .propose('n1', 'val_b0')
      .vote(...voters)
    const ten = await check(many.commits('n0', 1n, voters))
    expect(ten.result).toBe('conforms')
    expect(ten.text).toMatch(
      /12 of replicas, 11 compared in all six fields \(91.6 %\), 1 passed over/,
    )
  })

  test('conformance › with a broken step › diverges', async () => {
    const lines: string[] = []
    const result = await checkConformance({
      files: [join(folder, disagreement)],
      readFile: async (path) => readFileSync(path),
      print: (line) => lines.push(line),
      step: mutants[0]!.step,
    })
    expect(result).toBe('diverges')
    expect(lines.join('\n')).toContain('STEP 9 DIVERGES: on_commit of n0')
  })

  /** A trace in which one replica ends in another phase than it did. */
  async function tampered(): Promise<string> {
    const packed = new Blob([readFileSync(join(folder, disagreement))]).stream()
    const text = await new Response(packed.pipeThrough(new DecompressionStream('gzip'))).text()
    const last = text.lastIndexOf('PhasePrepare')
    return `${text.slice(0, last)}PhaseCommit${text.slice(last + 'PhasePrepare'.length)}`
  }
})
