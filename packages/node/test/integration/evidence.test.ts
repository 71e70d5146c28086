import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemRandom } from '@zkstack/concurrency'
import { generateNodeKey } from '@zkstack/executor'
import { expect, test } from 'vitest'
import { main } from '../../src/cli/main.js'
import {
  localnetNode,
  writeLocalnet,
  type LocalnetPlan,
} from '../../src/localnet/write-localnet.js'
import { freePorts } from '../../testing/index.js'
import { zkstack } from './zkstack.js'

/** `zkstack run` in this process, until it is stopped. */
class Running {
  readonly #stop = new AbortController()
  readonly #exit: Promise<number>
  log = ''

  constructor(configFile: string) {
    this.#exit = main(['run', '--config', configFile], {
      out: () => undefined,
      err: (text) => (this.log += text),
      env: {},
      isTerminal: false,
      signal: this.#stop.signal,
    })
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    expect(await this.#exit, this.log).toBe(0)
  }
}

/** A second node with the validator key of the last one, and a node key, ports and data of its own. */
async function twinOf(plan: LocalnetPlan): Promise<string> {
  const folder = join(plan.folder, `v${plan.validators}`)
  const last = plan.basePort + plan.validators - 1
  const config = await readFile(join(folder, 'config.toml'), 'utf8')
  const twin = config
    .replaceAll('node.key', 'twin.key')
    .replace(/^data = .*$/m, 'data = "twin"')
    .replace(`:${last}"`, ':0"')
    .replace(`:${last + plan.validators}"`, ':0"')
    .replaceAll(/^publicAddr = .*$/gm, '')
  await writeFile(join(folder, 'twin.key'), `${generateNodeKey(systemRandom).exposeText()}\n`, {
    mode: 0o600,
  })
  const file = join(folder, 'twin.toml')
  await writeFile(file, twin)
  return file
}

test('one validator key in two nodes › the others keep evidence, and zkstack verifies it; damaged it proves nothing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'zkstack-evidence-'))
  const validators = 6
  const plan: LocalnetPlan = {
    folder,
    validators,
    scheme: 'ed25519',
    chainId: 1n,
    execution: 'builtin:load',
    executionOptions: { payloadBytes: 32, intervalMs: 20 },
    basePort: await freePorts(2 * validators, systemRandom),
    host: '127.0.0.1',
    peerHost: '127.0.0.1',
  }
  try {
    await writeLocalnet(plan)
    const kept = async (): Promise<string[]> => {
      const at = join(folder, 'v1', 'data', 'evidence')
      const names = await readdir(at).catch(() => [])
      return names.map((name) => join(at, name))
    }
    const files = Array.from({ length: validators }, (_, i) => localnetNode(plan, i).configFile)
    const nodes = [...files, await twinOf(plan)].map((file) => new Running(file))
    let metrics = ''
    try {
      // the line comes after the file
      const log = (): string | undefined => nodes[0]?.log
      await expect
        .poll(log, { timeout: 100_000 })
        .toContain('"evidence is kept; zkstack evidence verifies it"')
      metrics = await (await fetch(`${localnetNode(plan, 0).url}/metrics`)).text()
      expect(log()).toContain('"a validator contradicted itself"')
    } finally {
      await Promise.all(nodes.map((node) => node.stop()))
    }
    expect(metrics).toMatch(/zkstack_consensus_evidence_total\{conflict="\w+"\} [1-9]/)
    const genesis = ['--genesis', join(folder, 'genesis.json')]
    const proven = await zkstack('evidence', '--json', ...genesis, ...(await kept()))
    expect(proven.code, proven.err).toBe(0)
    const key = (await readFile(join(folder, 'v6', 'public.json'), 'utf8')).match(
      /validator:public:[^"]+/,
    )?.[0]
    for (const line of proven.out.trimEnd().split('\n')) {
      expect(JSON.parse(line)).toMatchObject({ proven: true, key, epoch: '0' })
    }
    const [file = ''] = await kept()
    const hash = ['--url', localnetNode(plan, 0).url, '--committee', `0x${'00'.repeat(32)}`]
    const needless = await zkstack('evidence', ...genesis, ...hash, file)
    expect(needless.code).toBe(2)
    expect(needless.err).toContain('the genesis names the first committee: leave out --committee')
    const damage = new Uint8Array(await readFile(file))
    // a bit of the last signature
    damage.set([(damage.at(-1) ?? 0) ^ 1], damage.length - 1)
    await writeFile(file, damage)
    const damaged = await zkstack('evidence', ...genesis, file)
    expect(damaged.code).toBe(1)
    expect(damaged.out).toMatch(/proves nothing: [A-Z_]+\n$/)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}, 150_000)
