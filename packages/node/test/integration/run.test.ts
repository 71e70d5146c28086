import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, open, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Program } from '../../testing/index.js'
import { spawnZkstack, startZkstack, zkstack } from './zkstack.js'

let folder: string
const unread: ChildProcess[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zkstack-run-'))
})

afterEach(async () => {
  for (const program of unread.splice(0)) program.kill('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

/** Keys, a genesis and a configuration of a chain of one, made by the commands that an operator uses. */
async function prepare(lines = ''): Promise<string> {
  const keygen = await zkstack('keygen', '--out', folder, '--scheme', 'ed25519')
  expect(keygen.code, keygen.err).toBe(0)
  const [genesis, own] = [join(folder, 'genesis.json'), join(folder, 'public.json')]
  const made = await zkstack('genesis', '--chain-id', '7', '--out', genesis, '--json', own)
  expect(JSON.parse(made.out)).toMatchObject({ validators: 1, quorum: '1' })
  const path = join(folder, 'config.toml')
  const config = `
    genesis = "genesis.json"
    execution = "builtin:load"
    data = "data"
    listen = "127.0.0.1:0"
    nodeKey = { file = "node.key" }
    validatorKey = { file = "validator.key" }
    [executionOptions]
    intervalMs = 20
    [http]
    listen = "127.0.0.1:0"
    ${lines}`
  await writeFile(path, config)
  return path
}

/** What a node tells once it listens. */
async function started(program: Program): Promise<{ readonly status: string }> {
  return JSON.parse(await program.untilOutput(/\n/)) as { readonly status: string }
}

async function committedAt(url: string, least: number): Promise<void> {
  for (;;) {
    const text = await (await fetch(`${url}/metrics`)).text()
    const height = Number(/^zkstack_committed_height (\d+)/m.exec(text)?.[1])
    if (height >= least) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

describe('zkstack run', () => {
  test(
    'keys, genesis, node › from nothing to blocks; SIGTERM ends it in order; it goes on where it was',
    { timeout: 120_000 },
    async () => {
      const config = await prepare('[recording]\nfile = "inputs.rec"')
      for (const least of [3, 10]) {
        await using node = startZkstack(['run', '--config', config])
        const { status } = await started(node)
        await committedAt(status, least)
        // not ready for a while where a call was late on a busy machine
        await expect
          .poll(() => zkstack('inspect', '--url', status, '--ready'))
          .toEqual({
            code: 0,
            out: expect.stringMatching(/^Validating\n/) as string,
            err: '',
          })
        node.kill('SIGTERM')
        expect(await node.exited, node.errors()).toEqual({ code: 0, signal: undefined })
        const log = node.errors().trimEnd().split('\n')
        const last = JSON.parse(log.at(-1) ?? '') as object
        expect(last).toMatchObject({ level: 'info', message: 'the node stopped' })
        expect(node.errors()).not.toMatch(/secret/)
      }
      // A fork that the data does not follow by itself: starting again would not help.
      const [fork, own] = [join(folder, 'fork.json'), join(folder, 'public.json')]
      const flags = ['--chain-id', '7', '--fork', '1', '--out', fork]
      expect(await zkstack('genesis', ...flags, own)).toMatchObject({ code: 0 })
      const forked = join(folder, 'forked.toml')
      await writeFile(forked, (await readFile(config, 'utf8')).replace('genesis.json', 'fork.json'))
      const refused = await zkstack('run', '--config', forked)
      expect(refused.code).toBe(3)
      expect(refused.err).toMatch(/^zkstack: store: .*onGenesisChange: 'reset'/m)
      const replayed = await zkstack('replay', join(folder, 'inputs.rec'), '--to', '5', '--json')
      expect(replayed).toMatchObject({ code: 0, err: '' })
      expect(JSON.parse(replayed.out.split('\n')[0] ?? '')).toMatchObject({ type: 'start' })
      const { out } = await zkstack('replay', join(folder, 'inputs.rec'), '--from', '5')
      // Each life counts its inputs from 0, so it is told which one is shown.
      const lives = out.split(/^== state before input 0, recorded at \d{4}-\d\d-\d\dT[\d:.]+Z\n/m)
      expect(lives.map((life) => /^#\d+ at [\d.]+ ms/m.exec(life)?.[0].split(' ')[0])).toEqual([
        undefined,
        '#5',
        '#5',
      ])
      expect(out).toMatch(/ {3}before {2}view \d+ (prepare|commit)/)
      expect(out).toMatch(/ {3}effect {2}view \d+ begins, leader \d/)
    },
  )

  test(
    'an execution layer that never ends a call and ignores its signal › SIGTERM ends the process within its limit',
    { timeout: 120_000 },
    async () => {
      const path = await prepare()
      const chain = join(folder, 'stuck.mjs')
      await writeFile(
        chain,
        `export default () => ({ execution: {
          propose: async () => new Uint8Array(1),
          verify: async () => ({ ok: true }),
          commit: () => new Promise(() => setInterval(() => console.error('{}'), 500)),
        } })`,
      )
      const text = await readFile(path, 'utf8')
      await writeFile(path, text.replace('builtin:load', 'stuck.mjs'))
      await using node = startZkstack(['run', '--config', path])
      await started(node)
      while (!node.errors().includes('{}')) await new Promise((resolve) => setTimeout(resolve, 50))
      node.kill('SIGTERM')
      expect(await node.exited).toEqual({ code: 1, signal: undefined })
      const lines = node.errors().trimEnd().split('\n')
      const last = JSON.parse(lines.findLast((line) => line !== '{}') ?? '') as object
      // A second less than what operators and their supervisors are promised.
      expect(last).toMatchObject({ level: 'error', limitMs: 4000 })
    },
  )

  test(
    'a start that fails, and an execution layer that does not end › a process that can be started again',
    { timeout: 120_000 },
    async () => {
      const path = await prepare()
      await writeFile(
        join(folder, 'endless.mjs'),
        `export default () => ({
          execution: {
            lastCommitted: () => Promise.reject(new TypeError('it is broken')),
            propose: async () => new Uint8Array(1),
            verify: async () => ({ ok: true }),
            commit: async () => undefined,
          },
          [Symbol.asyncDispose]: () =>
            new Promise(() => setInterval(() => undefined, 500)),
        })`,
      )
      const text = await readFile(path, 'utf8')
      await writeFile(path, text.replace('builtin:load', 'endless.mjs'))
      await using node = startZkstack(['run', '--config', path])
      expect(await node.exited).toEqual({ code: 1, signal: undefined })
      expect(node.errors()).toContain('it is broken')
    },
  )

  test(
    'an execution layer that leaves something open › keeps no process after SIGTERM',
    { timeout: 120_000 },
    async () => {
      const path = await prepare()
      await writeFile(
        join(folder, 'open.mjs'),
        `export default () => {
          setInterval(() => undefined, 500)
          return { execution: {
            propose: async () => new Uint8Array(1),
            verify: async () => ({ ok: true }),
            commit: async () => undefined,
          } }
        }`,
      )
      const text = await readFile(path, 'utf8')
      await writeFile(path, text.replace('builtin:load', 'open.mjs'))
      await using node = startZkstack(['run', '--config', path])
      await started(node)
      node.kill('SIGTERM')
      expect(await node.exited).toEqual({ code: 0, signal: undefined })
    },
  )

  test.skipIf(!existsSync('/dev/full'))(
    'a full disk below its output › a node runs on; a command whose result is lost fails',
    { timeout: 120_000 },
    async () => {
      const path = await prepare()
      const full = await open('/dev/full', 'w')
      try {
        const node = spawnZkstack(['run', '--config', path], full.fd)
        unread.push(node)
        let log = ''
        for await (const text of node.stderr.setEncoding('utf8')) {
          log += String(text)
          if (log.includes('"the node is ready"')) break
        }
        expect(log).not.toContain('stopping')
        expect(log).toContain('"the node is ready"')
        node.kill('SIGTERM')
        expect(await once(node, 'exit')).toEqual([0, null])
        const version = spawnZkstack(['--version'], full.fd)
        expect(await once(version, 'exit')).toEqual([1, null])
      } finally {
        await full.close()
      }
    },
  )

  test(
    'wrong secrets and files › exit code 3, and a line that names the key',
    { timeout: 120_000 },
    async () => {
      const config = await prepare()
      const secret = join(folder, 'node.key')
      expect((await stat(secret)).mode & 0o777).toBe(0o600)
      const check = (): ReturnType<typeof zkstack> => zkstack('run', '--check', '--config', config)
      expect(await check()).toEqual({ code: 0, out: '', err: 'the configuration is good\n' })

      const whole = await readFile(config, 'utf8')
      await writeFile(config, whole.replace(/^ *execution = .*$/m, 'execution = "./absent.js"'))
      const absent = await check()
      expect(absent.code).toBe(3)
      expect(absent.err).toMatch(/^zkstack: execution: .*absent\.js does not load/)
      // What the library refuses is found without a start too.
      await zkstack('keygen', '--out', join(folder, 'other'))
      for (const [from, to, problem] of [
        ['intervalMs', 'intervallMs', /^zkstack: executionOptions\.intervallMs: /],
        [
          '[http]',
          '[retention]\nblocks = 9\n[http]',
          /^zkstack: execution\.lastCommitted: .*retention/,
        ],
        [
          'validatorKey = { file = "validator.key" }',
          'validatorKey = { file = "other/validator.key" }',
          /^zkstack: validatorKey: is a key of bls12_381/,
        ],
      ] as const) {
        await writeFile(config, whole.replace(from, to))
        const refused = await check()
        expect(refused.code, to).toBe(3)
        expect(refused.err).toMatch(problem)
      }
      await writeFile(config, whole)

      await chmod(secret, 0o644)
      const exposed = await check()
      expect(exposed.code).toBe(3)
      expect(exposed.err).toMatch(/^zkstack: nodeKey: .*can be read.*chmod 600/)

      await chmod(secret, 0o600)
      await writeFile(secret, 'validator:secret:ed25519:00')
      expect(await check()).toEqual({
        code: 3,
        out: '',
        err: 'zkstack: nodeKey: expected node:secret:ed25519:…\n',
      })

      const again = await zkstack('keygen', '--out', folder)
      expect(again.code).toBe(1)
      expect(again.err).toContain('EEXIST')
    },
  )
})
