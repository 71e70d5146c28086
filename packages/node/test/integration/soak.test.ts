import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { systemRandom } from '@zkstack/concurrency'
import { genesisToJson, levelStore } from '@zkstack/executor'
import { testCommittee } from '@zkstack/roles/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { freePorts } from '../../testing/index.js'
import { collectingFlags, type CollectedMemory } from '../soak/collected-memory.js'
import { compareStores } from '../soak/compare-stores.js'
import { soak } from '../soak/soak.js'
import { parseSoakOptions } from '../soak/soak-options.js'
import { ValidatorProcess } from '../soak/validator-process.js'

const script = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zkstack-soak-'))
})

afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

test(
  'a short soak › kills a node, sees all go on, compares their disks and writes the report',
  { timeout: 240_000 },
  async () => {
    const out = join(folder, 'docs')
    const args = ['--minutes', '0.1', '--validators', '4', '--one-network', '--out', out]
    args.push('--payload-bytes', '1024')
    const { findings, problems } = await soak(parseSoakOptions(args, '8'), {
      folder: join(folder, 'net'),
      program: [process.execPath, '--import', 'tsx', script],
      basePort: await freePorts(8, systemRandom),
      signal: new AbortController().signal,
      onProgress: () => undefined,
    })
    expect(problems).toEqual([])
    expect(findings.record.episodes[0]?.kinds).toContain('kill')
    expect(findings.record.lives.some((count) => count > 1)).toBe(true)
    expect(findings.comparison.highest).toBeGreaterThan(3n)
    expect(new Set(findings.record.memory.map(({ node }) => node)).size).toBe(4)
    expect(await readFile(join(out, 'soak.md'), 'utf8')).toContain('Nothing went wrong.')
    expect(await readFile(join(out, 'pictures', 'soak.svg'), 'utf8')).toMatch(/^<svg /)
  },
)

test('a process that is asked what it keeps › leaves out what it let go, also after a pause', async () => {
  const mebibyte = 1024 * 1024
  const keeping = `
    let dropped = new Uint8Array(64 * ${mebibyte}).fill(1)
    const kept = new Uint8Array(16 * ${mebibyte}).fill(1)
    process.on('disconnect', () => process.exit(kept.length))
    dropped = undefined`
  const answers: CollectedMemory[] = []
  let isThere = (): void => undefined
  const holder = new ValidatorProcess({
    command: [process.execPath, ...collectingFlags, '--eval', keeping],
    logFile: join(folder, 'log.jsonl'),
    onUnexpectedEnd: (how) => expect.unreachable(how),
    onCollected: (memory) => {
      answers.push(memory)
      isThere()
    },
  })
  const answer = async (): Promise<void> => {
    await new Promise<void>((resolve) => {
      isThere = resolve
      holder.collect()
    })
  }
  await holder.start()
  try {
    await answer()
    holder.pause()
    holder.collect()
    holder.resume()
    await answer()
    expect(answers).toHaveLength(2)
    for (const { objects, external, own, mapped } of answers) {
      expect(external).toBeGreaterThan(16 * mebibyte)
      expect(objects + external).toBeLessThan(32 * mebibyte)
      expect(own).toBeGreaterThan(objects + external)
      expect(mapped).toBeGreaterThan(process.platform === 'linux' ? mebibyte : -1)
    }
  } finally {
    await holder.kill()
  }
})

test('a process that is started with an environment › has it beside the one of who starts it', async () => {
  let ended = (_: string): void => undefined
  const how = new Promise<string>((resolve) => {
    ended = resolve
  })
  const looking = `process.exit(process.env.PATH === ${JSON.stringify(process.env['PATH'])} ? Number(process.env.CODE_OF_A_TEST) : 1)`
  const looker = new ValidatorProcess({
    command: [process.execPath, '--eval', looking],
    logFile: join(folder, 'log.jsonl'),
    environment: { CODE_OF_A_TEST: '42' },
    onUnexpectedEnd: (text) => {
      ended(text)
    },
    onCollected: () => undefined,
  })
  await looker.start()
  expect(await how).toBe('code 42')
})

test('two disks that differ at a height › are a problem, and so is a certificate of strangers', async () => {
  const committee = testCommittee(6)
  const strangers = testCommittee(6, { seed: 'strangers' })
  const text = new TextEncoder()
  const common = committee.block(0n, text.encode('a'), 1n)
  const chains = [
    [common, committee.block(1n, text.encode('b'), 2n)],
    [common, committee.block(1n, text.encode('another b'), 2n)],
    [strangers.block(0n, text.encode('a'), 1n)],
  ]
  await writeFile(join(folder, 'genesis.json'), genesisToJson(committee.genesis))
  for (const [i, blocks] of chains.entries()) {
    await mkdir(join(folder, `v${i + 1}`, 'data'), { recursive: true })
    await using store = await levelStore(join(folder, `v${i + 1}`, 'data', 'consensus'))
    await store.open(committee.genesis, { onGenesisChange: 'refuse' })
    for (const block of blocks) await store.append(block)
  }
  const { problems, blocks } = await compareStores(folder, 3)
  expect(blocks).toEqual([2, 2, 1])
  expect(problems).toEqual([
    expect.stringMatching(/^v2 and v1 differ at block 1: /),
    'v3: block 0 is not valid: JUSTIFICATION',
  ])
})
