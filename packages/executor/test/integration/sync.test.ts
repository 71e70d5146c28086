import type { Block, FinalBlock, PreGenesisBlock } from '@zkstack/roles'
import { memoryStore, type Verdict } from '@zkstack/storage'
import { describe, expect, it } from 'vitest'
import { diagnose, type ConsensusNode, type Finding } from '../../src/index.js'
import { CounterChain, createTestNetwork } from '../../testing/index.js'
import { chainOf, expectEqualChains, isOfBusyMachine } from './helpers.js'

/** Waits until something holds that no event tells. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20))
}

const firstOf = (node: ConsensusNode): number => Number(node.inspect().store.first)

describe('sync beside consensus', { timeout: 120_000 }, () => {
  it('a validator that lags, over TCP and on disk › catches up and votes again by itself', async () => {
    await using network = await createTestNetwork(6, {
      transport: 'tcp',
      store: 'level',
      viewTimeoutMs: 500,
    })
    const [late, other] = [network.at(5), network.at(0)]
    await network.waitForHeight(3n)
    await late.kill()
    await network.waitForHeight(40n)
    await late.restart()
    await network.waitForHeight(45n)
    // five of six must vote: without another one, the chain needs the one that lagged
    await other.kill()
    const height = (chainOf(late).height ?? 0n) + 10n
    await network.waitForHeight(height)
    await expectEqualChains(network, height)
    expect(network.recorder.doubleVotes).toEqual([])
  })

  it('blocks from before genesis, over TCP › are fetched, judged by the execution layer, and followed by final ones', async () => {
    const early = (n: bigint): PreGenesisBlock => ({
      kind: 'preGenesis',
      number: n,
      payload: Uint8Array.of(Number(n)),
      justification: Uint8Array.of(7),
    })
    const judged: bigint[] = []
    const judge = (block: PreGenesisBlock): Promise<Verdict> => {
      judged.push(block.number)
      const ok = block.payload[0] === Number(block.number)
      return Promise.resolve(ok ? { ok } : { ok, reason: 'not what the others have' })
    }
    const stores = [memoryStore({ firstBlock: 5n }), memoryStore({ firstBlock: 5n })]
    for (let n = 5n; n < 10n; n++) await stores[0]?.append(early(n))
    await using network = await createTestNetwork(1, {
      transport: 'tcp',
      firstBlock: 10n,
      execution: () =>
        Object.assign(new CounterChain({ firstBlock: 10n }), { verifyPreGenesis: judge }),
      wrapStore: (store, index) => stores[index] ?? store,
    })
    await network.waitForHeight(20n)
    const late = network.addFullNode()
    await late.start()
    await late.node.waitForBlock(20n)
    expect(judged.toSorted((a, b) => Number(a - b))).toEqual([5n, 6n, 7n, 8n, 9n])
    expect(await stores[1]?.get(7n)).toEqual(early(7n))
    expect(chainOf(late).state).toBeDefined()
  })
})

describe('pruning', { timeout: 120_000 }, () => {
  it('a node keeps what it is told to › says what it lacks, is not blamed for it › and the fallback source fills the gap', async () => {
    // all that was ever committed, also what is pruned before anybody could read it
    const history = new Map<bigint, Block>()
    await using network = await createTestNetwork(1, {
      transport: 'tcp',
      store: 'level',
      start: false,
      execution: (index) => {
        const chain = new CounterChain()
        const commit = chain.commit.bind(chain)
        return Object.assign(chain, {
          commit: (block: FinalBlock) => {
            if (index === 0) history.set(block.number, block)
            return commit(block)
          },
        })
      },
    })
    const validator = await network.at(0).start({ retention: { blocks: 50 } })
    await validator.waitForBlock(200n)
    await until(() => firstOf(validator) > 100)
    const kept = (): number => {
      const { first, next } = validator.inspect().store
      return Number(next) - Number(first)
    }
    await until(() => kept() < 50 + 20)

    const late = network.addFullNode()
    const node = await late.start()
    await until(() => node.inspect().peers.some(({ range }) => Number(range?.first) > 100))
    const pruned = (): Finding | undefined =>
      diagnose(node.inspect()).findings.find(({ cause }) => cause === 'pruned')
    await until(() => pruned() !== undefined)
    expect(pruned()?.message).toMatch(/^Block 0 is needed, and no connected peer has it any more/)
    expect(node.inspect().peers).toHaveLength(1)
    await late.stop()

    // the rest of the history comes from elsewhere
    const asked = new Set<bigint>()
    const fallback = {
      head: () => Promise.resolve(BigInt(history.size) - 1n),
      fetch: (n: bigint) => {
        asked.add(n)
        return Promise.resolve(history.get(n))
      },
    }
    await network.at(0).stop()
    const again = await network.at(0).start({ retention: { blocks: 1_000 } })
    const gap = firstOf(again)
    await late.start({ fallback, limits: { network: { fallbackPollMs: 100 } } })
    await late.node.waitForBlock(BigInt(gap) + 5n)
    expect(chainOf(late).commits).toBeGreaterThan(gap)
    expect(asked.size).toBeGreaterThanOrEqual(Math.min(gap, 100))
    for (const { warnings } of [late.node.inspect(), again.inspect()])
      expect(warnings.filter(({ code }) => !isOfBusyMachine(code))).toEqual([])
  })
})
