import { MemoryMetrics, RetryableError } from '@zkstack/concurrency'
import { createGenesis, verifyChain } from '@zkstack/roles'
import type { ExecutionLayer, ScheduleAnswer } from '@zkstack/storage'
import { describe, expect, it } from 'vitest'
import type { NodeEvents } from '../../src/index.js'
import {
  CounterChain,
  createTestNetwork,
  PlannedCommittees,
  type PlannedEpoch,
  type TestNetwork,
  type TestNode,
} from '../../testing/index.js'
import { isOfBusyMachine } from './helpers.js'
import { certified, epochsOf, equal } from './planned-epochs.js'
import { Pusher } from './pusher.js'

/** What a node says of epochs from now on. */
function rolesOf({ node }: TestNode): string[] {
  const roles: string[] = []
  node.on('epoch:changed', ({ epoch, role }: NodeEvents['epoch:changed']) => {
    roles.push(`${epoch} ${role}`)
  })
  return roles
}

/** Checks that every block was made by the committee of its epoch, and that all nodes have the same ones. */
async function expectOneChain(
  network: TestNetwork,
  epochs: readonly PlannedEpoch[],
  to: bigint,
): Promise<void> {
  expect(network.recorder.doubleVotes).toEqual([])
  const chains = await Promise.all(network.nodes.map((node) => network.blocks(node, 0n, to)))
  for (const chain of chains) {
    for (const [i, block] of chain.entries()) {
      if (block.kind !== 'final') throw new TypeError('a block from before genesis')
      const epoch = epochs.findLastIndex(({ firstBlock }) => firstBlock <= block.number)
      expect(block.epoch).toBe(BigInt(epoch))
      const first = chains[0]?.[i]
      expect(first?.kind === 'final' && first.payloadHash).toEqual(block.payloadHash)
    }
  }
}

/** The codes of what a node has warned of, but that its machine is busy. */
function warningCodes({ node }: TestNode): string[] {
  return node.inspect().warnings.flatMap(({ code }) => (isOfBusyMachine(code) ? [] : [code]))
}

/** The code with which a node fails. */
async function failureOf({ node }: TestNode): Promise<unknown> {
  const failure: unknown = await node.closed.then(
    () => 'stopped',
    (e: unknown) => e,
  )
  return failure instanceof Error && 'code' in failure ? failure.code : failure
}

describe('epochs', () => {
  it('half of the committee is replaced again and again › one chain, each block of its committee', async () => {
    const epochs = epochsOf(
      5n,
      equal(0, 1, 2, 3, 4, 5),
      equal(0, 1, 2, 6, 7, 8),
      equal(3, 4, 5, 6, 7, 8),
      equal(0, 1, 2, 3, 4, 5),
    )
    await using network = await createTestNetwork(9, { epochs, announcedBlocks: 2n })
    const roles = network.nodes.map(rolesOf)
    const ended: string[] = []
    for (const { node } of network.nodes)
      node.on('peer:disconnected', ({ code }) => ended.push(code))
    await network.waitForHeight(18n)
    await expectOneChain(network, epochs, 18n)
    // One host for the life of the process: an epoch ends, connections do not.
    expect(ended).toEqual([])
    expect(roles[0]).toEqual(['0 validator', '1 validator', '2 full', '3 validator'])
    expect(roles[6]).toEqual(['0 full', '1 validator', '2 validator', '3 full'])
    expect(network.at(0).node.status).toMatchObject({ epoch: 3n, role: 'validator' })
  })

  it('each next committee is announced with the very last block before it › one chain', async () => {
    const epochs = epochsOf(3n, equal(0, 1), equal(2, 3), equal(1, 2), equal(0, 3))
    await using network = await createTestNetwork(4, { epochs, announcedBlocks: 1n })
    await network.waitForHeight(11n)
    await expectOneChain(network, epochs, 11n)
  })

  it('an epoch has a single block › one chain', async () => {
    const epochs = epochsOf(1n, equal(0), equal(1), equal(0, 1), equal(1), equal(0))
    const sinks = [new MemoryMetrics(), new MemoryMetrics()]
    await using network = await createTestNetwork(2, {
      epochs,
      announcedBlocks: 3n,
      metrics: (index) => sinks[index] ?? new MemoryMetrics(),
    })
    await network.waitForHeight(7n)
    for (const sink of sinks) expect(sink.openMetrics()).toContain('zkstack_epoch 4')
    await expectOneChain(network, epochs, 7n)
  })

  it('weights change, the members stay › the new weights make the quorum', async () => {
    const epochs = epochsOf(
      4n,
      equal(0, 1, 2, 3, 4, 5),
      new Map([0, 1, 2, 3, 4, 5].map((index) => [index, index === 0 ? 96n : 1n])),
    )
    await using network = await createTestNetwork(6, { epochs })
    await network.waitForHeight(4n)
    // By weight one validator is a quorum of 81 now; by number it was one of six.
    for (const index of [1, 2]) await network.at(index).stop()
    await network.waitForHeight(8n)
    expect(
      network
        .at(0)
        .node.inspect()
        .committee.map(({ weight }) => weight),
    ).toContain('96')
    expect(network.recorder.doubleVotes).toEqual([])
  })

  it('a validator leaves, is down, and comes back in a later epoch › it votes again', async () => {
    const all = [0, 1, 2, 3, 4, 5]
    const epochs = epochsOf(4n, equal(...all), equal(0, 1, 2, 3, 4), equal(...all))
    await using network = await createTestNetwork(6, { epochs, store: 'level' })
    await network.waitForHeight(4n)
    await network.at(5).stop()
    await network.waitForHeight(9n, { nodes: network.nodes.slice(0, 5) })
    await network.at(5).start()
    const roles = rolesOf(network.at(5))
    // A quorum of six is five: with another one down, it is needed.
    await network.waitForHeight(9n)
    await network.at(0).stop()
    await network.waitForHeight(13n)
    expect(network.at(5).node.status).toMatchObject({ epoch: 2n, role: 'validator' })
    expect(roles.at(-1)).toBe('2 validator')
    expect(network.recorder.doubleVotes).toEqual([])
  })

  it('state of an older epoch is on disk › the replica of the new epoch begins anew', async () => {
    const epochs = epochsOf(
      4n,
      equal(0, 1, 2, 3, 4, 5),
      equal(0, 1, 2, 3, 4, 6),
      equal(1, 2, 3, 4, 5, 6),
    )
    await using network = await createTestNetwork(7, { epochs, store: 'level' })
    await network.waitForHeight(2n)
    // Its state is of epoch 0; when it is back, epoch 2 rules.
    await network.at(5).kill()
    await network.waitForHeight(9n)
    await network.at(5).start()
    await network.waitForHeight(9n)
    // A quorum of six is five: now it is needed.
    await network.at(1).stop()
    await network.waitForHeight(13n)
    expect(network.at(5).node.inspect().replica?.epoch).toBe('2')
    expect(network.recorder.doubleVotes).toEqual([])
  })

  it('all nodes are killed around the edge of an epoch › they go on, nobody votes twice', async () => {
    const epochs = epochsOf(6n, equal(0, 1, 2, 3), equal(2, 3, 4, 5), equal(0, 1, 4, 5))
    await using network = await createTestNetwork(6, { epochs, store: 'level' })
    for (const height of [5n, 6n, 11n, 12n]) {
      await network.waitForHeight(height)
      await network.killAll()
      await network.startAll()
    }
    await network.waitForHeight(14n)
    await expectOneChain(network, epochs, 14n)
  })

  it('an execution layer that replays everything › passes through all epochs without a vote', async () => {
    const epochs = epochsOf(3n, equal(0, 1), equal(1, 2), equal(0, 2))
    await using network = await createTestNetwork(3, { epochs })
    await network.waitForHeight(8n)
    const node = network.at(0)
    await node.stop()
    const execution: ExecutionLayer = new CounterChain()
    const restarted = await node.start({
      execution: {
        propose: (p, o) => execution.propose(p, o),
        verify: (p, o) => execution.verify(p, o),
        commit: (block, o) => execution.commit(block, o),
      },
    })
    await restarted.ready
    await network.waitForHeight(10n, { nodes: [network.at(1), network.at(2)] })
    expect(network.recorder.doubleVotes).toEqual([])
    expect(restarted.status.epoch).toBe(2n)
  })

  it('a node that lags by epochs › catches up, and blames nobody', async () => {
    const epochs = epochsOf(5n, equal(0, 1), equal(2, 3), equal(0, 1), equal(2, 3), equal(4, 0))
    await using network = await createTestNetwork(5, { epochs, start: false })
    for (const index of [0, 1, 2, 3]) await network.at(index).start()
    await network.waitForHeight(17n)
    const late = await network.at(4).start()
    const faults: string[] = []
    late.on('peer:misbehaved', ({ rule }) => faults.push(rule))
    await network.waitForHeight(22n)
    expect(faults).toEqual([])
    expect(late.status).toMatchObject({ epoch: 4n, role: 'validator' })
  })

  it('the committee of each epoch hands over › a light client follows to the last block, on every node', async () => {
    const epochs = epochsOf(
      5n,
      equal(0, 1, 2, 3, 4, 5),
      equal(1, 2, 3, 4, 5, 6),
      equal(0, 2, 3, 4, 5, 6),
    )
    await using network = await createTestNetwork(7, { epochs, store: 'level' })
    await network.waitForHeight(7n)
    // What is not gathered before a restart is gathered after it.
    await network.at(3).kill()
    await network.at(3).start()
    await network.waitForHeight(14n)
    const { genesis } = network
    for (const node of network.nodes) {
      const [first, ...rest] = await Promise.all(
        [0n, 1n, 2n].map((epoch) => certified(node, epoch)),
      )
      const block = await node.node.waitForBlock(14n)
      if (block.kind !== 'final' || first === undefined) throw new TypeError('no block')
      expect(verifyChain({ genesis, first, epochs: rest, block }).ok).toBe(true)
      const [second] = rest
      const forged = rest.map((record) => ({ ...record, certificate: second?.certificate }))
      expect(verifyChain({ genesis, first, epochs: forged, block }).ok).toBe(false)
    }
  })

  it('pushes instead of questions › are enough, one for each change', async () => {
    const epochs = epochsOf(5n, equal(0, 1), equal(1, 2), equal(0, 2))
    const pushers = [0, 1, 2].map(() => new Pusher())
    await using network = await createTestNetwork(3, {
      epochs,
      announcedBlocks: 2n,
      wrapValidators: (source, index) => pushers[index]?.wrap(source) ?? source,
      execution: (index) => {
        const chain: ExecutionLayer = new CounterChain()
        const commit: ExecutionLayer['commit'] = async (block, o) => {
          await chain.commit(block, o)
          await pushers[index]?.committed(block.number, o)
        }
        return {
          propose: (p, o) => chain.propose(p, o),
          verify: (p, o) => chain.verify(p, o),
          commit,
        }
      },
    })
    await network.waitForHeight(14n)
    await expectOneChain(network, epochs, 14n)
    // Nothing changed with these blocks, nor with those after them.
    for (const { asked } of pushers) {
      for (const block of [1n, 6n, 11n, 12n, 13n]) expect(asked).not.toContain(block)
    }
  })

  it('pushes that end › are replaced by questions, with a warning', async () => {
    const epochs = epochsOf(4n, equal(0), equal(0))
    await using network = await createTestNetwork(1, {
      epochs,
      wrapValidators: (source) => ({
        scheduleAt: (n, o) => source.scheduleAt(n, o),
        async *changes() {},
      }),
    })
    await network.waitForHeight(6n)
    const codes = warningCodes(network.at(0))
    expect(codes).toEqual(['VALIDATORS_SILENT'])
  })

  it('an execution layer that asks for another try › is asked again', async () => {
    let refusals = 3
    await using network = await createTestNetwork(1, {
      epochs: epochsOf(4n, equal(0), equal(0)),
      wrapValidators: (source) => ({
        scheduleAt: (n, o) =>
          n === 3n && refusals-- > 0
            ? Promise.reject(new RetryableError('not yet'))
            : source.scheduleAt(n, o),
      }),
    })
    await network.waitForHeight(6n)
    const codes = warningCodes(network.at(0))
    expect(codes).toEqual(['VALIDATORS_RETRY', 'VALIDATORS_RETRY', 'VALIDATORS_RETRY'])
  })

  const forget = ({ current }: ScheduleAnswer): ScheduleAnswer => ({ current })
  const thrown = (): never => {
    throw new Error('no such state')
  }
  it.each([
    ['announces too late', (_: bigint, answer: ScheduleAnswer) => forget(answer), 'SCHEDULE_LATE'],
    [
      'takes back what it announced',
      (n: bigint, answer: ScheduleAnswer) => (n < 4n ? answer : forget(answer)),
      'SCHEDULE_CHANGED',
    ],
    [
      'throws',
      (n: bigint, answer: ScheduleAnswer) => (n < 4n ? answer : thrown()),
      'VALIDATORS_FAILED',
    ],
  ])('an execution layer that %s › ends the node', async (_, change, code) => {
    await using network = await createTestNetwork(1, {
      epochs: epochsOf(6n, equal(0), equal(0)),
      announcedBlocks: 3n,
      wrapValidators: (source) => ({
        scheduleAt: async (n, o) => change(n, await source.scheduleAt(n, o)),
      }),
    })
    expect(await failureOf(network.at(0))).toBe(code)
  })

  it('a start with a committee that cannot be › is refused', async () => {
    await using network = await createTestNetwork(1, {
      epochs: epochsOf(6n, equal(0)),
      start: false,
      wrapValidators: (source) => ({
        scheduleAt: async (n, o) => {
          const { current } = await source.scheduleAt(n, o)
          return { current: { ...current, firstBlock: 1n } }
        },
      }),
    })
    await expect(network.at(0).start()).rejects.toMatchObject({ code: 'SCHEDULE_RANGE' })
  })

  it.each(['refuse', 'reset'] as const)(
    'another fork of the chain, onGenesisChange %s › is refused, or begins with epoch 0 again',
    async (onGenesisChange) => {
      const epochs = epochsOf(3n, equal(0), equal(0), equal(0))
      await using network = await createTestNetwork(1, { epochs, store: 'level' })
      await network.waitForHeight(7n)
      await network.at(0).stop()
      const fork = createGenesis({ ...network.genesis, forkNumber: 1n, firstBlock: 6n })
      if (!fork.ok) throw new TypeError(fork.error.code)
      const chain = new CounterChain({ firstBlock: 6n })
      const planned = network.planned?.[0]
      if (planned === undefined) throw new TypeError('no committee')
      const started = network.at(0).start({
        genesis: fork.value,
        onGenesisChange,
        execution: chain,
        validators: new PlannedCommittees([{ ...planned, firstBlock: 6n }], 1n),
      })
      if (onGenesisChange === 'refuse') {
        await expect(started).rejects.toMatchObject({ code: 'GENESIS_MISMATCH' })
        return
      }
      const node = await started
      expect(await node.waitForBlock(8n)).toMatchObject({ epoch: 0n })
    },
  )
})
