import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { recordingLogger } from '@zkstack/concurrency/testing'
import type { ConsensusNode, NodeEvents } from '@zkstack/executor'
import { createEvidence, verifyEvidence, type Evidence } from '@zkstack/roles'
import { testCommittee } from '@zkstack/roles/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { keepEvidence } from '../../src/run/keep-evidence.js'

const committee = testCommittee(6, { seed: 'kept' })
let folder = ''

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'zkstack-kept-')), 'evidence')
})

afterEach(async () => {
  await rm(join(folder, '..'), { recursive: true, force: true })
})

function evidenceOf(view: bigint): Evidence {
  const [a, b] = [1n, 2n].map((height) =>
    committee.sign(2, { type: 'replicaCommit', value: committee.commit(view, height) }),
  )
  const evidence = a && b && createEvidence(a, b)
  if (evidence === undefined) throw new TypeError('no contradiction')
  return evidence
}

/** A node that says what the test says. */
function keeper() {
  const logger = recordingLogger()
  const listeners = new Set<(evidence: Evidence) => void>()
  const on: ConsensusNode['on'] = (_, listener) => {
    const heard = listener as (evidence: NodeEvents['evidence']) => void
    listeners.add(heard)
    return () => {
      listeners.delete(heard)
    }
  }
  const kept = keepEvidence({ node: { on }, folder, logger })
  const tell = (evidence: Evidence): void => {
    for (const listener of listeners) listener(evidence)
  }
  return { logger, kept, tell }
}

test('the same evidence twice, and another › two files, which verify', async () => {
  const { kept, tell, logger } = keeper()
  for (const view of [4n, 4n, 5n]) tell(evidenceOf(view))
  await kept[Symbol.asyncDispose]()
  tell(evidenceOf(6n))
  const names = await readdir(folder)
  expect(names.map((name) => name.replace(/-[0-9a-f]{16}\./, '.'))).toEqual([
    'TWO_COMMITS.evidence',
    'TWO_COMMITS.evidence',
  ])
  for (const name of names) {
    const bytes = new Uint8Array(await readFile(join(folder, name)))
    expect(verifyEvidence(bytes, committee.genesis).ok).toBe(true)
  }
  expect(logger.records.map(({ level }) => level)).toEqual(['warn', 'warn'])
})

test('a process that died amid a write › left nothing that is taken for evidence', async () => {
  await mkdir(folder)
  await writeFile(join(folder, '.unfinished'), 'half')
  const { kept, tell } = keeper()
  tell(evidenceOf(4n))
  await kept[Symbol.asyncDispose]()
  expect(await readdir(folder)).toEqual([expect.stringMatching(/\.evidence$/)])
})

test('a thousand files are there › no more is kept, which is told once', async () => {
  await mkdir(folder)
  const old = Array.from({ length: 1_000 }, (_, i) => writeFile(join(folder, `${i}.evidence`), ''))
  await Promise.all(old)
  const { kept, tell, logger } = keeper()
  for (const view of [4n, 5n, 6n]) tell(evidenceOf(view))
  await kept[Symbol.asyncDispose]()
  expect(await readdir(folder)).toHaveLength(1_000)
  expect(logger.records.map(({ message }) => message)).toEqual([
    'no more evidence is kept: the folder is full',
  ])
})

test('a folder that cannot be made › is told, and the node goes on', async () => {
  await writeFile(folder, 'a file')
  const { kept, tell, logger } = keeper()
  tell(evidenceOf(4n))
  await kept[Symbol.asyncDispose]()
  expect(logger.records).toEqual([
    expect.objectContaining({ level: 'error', message: 'evidence cannot be kept' }),
  ])
})

test('a file that a power cut left empty › is written again', async () => {
  const first = keeper()
  first.tell(evidenceOf(4n))
  await first.kept[Symbol.asyncDispose]()
  const [name = ''] = await readdir(folder)
  const whole = await readFile(join(folder, name))
  await writeFile(join(folder, name), '')
  const second = keeper()
  second.tell(evidenceOf(4n))
  await second.kept[Symbol.asyncDispose]()
  expect(await readdir(folder)).toEqual([name])
  expect(await readFile(join(folder, name))).toEqual(whole)
})
