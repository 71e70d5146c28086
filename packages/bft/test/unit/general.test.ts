import { describe, expect, test } from 'vitest'
import {
  broadcastsOf,
  createCommittee,
  createStepNetwork,
  findDisagreement,
  findDoubleVote,
  ReplicaHarness,
} from '@zkstack/bft/testing'

describe('a replica among six', () => {
  test('block production › leader proposes and all commit › the block is final and the next view begins', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const effects = harness.commitBlock()
    expect(effects.map((effect) => effect.type)).toContain('finalized')
    expect(harness.view).toBe(2n)
    expect(harness.phase).toBe('prepare')
    expect(harness.replica.disk.blocks.map((block) => block.number)).toEqual([0n])
  })

  test('block production › a view times out without a proposal › the next view produces the block', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    harness.timeoutView()
    expect(harness.view).toBe(2n)
    harness.commitBlock()
    expect(harness.replica.disk.next).toBe(1n)
  })

  test('block production › a subquorum timed out with a high vote, the rest without › the same block is proposed again and final', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    harness.propose()
    const highVote = harness.vote()
    replica.expire()
    for (const index of [1, 2]) {
      replica.receive(committee.signTimeout(index, committee.timeout(1n, { highVote })))
    }
    for (const index of [3, 4]) {
      replica.receive(committee.signTimeout(index, committee.timeout(1n)))
    }
    expect(harness.view).toBe(2n)
    replica.receive(committee.signProposal(2, harness.justification(), undefined))
    expect(harness.vote().proposal).toEqual(highVote.proposal)
    harness.commitBy([1, 2, 3, 4])
    expect(replica.disk.blocks.map((block) => block.payloadHash)).toEqual([
      highVote.proposal.payload,
    ])
  })

  test('block production › the view times out in phase commit › the voted block is proposed again', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    harness.propose()
    const { proposal } = harness.vote()
    harness.timeoutView()
    harness.replica.receive(
      harness.committee.signProposal(harness.leader, harness.justification(), undefined),
    )
    expect(harness.vote().proposal).toEqual(proposal)
    harness.commitBy([1, 2, 3, 4])
    expect(harness.replica.disk.next).toBe(1n)
  })

  test('block production › some commit and then the view times out › the block is proposed again', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    harness.propose()
    const { proposal } = harness.vote()
    harness.commitBy([1, 2])
    expect(harness.view).toBe(1n)
    harness.timeoutView()
    expect(harness.view).toBe(2n)
    harness.replica.receive(
      harness.committee.signProposal(harness.leader, harness.justification(), undefined),
    )
    expect(harness.vote().proposal).toEqual(proposal)
  })

  test('timer › the view does not end › the timeout and the new view are sent again each view timeout', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const first = harness.replica.expire()
    const second = harness.replica.expire()
    expect(broadcastsOf(first)).toEqual(['replicaNewView', 'replicaTimeout'])
    expect(broadcastsOf(second)).toEqual(['replicaNewView', 'replicaTimeout'])
    expect(harness.replica.timer).toBe(harness.replica.now + 2000)
  })

  test('tick › it comes early › nothing happens', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    expect(harness.replica.expire(1999)).toEqual([])
    expect(harness.phase).toBe('prepare')
  })
})

describe('a network of replicas', () => {
  test.each([2, 6, 11])('%i replicas without faults › ten blocks are final on each', (n) => {
    const network = createStepNetwork({ committee: createCommittee({ validators: n }) })
    network.start()
    const done = (): boolean => network.nodes.every((node) => node.disk.next >= 10n)
    expect(network.runUntil(done)).toBe(true)
    expect(findDisagreement(network.finalized)).toBeUndefined()
    expect(findDoubleVote(network.sent.map(({ message }) => message))).toBeUndefined()
  })

  test('one replica alone › it finalizes what its execution layer proposes', () => {
    const { replica } = new ReplicaHarness({
      validators: 1,
      execution: { propose: (_, number) => (number < 3n ? new Uint8Array([1]) : undefined) },
    })
    replica.start()
    expect(replica.disk.next).toBe(3n)
  })

  test('eleven replicas, two of them dead › ten blocks are final on the rest', () => {
    const network = createStepNetwork({ committee: createCommittee({ validators: 11 }) })
    network.crash(3)
    network.crash(7)
    network.start()
    const alive = network.nodes.filter((node) => !node.crashed)
    expect(network.runUntil(() => alive.every((node) => node.disk.next >= 10n))).toBe(true)
    expect(findDisagreement(network.finalized)).toBeUndefined()
  })

  test('eleven replicas, two of which never propose › ten blocks are final on each', () => {
    const network = createStepNetwork({
      committee: createCommittee({ validators: 11 }),
      replica: (node) =>
        node === 2 || node === 5 ? { execution: { propose: () => undefined } } : {},
    })
    network.start()
    const done = (): boolean => network.nodes.every((node) => node.disk.next >= 10n)
    expect(network.runUntil(done)).toBe(true)
  })

  test('unequal weights › the heavy part alone reaches the quorum › blocks are final without the light ones', () => {
    // W = 20, f = 3, quorum = 17.
    const committee = createCommittee({ validators: [9n, 8n, 1n, 1n, 1n] })
    const network = createStepNetwork({ committee })
    for (const light of [2, 3, 4]) network.crash(light)
    network.start()
    const [first, second] = network.nodes
    expect(network.runUntil(() => first!.disk.next >= 3n && second!.disk.next >= 3n)).toBe(true)
  })

  test('unequal weights › one heavy validator is missing › no number of light ones makes a quorum', () => {
    const committee = createCommittee({ validators: [9n, 8n, 1n, 1n, 1n] })
    const network = createStepNetwork({ committee })
    network.crash(1)
    network.start()
    expect(network.runUntil(() => network.finalized.length > 0, 20)).toBe(false)
    expect(network.nodes.every((node) => node.state.view === 0n)).toBe(true)
  })

  test('leader frequency above one › a leader keeps its turn for that many views', () => {
    const committee = createCommittee({
      validators: 6,
      leaderSelection: { frequency: 3n, mode: 'roundRobin' },
    })
    const network = createStepNetwork({ committee })
    network.start()
    const done = (): boolean => network.nodes.every((node) => node.disk.next >= 12n)
    expect(network.runUntil(done)).toBe(true)
    const proposers = network.sent.flatMap(({ node, message }) =>
      message.msg.type === 'leaderProposal' ? [node] : [],
    )
    // The first turn began with view 0, which has no proposal.
    expect(proposers.slice(0, 11)).toEqual([0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3])
  })

  test('weighted leaders › blocks are final', () => {
    const committee = createCommittee({
      validators: [5n, 1n, 1n, 1n, 1n, 1n],
      leaderSelection: { frequency: 1n, mode: 'weighted' },
    })
    const network = createStepNetwork({ committee })
    network.start()
    const done = (): boolean => network.nodes.every((node) => node.disk.next >= 10n)
    expect(network.runUntil(done)).toBe(true)
  })

  test('first block above zero › the chain begins there', () => {
    const committee = createCommittee({ validators: 6, firstBlock: 42n })
    const network = createStepNetwork({ committee })
    network.start()
    expect(network.runUntil(() => network.nodes.every((node) => node.disk.next >= 44n))).toBe(true)
    expect(network.nodes[0]!.disk.blocks[0]!.number).toBe(42n)
  })
})
