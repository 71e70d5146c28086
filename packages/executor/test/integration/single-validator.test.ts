import type { Logger } from '@zkstack/concurrency'
import type { ExecutionLayer } from '@zkstack/storage'
import { describe, expect, it } from 'vitest'
import { CounterChain, createTestNetwork } from '../../testing/index.js'
import { chainOf, isOfBusyMachine } from './helpers.js'

describe('a single validator', () => {
  it('finalises blocks, shows them in order, and stops', async () => {
    await using network = await createTestNetwork(1, { firstBlock: 7n })
    const { node } = network.at(0)
    await node.ready
    const numbers: bigint[] = []
    for await (const block of node.blocks({ from: 7n })) {
      numbers.push(block.number)
      if (numbers.length === 5) break
    }
    expect(numbers).toEqual([7n, 8n, 9n, 10n, 11n])
    expect(node.status).toMatchObject({
      phase: 'validating',
      role: 'validator',
      peers: 0,
      epoch: 0n,
    })
    await node.stop()
    await node.stop()
    await node.closed
    expect(node.status.phase).toBe('stopped')
    await expect(node.waitForBlock(1_000_000n)).rejects.toMatchObject({ code: 'NODE_STOPPED' })
  })

  it('stop › commits what is on disk first', async () => {
    await using network = await createTestNetwork(1)
    const { node } = network.at(0)
    await node.waitForBlock(20n)
    await node.stop()
    expect(chainOf(network.at(0)).height).toBe(node.status.head)
  })

  it('a restart › goes on where it was; nothing is committed twice', async () => {
    await using network = await createTestNetwork(1)
    const validator = network.at(0)
    await network.waitForHeight(10n)
    await validator.stop()
    const chain = chainOf(validator)
    const before = chain.commits
    await validator.start()
    await network.waitForHeight(BigInt(before) + 10n)
    expect(BigInt(chain.commits)).toBe((chain.height ?? 0n) + 1n)
    expect(network.recorder.doubleVotes).toEqual([])
  })

  it('a logger that throws › is a warning; blocks come, and a failure is what closed rejects with', async () => {
    const bad = (): never => {
      throw new TypeError('Do not know how to serialize a BigInt')
    }
    const logger: Logger = { debug: bad, info: bad, warn: bad, error: bad, child: () => logger }
    const chain = new CounterChain()
    const execution: ExecutionLayer = {
      propose: (p) => chain.propose(p),
      verify: (p) => chain.verify(p),
      commit: (block) =>
        block.number === 4n ? Promise.reject(new Error('no space')) : chain.commit(block),
    }
    await using network = await createTestNetwork(1, { start: false, execution: () => execution })
    const node = await network.at(0).start({ logger })
    const warnings: string[] = []
    node.on('warning', ({ code }) => warnings.push(code))
    await expect(node.closed).rejects.toMatchObject({ code: 'EXECUTION_COMMIT_FAILED' })
    expect(chain.height).toBe(3n)
    expect(warnings.filter((code) => !isOfBusyMachine(code))).toEqual(['LOGGER_FAILED'])
  })

  it('the signal of the options aborts › the node stops', async () => {
    await using network = await createTestNetwork(1, { start: false })
    const controller = new AbortController()
    const node = await network.at(0).start({ signal: controller.signal })
    await node.waitForBlock(2n)
    controller.abort()
    await node.closed
    expect(node.status.phase).toBe('stopped')
  })

  it('stopped before it ran › ready rejects, closed resolves, nothing was committed', async () => {
    await using network = await createTestNetwork(1)
    const { node } = network.at(0)
    await node.stop({ drainMs: 0 })
    await expect(node.ready).rejects.toMatchObject({ code: 'NODE_STOPPED' })
    await node.closed
  })

  it('inspect › is JSON and tells chain, replica and status', async () => {
    await using network = await createTestNetwork(1)
    const { node } = network.at(0)
    await node.waitForBlock(3n)
    const snapshot = node.inspect()
    expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot)
    expect(snapshot.genesis).toMatchObject({ chainId: '1337', scheme: 'ed25519' })
    expect(snapshot.replica?.status).toBe('running')
    expect(BigInt(snapshot.store.next)).toBeGreaterThan(3n)
  })

  it('a listener that throws › is a warning, and the chain goes on', async () => {
    await using network = await createTestNetwork(1)
    const { node } = network.at(0)
    const codes = new Set<string>()
    node.on('warning', (e) => {
      if (!isOfBusyMachine(e.code)) codes.add(e.code)
      throw new Error('and this one too')
    })
    node.on('block:finalized', () => {
      throw new Error('bad listener')
    })
    await node.waitForBlock(5n)
    expect([...codes]).toEqual(['LISTENER_FAILED'])
    expect(node.status.phase).toBe('validating')
  })
})
