import { MemoryMetrics } from '@zkstack/concurrency'
import { bytesEqual } from '@zkstack/crypto'
import { protocols } from '@zkstack/network'
import { decodeSigned, encodeSigned, hashMsg, hashPayload, viewOf } from '@zkstack/roles'
import type { ConsensusMsg, Evidence } from '@zkstack/roles'
import { describe, expect, it } from 'vitest'
import { encodeEvidence, verifyEvidence } from '../../src/index.js'
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
