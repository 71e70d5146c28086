import { describe, expect, test } from 'vitest'
import { blsMinSig, ed25519Scheme, keccak256 } from '@zkstack/crypto'
import { maxMessageBytes, qcKey, Schedule, verifyCommitQC } from '@zkstack/roles'
import { initialState } from '@zkstack/bft'
import type { Effect } from '@zkstack/bft'
import {
  broadcastsOf,
  byCommit,
  bytesOf,
  countingScheme,
  createCommittee,
  createStepNetwork,
  rejectionsOf,
  ReplicaHarness,
} from '@zkstack/bft/testing'
import { standInScheme } from '@zkstack/crypto/testing'

function typesOf(effects: readonly Effect[]): readonly string[] {
  return effects.map((effect) => effect.type)
}

describe('rule 23: restart', () => {
  test.each(['prepare', 'commit', 'timeout'] as const)(
    'rule 23 › a crash in phase %s › the same messages are sent again and nothing contradicts them',
    (phase) => {
      const harness = ReplicaHarness.inView1({ validators: 6 })
      harness.replica.takeSent()
      if (phase === 'commit') harness.propose()
      if (phase === 'timeout') harness.replica.expire()
      const before = harness.replica.takeSent()
      const effects = harness.restart()
      expect(harness.view).toBe(1n)
      expect(harness.phase).toBe(phase)
      const again = harness.replica.takeSent()
      for (const message of before) expect(again).toContainEqual(message)
      expect(typesOf(effects)).not.toContain('propose')
      // Another proposal of that view gets no second vote.
      const { highVote } = harness.replica.state
      const other = harness.propose(bytesOf('another'))
      if (phase === 'prepare') expect(harness.phase).toBe('commit')
      else {
        expect(rejectionsOf(other)).toMatchObject([{ code: 'OLD' }])
        expect(harness.replica.state.highVote).toEqual(highVote)
      }
    },
  )

  test('rule 23 › a leader crashes before its proposal › it proposes nothing in that view after the restart', () => {
    const harness = new ReplicaHarness({
      validators: 6,
      index: 1,
      execution: { propose: () => 'later' },
    })
    harness.replica.start()
    harness.timeoutView()
    const effects = harness.restart({ execution: {} })
    expect(broadcastsOf(effects)).not.toContain('leaderProposal')
    expect(harness.view).toBe(1n)
  })

  test('rule 23 › the last vote is of an earlier view › it is not sent again', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    harness.propose()
    harness.timeoutView()
    expect(harness.vote().view.number).toBe(1n)
    expect(broadcastsOf(harness.restart())).toEqual(['replicaNewView'])
  })

  test('rule 23 › a crash between saving a vote and sending it › the vote is sent after the restart', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    harness.restart({ crashBefore: (effect) => isVote(effect) })
    harness.propose()
    expect(harness.replica.crashed).toBe(true)
    const effects = harness.restart()
    expect(broadcastsOf(effects)).toContain('replicaCommit')
    expect(harness.phase).toBe('commit')
  })

  test('rule 23 › a crash before a vote is saved › it was never sent, and another may be cast', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    harness.restart({
      crashBefore: (effect) => effect.type === 'persist' && effect.state.phase === 'commit',
    })
    harness.propose()
    expect(harness.replica.takeSent().some((signed) => signed.msg.type === 'replicaCommit')).toBe(
      false,
    )
    harness.restart()
    harness.propose(bytesOf('another'))
    expect(harness.vote().proposal).toEqual(harness.committee.header(0n, 'another'))
  })

  test('rule 23 › a crash between saving a final block and entering the next view › the block is there, and the view is entered later', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    harness.restart({
      crashBefore: (effect) => effect.type === 'persist' && effect.state.view === 2n,
    })
    harness.commitBlock()
    expect(harness.replica.crashed).toBe(true)
    harness.restart()
    expect(harness.view).toBe(1n)
    expect(harness.replica.disk.next).toBe(1n)
    harness.commitBy([1, 2, 3, 4])
    expect(harness.view).toBe(2n)
    expect(harness.replica.disk.next).toBe(1n)
  })

  test('rule 23 › a crash when a final block waits for the one before › after the restart it is handed over again', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee } = harness
    const far = committee.commitQc(committee.commit(3n, committee.header(6n, 'far')))
    harness.replica.receive(committee.signProposal(4, byCommit(far), bytesOf('seven')))
    const seven = committee.commitQc(committee.commit(4n, committee.header(7n, 'seven')))
    harness.replica.receive(committee.signNewView(3, byCommit(seven)))
    const effects = harness.restart()
    expect(effects.find((effect) => effect.type === 'saveBlock')).toMatchObject({
      wait: false,
      block: { number: 7n },
    })
  })

  test('rule 23 › the first start of an epoch › view 0, and a timeout that justifies view 1', () => {
    const committee = createCommittee({ validators: 6, epoch: 3n })
    const harness = new ReplicaHarness({ validators: 6, committee })
    const effects = harness.replica.start()
    expect(broadcastsOf(effects)).toEqual(['replicaTimeout'])
    expect(harness.replica.disk.load()?.epoch).toBe(3n)
  })

  test('rule 23 › a timeout is sent again › it may carry a newer high QC but has the same high vote', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    replica.expire()
    const highQc = committee.commitQc(committee.commit(0n, committee.header(0n, 'a')))
    replica.receive(committee.signNewView(1, byCommit(highQc)))
    replica.takeSent()
    replica.expire()
    const timeout = replica.takeSent().find((signed) => signed.msg.type === 'replicaTimeout')
    expect(timeout?.msg.value).toMatchObject({ highQc, highVote: undefined })
  })
})

function isVote(effect: Effect): boolean {
  return effect.type === 'broadcast' && effect.message.type === 'replicaCommit'
}

describe('rule 24: BLS', () => {
  const scheme = blsMinSig.current

  test('rule 24 › keys of one message sum to infinity › no aggregate of theirs verifies', () => {
    const committee = createCommittee({ validators: 2, scheme })
    const secret = committee.secrets[0]!
    const order = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001n
    const hex = (order - BigInt(`0x${Buffer.from(secret).toString('hex')}`)).toString(16)
    const opposite = Uint8Array.from(Buffer.from(hex.padStart(64, '0'), 'hex'))
    const keys = [secret, opposite].map((s) => scheme.importPublicKey(scheme.publicKey(s))!)
    expect(scheme.keysSumToInfinity(keys)).toBe(true)
    const message = keccak256(bytesOf('message'))
    const parts = [secret, opposite].map((s, index) => ({
      index,
      signature: scheme.sign(s, message),
    }))
    const claims = keys.map((key, index) => ({ index, key, message }))
    const aggregate = scheme.aggregate(parts)
    expect(aggregate === undefined || scheme.verifyAggregate(claims, aggregate)).not.toBe(true)
  })

  test('rule 24 › a schedule names a key twice, or one that is no key › there is no such schedule', () => {
    const committee = createCommittee({ validators: 2, scheme })
    const leaderSelection = { frequency: 1n, mode: 'roundRobin' } as const
    const of = (keys: readonly Uint8Array[]): boolean =>
      Schedule.create({
        validators: keys.map((key) => ({ key, weight: 1n, leader: true })),
        leaderSelection,
        scheme,
      }).ok
    const infinity = Uint8Array.from(committee.key(0), (_, i) => (i === 0 ? 0xc0 : 0))
    expect(of([committee.key(0), committee.key(1)])).toBe(true)
    expect(of([committee.key(0), committee.key(0)])).toBe(false)
    expect(of([committee.key(0), infinity])).toBe(false)
  })

  test('rule 24 › a replica on BLS › a block is final after two checks', () => {
    const counting = countingScheme(scheme)
    const harness = ReplicaHarness.inView1({ validators: 6, scheme: counting.scheme })
    counting.reset()
    harness.commitBlock()
    expect(harness.replica.disk.next).toBe(1n)
    expect(counting.checks).toBe(2)
  })
})

describe('rule 25: schemes', () => {
  test('rule 25 › a committee on Ed25519 › blocks are final, each QC with one signature a signer', () => {
    const committee = createCommittee({ validators: 6, scheme: ed25519Scheme.current })
    const network = createStepNetwork({ committee })
    network.start()
    expect(network.runUntil(() => network.nodes.every((node) => node.disk.next >= 2n))).toBe(true)
    const { justification } = network.nodes[0]!.disk.blocks[0]!
    expect(justification.signature.length).toBe(64 * justification.signers.count)
  })

  test('rule 25 › an Ed25519 QC is one signature short › it is refused without a check', () => {
    const counting = countingScheme(ed25519Scheme.current)
    const committee = createCommittee({ validators: 6, scheme: counting.scheme })
    const qc = committee.commitQc(committee.commit(1n, committee.header(0n, 'a')))
    const short = { ...qc, signature: qc.signature.slice(0, -64) }
    expect(verifyCommitQC(short, committee.scope).ok).toBe(false)
    expect(counting.checks).toBe(0)
  })

  test('rule 25 › the message limit › it grows with n and the scheme, and a TimeoutQC of distinct QCs fits', () => {
    const limit = (validators: number, scheme = ed25519Scheme.current): number =>
      maxMessageBytes({ validators, scheme, maxPayloadBytes: 1000 })
    expect(limit(100)).toBeGreaterThan(limit(6))
    expect(limit(100)).toBeGreaterThan(limit(100, blsMinSig.current))
    expect(limit(100)).toBeGreaterThan(500_000)
  })

  test('rule 25 › one QC under two schemes › two keys in the cache', () => {
    const committee = createCommittee({ validators: 6 })
    const qc = committee.commitQc(committee.commit(1n, committee.header(0n, 'a')))
    const counting = countingScheme({ ...countingScheme(standInScheme).scheme, id: 200 })
    const other = createCommittee({ validators: 6, scheme: counting.scheme })
    expect(other.key(0)).toEqual(committee.key(0))
    expect(qcKey(qc, committee.scope)).not.toBe(
      qcKey(qc, { ...committee.scope, schedule: other.schedule }),
    )
  })
})

test('rule 23 › persisted QCs are of use at once › initialState takes them over', () => {
  const harness = ReplicaHarness.inView1({ validators: 6 })
  harness.commitBlock()
  const { config } = harness.replica.state
  const persisted = harness.replica.disk.load()
  const state = initialState({ config, persisted, firstBlock: 0n, nextBlock: 1n })
  expect(state.highCommitQc).toEqual(harness.replica.state.highCommitQc)
})
