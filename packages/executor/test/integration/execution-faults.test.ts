import { RetryableError } from '@zkstack/concurrency'
import type { ExecutionLayer } from '@zkstack/storage'
import { describe, expect, it } from 'vitest'
import { CounterChain, createTestNetwork } from '../../testing/index.js'
import { chainOf, expectEqualChains, isOfBusyMachine, nextWarning, warningsOf } from './helpers.js'

/** A toy chain with some methods replaced. */
function chainWith(changes: (chain: CounterChain) => Partial<ExecutionLayer>): CounterChain {
  const chain = new CounterChain()
  return Object.assign(chain, changes(chain))
}

const never = (): Promise<never> => new Promise(() => undefined)

describe('an execution layer that misbehaves', { timeout: 120_000 }, () => {
  it('propose throws on one node › PROPOSE_FAILED there, its views are skipped, the chain goes on', async () => {
    await using network = await createTestNetwork(6, {
      viewTimeoutMs: 300,
      execution: (i) =>
        i === 1
          ? chainWith(() => ({ propose: () => Promise.reject(new Error('no database')) }))
          : new CounterChain(),
    })
    const warning = await nextWarning(network.at(1).node, 'PROPOSE_FAILED')
    expect(warning.message).toMatch(
      /execution\.propose of block \d+ in view \d+ threw: no database; the view is skipped/,
    )
    await network.waitForHeight((chainOf(network.at(0)).height ?? 0n) + 8n)
  })

  it('propose gives too much › PROPOSE_OVERSIZED names both sizes, the chain goes on', async () => {
    await using network = await createTestNetwork(6, {
      viewTimeoutMs: 300,
      limits: { maxPayloadBytes: 1_000 },
      execution: (i) =>
        i === 1
          ? chainWith(() => ({ propose: () => Promise.resolve(new Uint8Array(1_001)) }))
          : new CounterChain(),
    })
    const warning = await nextWarning(network.at(1).node, 'PROPOSE_OVERSIZED')
    expect(warning.message).toMatch(
      /1001 bytes, the limit is 1000.*Build a payload of at most maxBytes/,
    )
    await network.waitForHeight((chainOf(network.at(0)).height ?? 0n) + 8n)
  })

  it('an invalid proposal › is refused by all others, its view times out, the chain goes on', async () => {
    const proposed: string[] = []
    await using network = await createTestNetwork(6, {
      viewTimeoutMs: 300,
      execution: (i) =>
        i === 3
          ? chainWith(() => ({
              propose: (p) => {
                proposed.push(`${p.number}`)
                return Promise.resolve(new TextEncoder().encode('nonsense'))
              },
              verify: () => Promise.resolve({ ok: true }),
            }))
          : new CounterChain(),
    })
    const leaders: Uint8Array[] = []
    const warnings = warningsOf(network.at(0).node)
    // a view ends by the timers of a quorum; that of one node may be too late
    for (const { node } of network.nodes) node.on('view:timeout', (e) => leaders.push(e.leader))
    await network.waitForHeight((chainOf(network.at(0)).height ?? 0n) + 8n)
    await network.waitForHeight((chainOf(network.at(0)).height ?? 0n) + 8n)
    expect(proposed.length).toBeGreaterThan(0)
    expect(leaders).toContainEqual(network.at(3).validatorKey?.publicKey)
    expect(warnings).toEqual([])
  })

  it('verify throws on one node › VERIFY_FAILED there, nobody is blamed, the chain goes on', async () => {
    await using network = await createTestNetwork(6, {
      viewTimeoutMs: 300,
      execution: (i) =>
        i === 2
          ? chainWith(() => ({ verify: () => Promise.reject(new Error('index corrupt')) }))
          : new CounterChain(),
    })
    const codes = new Set<string>()
    network.at(2).node.on('warning', (e) => {
      if (!isOfBusyMachine(e.code)) codes.add(e.code)
    })
    const warning = await nextWarning(network.at(2).node, 'VERIFY_FAILED')
    expect(warning.message).toContain('index corrupt')
    await network.waitForHeight(10n)
    expect([...codes]).toEqual(['VERIFY_FAILED'])
  })

  it('verify asks for another try › gets one within the view, and no warning', async () => {
    let calls = 0
    await using network = await createTestNetwork(1, {
      execution: () =>
        chainWith((chain) => {
          const verify = chain.verify.bind(chain)
          return {
            verify: (p) =>
              ++calls % 2 === 1 ? Promise.reject(new RetryableError('busy')) : verify(p),
          }
        }),
    })
    const warnings = warningsOf(network.at(0).node)
    await network.waitForHeight(3n)
    expect(warnings).toEqual([])
    expect(calls).toBeGreaterThanOrEqual(8)
  })

  it('verify hangs on one node and ignores its signal › EXECUTION_LATE, then EXECUTION_STUCK; the chain goes on, also there', async () => {
    await using network = await createTestNetwork(6, {
      viewTimeoutMs: 150,
      execution: (i) => (i === 4 ? chainWith(() => ({ verify: never })) : new CounterChain()),
    })
    const { node } = network.at(4)
    const stuck = nextWarning(node, 'EXECUTION_STUCK')
    expect((await stuck).message).toContain('ignore their abort signal')
    await network.waitForHeight(10n)
    await node.stop()
  })

  it('verify is slower than the view everywhere › no block until it is faster', async () => {
    let isSlow = true
    await using network = await createTestNetwork(4, {
      viewTimeoutMs: 200,
      execution: () =>
        chainWith((chain) => {
          const verify = chain.verify.bind(chain)
          return {
            verify: async (p, { signal }) => {
              // as slow as it must be: the view ends first, on any machine
              if (isSlow) {
                await new Promise((_, reject) => {
                  signal.addEventListener('abort', () =>
                    reject(new DOMException('aborted', 'AbortError')),
                  )
                })
              }
              return verify(p)
            },
          }
        }),
    })
    const warning = await nextWarning(network.at(0).node, 'EXECUTION_LATE')
    expect(warning.message).toContain('timing.viewTimeoutMs')
    expect(network.nodes.map((n) => chainOf(n).height)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ])
    isSlow = false
    await network.waitForHeight(5n)
  })

  it('commit throws › the node stops, closed and blocks reject with the cause; the others go on; mended, it replays the block', async () => {
    const cause = new Error('state root differs')
    let broken = true
    await using network = await createTestNetwork(6, {
      viewTimeoutMs: 300,
      execution: (i) =>
        i !== 0
          ? new CounterChain()
          : chainWith((chain) => {
              const commit = chain.commit.bind(chain)
              return {
                commit: (block) =>
                  broken && block.number === 5n ? Promise.reject(cause) : commit(block),
              }
            }),
    })
    const { node } = network.at(0)
    await expect(node.closed).rejects.toMatchObject({ code: 'EXECUTION_COMMIT_FAILED', cause })
    expect(node.status).toMatchObject({ phase: 'failed', committed: 4n })
    await expect(node.waitForBlock(6n)).rejects.toMatchObject({ code: 'EXECUTION_COMMIT_FAILED' })
    await network.at(0).stop()
    await network.waitForHeight(10n)
    broken = false
    await network.at(0).restart()
    await network.waitForHeight(20n)
    await expectEqualChains(network, 20n)
  })

  it('commit asks for another try › gets it, with a warning; nothing is skipped', async () => {
    let failures = 2
    await using network = await createTestNetwork(1, {
      execution: () =>
        chainWith((chain) => {
          const commit = chain.commit.bind(chain)
          return {
            commit: (block) =>
              block.number === 3n && failures-- > 0
                ? Promise.reject(new RetryableError('locked'))
                : commit(block),
          }
        }),
    })
    const codes = warningsOf(network.at(0).node)
    await network.waitForHeight(6n)
    expect(codes.map((e) => e.code)).toEqual(['EXECUTION_COMMIT_RETRY', 'EXECUTION_COMMIT_RETRY'])
  })

  it('killed between the block on disk and its commit › committed after the restart, once', async () => {
    let block: (() => void) | undefined
    await using network = await createTestNetwork(1, {
      store: 'level',
      execution: () =>
        chainWith((chain) => {
          const commit = chain.commit.bind(chain)
          return {
            commit: (b, { signal }) =>
              b.number === 4n && block === undefined
                ? new Promise((_, reject) => {
                    block = () => undefined
                    signal.addEventListener('abort', () =>
                      reject(new DOMException('aborted', 'AbortError')),
                    )
                  })
                : commit(b),
          }
        }),
    })
    await expect.poll(() => block !== undefined).toBe(true)
    expect(network.at(0).node.status).toMatchObject({ head: 4n, committed: 3n })
    await network.at(0).kill()
    expect(chainOf(network.at(0)).height).toBe(3n)
    await network.at(0).restart()
    await network.waitForHeight(8n)
  })

  it('ahead of the store › EXECUTION_AHEAD, and nothing is changed', async () => {
    await using network = await createTestNetwork(1)
    await network.waitForHeight(5n)
    await network.at(0).kill()
    await network.wipe(network.at(0))
    const height = chainOf(network.at(0)).height
    await expect(network.at(0).start()).rejects.toMatchObject({ code: 'EXECUTION_AHEAD' })
    expect(chainOf(network.at(0)).height).toBe(height)
  })

  it('lastCommitted throws › EXECUTION_FAILED; asks for another try › gets it', async () => {
    let failures = 1
    const retrying = chainWith((chain) => {
      const last = chain.lastCommitted.bind(chain)
      return {
        lastCommitted: () =>
          failures-- > 0 ? Promise.reject(new RetryableError('starting')) : last(),
      }
    })
    await using good = await createTestNetwork(1, { execution: () => retrying })
    await good.waitForHeight(2n)
    const failing = chainWith(() => ({
      lastCommitted: () => Promise.reject(new Error('no state')),
    }))
    await expect(createTestNetwork(1, { execution: () => failing })).rejects.toMatchObject({
      code: 'EXECUTION_FAILED',
    })
  })
})
