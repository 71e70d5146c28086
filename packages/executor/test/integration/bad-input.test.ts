import { execFile } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { seededRandom, ZkStackError } from '@zkstack/concurrency'
import { libp2pTransport, protocols } from '@zkstack/network'
import { createGenesis, generateNodeKey, type Genesis } from '@zkstack/roles'
import { levelStore, memoryStore } from '@zkstack/storage'
import { describe, expect, it } from 'vitest'
import { createNode, orThrow } from '../../src/index.js'
import { CounterChain, createTestNetwork, type TestNode } from '../../testing/index.js'
import { chainOf, isOfBusyMachine, nextWarning } from './helpers.js'

const run = promisify(execFile)

function forkOf(
  genesis: Genesis,
  o: { forkNumber?: bigint; chainId?: bigint; firstBlock?: bigint },
): Genesis {
  const { chainId, forkNumber, firstBlock, schedule, scheme } = { ...genesis, ...o }
  return orThrow(createGenesis({ chainId, forkNumber, firstBlock, schedule, scheme }))
}

/** What a start fails with. */
async function startError(
  node: TestNode,
  changes: Parameters<TestNode['start']>[0] = {},
): Promise<ZkStackError> {
  const error: unknown = await node.start(changes).catch((e: unknown) => e)
  if (error instanceof ZkStackError) return error
  throw new Error(`expected a ZkStackError, got ${String(error)}`)
}

describe('bad input at the start', () => {
  it('a genesis that is not the stored one › GENESIS_MISMATCH or WRONG_CHAIN with the remedy; the store is untouched', async () => {
    await using network = await createTestNetwork(1, { store: 'level' })
    const node = network.at(0)
    await network.waitForHeight(3n)
    await node.stop()
    const height = chainOf(node).height
    const later = forkOf(network.genesis, { forkNumber: 1n, firstBlock: (height ?? 0n) + 1n })
    const mismatch = await startError(node, { genesis: later })
    expect(mismatch.code).toBe('GENESIS_MISMATCH')
    expect(mismatch.message).toContain("onGenesisChange: 'reset'")
    const wrong = await startError(node, { genesis: forkOf(network.genesis, { chainId: 5n }) })
    expect(wrong.code).toBe('WRONG_CHAIN')
    expect(wrong.message).toContain('another data directory')
    await node.start()
    await network.waitForHeight((height ?? 0n) + 2n)
  })

  it('a later fork with onGenesisChange reset › the chain goes on from its first block, old blocks stay readable', async () => {
    await using network = await createTestNetwork(1, { store: 'level' })
    const node = network.at(0)
    await network.waitForHeight(3n)
    await node.stop()
    const height = chainOf(node).height ?? 0n
    const genesis = forkOf(network.genesis, { forkNumber: 1n, firstBlock: height + 1n })
    const running = await node.start({ genesis, onGenesisChange: 'reset' })
    await running.waitForBlock(height + 3n)
    const kinds: string[] = []
    for await (const block of running.blocks({ from: height })) {
      kinds.push(block.kind)
      if (kinds.length === 3) break
    }
    expect(kinds).toEqual(['preGenesis', 'final', 'final'])
  })

  it('a port in use › NETWORK_PORT_IN_USE that names it', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    await using network = await createTestNetwork(1, { transport: 'tcp', start: false })
    const error = await startError(network.at(0), { listen: `127.0.0.1:${port}` })
    expect(error.code).toBe('NETWORK_PORT_IN_USE')
    expect(error.message).toContain(String(port))
    server.close()
    await network.at(0).start()
    await network.waitForHeight(1n)
  })

  it('a data directory in use, by this process or another › STORE_LOCKED', async () => {
    await using network = await createTestNetwork(1, { store: 'level' })
    await network.waitForHeight(1n)
    const path = network.storePath(network.at(0)) ?? ''
    await expect(levelStore(path)).rejects.toMatchObject({ code: 'STORE_LOCKED' })
    const program = `
      import { levelStore } from '@zkstack/storage'
      await levelStore(${JSON.stringify(path)}).then(() => console.log('opened'), (e) => console.log(e.code))
    `
    const { stdout } = await run(process.execPath, [
      '--import',
      'tsx',
      '--input-type=module',
      '-e',
      program,
    ])
    expect(stdout.trim()).toBe('STORE_LOCKED')
    await network.waitForHeight((chainOf(network.at(0)).height ?? 0n) + 2n)
  })

  it('a corrupt store › a storage error at the start or the first read, never a silent gap', async () => {
    await using network = await createTestNetwork(1, { store: 'level' })
    await network.waitForHeight(20n)
    const node = network.at(0)
    await node.stop()
    const path = network.storePath(node) ?? ''
    await damage(path)
    const error: unknown = await node.start().then(
      (started) => started.closed,
      (e: unknown) => e,
    )
    expect(error).toBeInstanceOf(ZkStackError)
    expect((error as ZkStackError).code).toMatch(/^STORE_(CORRUPT|GAP)$/)
  })
})

/** Changes bytes in the middle of every file of data. */
async function damage(path: string): Promise<void> {
  const files = await readdir(path, { recursive: true })
  for (const file of files.filter((name) => /\.(log|ldb)$/.test(name))) {
    const bytes = await readFile(join(path, file))
    for (let i = 0; i < 40; i++) {
      const at = Math.floor(bytes.length * (0.3 + i / 100))
      bytes[at] = (bytes[at] ?? 0) ^ 0x55
    }
    await writeFile(join(path, file), bytes)
  }
}

describe('bad input at run time', () => {
  it('a peer with another genesis › PEER_REFUSED on both sides, once, with the remedy; the chain goes on', async () => {
    await using network = await createTestNetwork(2, { transport: 'tcp', viewTimeoutMs: 300 })
    const ours = network.at(0)
    const seen: string[] = []
    ours.node.on('warning', (e) => {
      if (!isOfBusyMachine(e.code)) seen.push(e.code)
    })
    await using stranger = await createNode({
      genesis: forkOf(network.genesis, { chainId: 99n }),
      nodeKey: generateNodeKey(seededRandom('stranger')),
      execution: new CounterChain(),
      store: memoryStore(),
      listen: '',
      transport: libp2pTransport(),
      peers: { outbound: [{ key: ours.key, addr: ours.address ?? '' }] },
      limits: { network: { redialMinMs: 20, redialMaxMs: 40, banStaticMs: 50 } },
    })
    const theirs = await nextWarning(stranger, 'PEER_REFUSED')
    expect(theirs.message).toMatch(/GENESIS_MISMATCH.*Compare the genesis files/)
    await expect.poll(() => seen).toContain('PEER_REFUSED')
    await network.waitForHeight((chainOf(ours).height ?? 0n) + 10n)
    expect(seen).toEqual(['PEER_REFUSED'])
    expect(stranger.status.peers).toBe(0)
  })

  it('a frame over the limit › peer:misbehaved names the rule, the sender is cut off, the chain goes on', async () => {
    await using network = await createTestNetwork(6, {
      viewTimeoutMs: 300,
      limits: { maxPayloadBytes: 1_000 },
    })
    await network.waitForHeight(2n)
    const bad = network.at(5)
    const reports: string[] = []
    for (const { node } of network.nodes.slice(0, 5)) {
      node.on('peer:misbehaved', ({ rule }) => reports.push(rule))
      node.on('peer:disconnected', ({ code }) => reports.push(code))
    }
    inflate(network, bad)
    await expect.poll(() => reports).toContain('FRAME_TOO_LARGE')
    await network.waitForHeight((chainOf(network.at(0)).height ?? 0n) + 5n, {
      nodes: network.nodes.slice(0, 5),
    })
  })
})

/** From now on the consensus frames of a node are far too large. */
function inflate(network: Awaited<ReturnType<typeof createTestNetwork>>, bad: TestNode): void {
  network.wire.onFrame = ({ from, protocol }) =>
    from === bad.key && protocol === protocols.consensus ? new Uint8Array(100_000) : 'deliver'
}
