import { describe, expect, test } from 'vitest'
import { viewOf } from '@zkstack/roles'
import type { Signed } from '@zkstack/roles'
import {
  blamesOf,
  byCommit,
  createCommittee,
  createStepNetwork,
  createTwinsCluster,
  enumerateSplits,
  FakeDisk,
  findDisagreement,
  findDoubleVote,
  ReplicaHarness,
} from '@zkstack/bft/testing'
import { Inbox } from '../../src/runner/inbox.js'

/** Delivers messages, which nobody takes until all are there, and returns those that were kept. */
function kept(messages: readonly Signed[]): readonly (readonly [number, bigint])[] {
  const committee = createCommittee({ validators: 2 })
  const inbox = new Inbox(committee.schedule)
  let done = 0
  for (const message of messages) {
    inbox.deliver({
      message,
      carrier: committee.schedule.indexOf(message.key),
      done: () => {
        done += 1
      },
    })
  }
  const found: (readonly [number, bigint])[] = []
  for (let next = inbox.shift(); next !== undefined; next = inbox.shift()) {
    const author = committee.schedule.indexOf(next.message.key) ?? -1
    found.push([author, viewOf(next.message.msg).number])
    next.done()
  }
  expect(done).toBe(messages.length)
  return found
}

describe('cases of the checklist', () => {
  const committee = createCommittee({ validators: 2 })
  const header = committee.header(0n, 'block')
  const commit = (author: number, view: bigint) =>
    committee.signCommit(author, committee.commit(view, header))
  const timeout = (author: number, view: bigint) =>
    committee.signTimeout(author, committee.timeout(view))

  test.each([
    ['commit', commit],
    ['timeout', timeout],
  ] as const)(
    'replica %s › of views 2, 4 and 3 from one author › the one of view 4 waits',
    (_, sign) => {
      expect(kept([sign(0, 2n), sign(0, 4n), sign(0, 3n)])).toEqual([[0, 4n]])
    },
  )

  test.each([
    ['commit', commit],
    ['timeout', timeout],
  ] as const)('replica %s › of two authors › both wait', (_, sign) => {
    expect(kept([sign(0, 2n), sign(1, 2n)])).toEqual([
      [0, 2n],
      [1, 2n],
    ])
  })

  test('replica commit › with the signature of another message › never counts, and its author is blamed', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    harness.propose()
    const { replica } = harness
    const forged = harness.committee.forge(harness.committee.signCommit(2, harness.vote()))
    replica.receive(forged)
    const others = harness.others.filter((index) => index !== 2)
    const effects = harness.commitBy(others.slice(0, 3))
    expect(harness.view).toBe(1n)
    expect(blamesOf(effects)).toEqual([[2, 'INVALID_SIGNATURE']])
    harness.commitBy(others.slice(3))
    expect(harness.view).toBe(2n)
    expect(replica.state.highCommitQc?.signers.has(2)).toBe(false)
  })

  test('replica timeout › with the signature of another message › never counts, and its author is blamed', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    harness.replica.expire()
    const vote = harness.committee.timeout(1n)
    harness.replica.receive(harness.committee.forge(harness.committee.signTimeout(2, vote)))
    const others = harness.others.filter((index) => index !== 2)
    const effects = harness.timeoutBy(others.slice(0, 3))
    expect(harness.view).toBe(1n)
    expect(blamesOf(effects)).toEqual([[2, 'INVALID_SIGNATURE']])
    harness.timeoutBy(others.slice(3))
    expect(harness.view).toBe(2n)
  })

  test('two replicas, one of which never proposes › ten blocks are final on each', () => {
    const network = createStepNetwork({ committee: createCommittee({ validators: 2 }) })
    network.link = (from, _, message) => from !== 1 || message.msg.type !== 'leaderProposal'
    network.start()
    const done = () => network.nodes.every(({ disk }) => disk.next >= 10n)
    expect(network.runUntil(done, 200)).toBe(true)
    expect(findDisagreement(network.finalized)).toBeUndefined()
    expect(findDoubleVote(network.sent.map(({ message }) => message))).toBeUndefined()
  })

  test('block number › beyond 2^64−1 is implied by a certificate › nothing is voted for, and the view times out', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const last = { ...harness.committee.header(0n, 'the last'), number: 2n ** 64n - 1n }
    const qc = harness.committee.commitQc(harness.committee.commit(1n, last))
    const leader = harness.committee.leader(2n)
    const payload = new Uint8Array(8)
    harness.replica.receive(harness.committee.signProposal(leader, byCommit(qc), payload))
    expect([harness.view, harness.phase]).toEqual([2n, 'prepare'])
    expect(harness.replica.state.highVote).toBeUndefined()
    harness.replica.expire()
    expect(harness.phase).toBe('timeout')
  })

  test('splits › of three nodes in two parts › are three', () => {
    // The first validator alone is a quorum, so that no split is left out.
    const splits = enumerateSplits(createTwinsCluster([100n, 1n, 1n], []), 2)
    expect(splits.filter((split) => split.includes(1))).toHaveLength(3)
  })

  test('twins › of a cluster › have a node more, under the same key', () => {
    const { nodes, twins } = createTwinsCluster(6, 2)
    expect(twins).toEqual([4, 5])
    expect(nodes).toEqual([0, 1, 2, 3, 4, 5, 4, 5])
    const network = createStepNetwork({ committee: createCommittee({ validators: 6 }), nodes })
    const keys = network.nodes.map(({ index }) => network.committee.key(index))
    expect(keys[6]).toEqual(keys[4])
    expect(new Set(keys.slice(0, 6).map(String)).size).toBe(6)
  })

  test('cluster › of n validators of weight one › has the quorum ⌊4n / 5⌋ + 1', () => {
    for (let n = 1; n <= 100; n += 1) {
      expect(createTwinsCluster(n, 0).quorum).toBe(BigInt(Math.floor((4 * n) / 5) + 1))
    }
  })

  test('validator rotation › eight validators, even and odd in turn, five blocks an epoch › one chain, each block of its epoch', () => {
    const all = createCommittee({ validators: 8, seed: 'rotation' })
    const perEpoch = 5n
    const chain: { readonly number: bigint; readonly epoch: bigint }[] = []
    let earlier: readonly Signed[] = []
    for (let epoch = 0n; epoch < 4n; epoch += 1n) {
      const secrets = all.secrets.filter((_, index) => BigInt(index % 2) === epoch % 2n)
      const firstBlock = epoch * perEpoch
      const members = createCommittee({ validators: 4, secrets, epoch, firstBlock })
      const network = createStepNetwork({
        committee: members,
        replica: () => ({ disk: new FakeDisk(firstBlock) }),
      })
      network.start()
      // What the epoch before said counts for nothing now, whoever says it.
      const views = network.nodes.map(({ state }) => state.view)
      for (const message of earlier) {
        for (const node of network.nodes.keys()) network.act(node, (r) => r.receive(message, 0))
      }
      expect(network.nodes.map(({ state }) => state.view)).toEqual(views)
      const end = firstBlock + perEpoch
      expect(network.runUntil(() => network.nodes.every(({ disk }) => disk.next >= end))).toBe(true)
      expect(findDisagreement(network.finalized)).toBeUndefined()
      earlier = network.sent.map(({ message }) => message)
      const blocks = network.nodes[0]?.disk.blocks ?? []
      chain.push(
        ...blocks.slice(0, Number(perEpoch)).map(({ number, epoch }) => ({ number, epoch })),
      )
    }
    expect(chain).toEqual(
      Array.from({ length: 20 }, (_, i) => ({
        number: BigInt(i),
        epoch: BigInt(Math.floor(i / Number(perEpoch))),
      })),
    )
  })
})
