import { MemoryMetrics } from '@zkstack/concurrency'
import { bytesEqual } from '@zkstack/crypto'
import { protocols } from '@zkstack/network'
import { decodeSigned, encodeSigned, hashMsg, hashPayload, viewOf } from '@zkstack/roles'
import type { ConsensusMsg, Evidence } from '@zkstack/roles'
import { TestCommittee } from '@zkstack/roles/testing'
import { describe, expect, it } from 'vitest'
import { encodeEvidence, verifyEvidence, type NodeEvents } from '../../src/index.js'
import { createTestNetwork, type TestNetwork, type TestNode } from '../../testing/index.js'

/** From now on a validator votes for a block of its own too, before it votes for the leader's. */
function makeDoubleVoter(network: TestNetwork, bad: TestNode): void {
  const { scheme } = network.genesis
  network.wire.onFrame = ({ from, protocol, frame }) => {
    if (protocol !== protocols.consensus || !bytesEqual(from, bad.key)) return 'deliver'
    const signed = decodeSigned(frame, scheme)
    const { validatorKey } = bad
    if (signed.msg.type !== 'replicaNewView' || validatorKey === undefined) return 'deliver'
    const proposal = { number: 77n, payload: hashPayload(new Uint8Array([7])) }
    const msg: ConsensusMsg = {
      type: 'replicaCommit',
      value: { view: viewOf(signed.msg), proposal },
    }
    return encodeSigned({ ...signed, msg, sig: validatorKey.sign(hashMsg(msg)) })
  }
}

/** From now on a validator tells another one of another block 1, which a quorum has signed in a later view. */
function tellOfAFork(network: TestNetwork, bad: TestNode, victim: TestNode): void {
  const keys = network.nodes.flatMap(({ validatorKey }) => validatorKey ?? [])
  const committee = new TestCommittee(network.genesis, keys, 0n)
  const qc = committee.commitQc(committee.commit(1_000n, 1n, new Uint8Array([7])))
  network.wire.onFrame = ({ from, to, protocol, frame }) => {
    const isMeant = bytesEqual(from, bad.key) && bytesEqual(to, victim.key)
    if (protocol !== protocols.consensus || !isMeant) return 'deliver'
    const signed = decodeSigned(frame, network.genesis.scheme)
    const { validatorKey } = bad
    if (signed.msg.type !== 'replicaNewView' || validatorKey === undefined) return 'deliver'
    const msg: ConsensusMsg = {
      type: 'replicaNewView',
      value: { justification: { type: 'commit', qc } },
    }
    return encodeSigned({ ...signed, msg, sig: validatorKey.sign(hashMsg(msg)) })
  }
}

describe('evidence', () => {
  it('a validator votes twice › an event with bytes that anybody can check, a metric, and the chain goes on', async () => {
    const metrics = new MemoryMetrics()
    await using network = await createTestNetwork(6, { start: false, viewTimeoutMs: 500 })
    await network.at(0).start({ metrics })
    await network.startAll()
    const bad = network.at(5)
    const seen = new Promise<Evidence>((resolve) => {
      network.at(0).node.on('evidence', resolve)
    })
    makeDoubleVoter(network, bad)
    const evidence = await seen
    expect(evidence.conflict).toBe('TWO_COMMITS')
    expect(evidence.key).toEqual(bad.validatorKey?.publicKey)
    const bytes = encodeEvidence(evidence)
    expect(verifyEvidence(bytes, network.genesis)).toMatchObject({
      ok: true,
      value: { conflict: 'TWO_COMMITS', key: evidence.key, epoch: 0n },
    })
    const count = metrics.value('zkstack_consensus_evidence', { conflict: 'TWO_COMMITS' })
    expect(count).toBeGreaterThan(0)
    await network.waitForHeight((network.at(0).node.status.committed ?? 0n) + 3n)
  })

  it('an honest network with time-outs and restarts › no evidence, and no invariant is broken', async () => {
    await using network = await createTestNetwork(6, { viewTimeoutMs: 300 })
    const found: unknown[] = []
    const listen = ({ node }: TestNode): void => {
      node.on('evidence', (e) => found.push(e))
      node.on('invariant', (e) => found.push(e))
    }
    for (const node of network.nodes) listen(node)
    for (let i = 0; i < 4; i += 1) {
      await network.waitForHeight((network.at(0).node.status.committed ?? 0n) + 2n)
      const node = network.at(1 + i)
      await node.kill()
      await node.restart()
      listen(node)
    }
    await network.waitForHeight((network.at(0).node.status.committed ?? 0n) + 3n)
    expect(found).toEqual([])
  })
})

describe('a broken invariant', () => {
  it('a quorum has signed another block of a height once more › an event with both certificates, a metric, and the validator stops', async () => {
    const metrics = new MemoryMetrics()
    await using network = await createTestNetwork(6, { start: false })
    await network.at(0).start({ metrics })
    await network.startAll()
    await network.waitForHeight(3n)
    const { node } = network.at(0)
    const seen = new Promise<NodeEvents['invariant']>((resolve) => {
      node.on('invariant', resolve)
    })
    const closed = node.closed.catch((e: unknown) => e)
    tellOfAFork(network, network.at(5), network.at(0))
    const { code, message, data } = await seen
    expect([code, message]).toEqual([
      'CHAIN',
      expect.stringMatching(/^block \d+ is final before block 1, in views/),
    ])
    expect('qcs' in data && data.qcs).toHaveLength(2)
    expect(await closed).toMatchObject({ code: 'INVARIANT_BROKEN' })
    expect(node.status.phase).toBe('failed')
    expect(metrics.value('zkstack_consensus_invariants_broken', { code })).toBe(1)
    await network.waitForHeight(6n, { nodes: network.nodes.slice(1) })
  })
})
