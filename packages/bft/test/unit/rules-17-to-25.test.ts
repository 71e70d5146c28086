import { describe, expect, test } from 'vitest'
import { blsMinSig, ed25519Scheme, keccak256 } from '@zkstack/crypto'
import { maxMessageBytes, qcKey, Schedule, verifyCommitQC } from '@zkstack/roles'
import type { CommitQC } from '@zkstack/roles'
import { initialState } from '@zkstack/bft'
import type { Check, CheckResult, Effect } from '@zkstack/bft'
import {
  broadcastsOf,
  byCommit,
  bytesOf,
  byTimeout,
  countingScheme,
  createCommittee,
  createStepNetwork,
  rejectionsOf,
  ReplicaHarness,
  shiftSignature,
} from '@zkstack/bft/testing'
import { standInScheme } from '@zkstack/crypto/testing'
import { VerifiedQcCache } from '../../src/runner/verified-qc-cache.js'
import { runCheck } from '../../src/runner/verifier.js'
import type { VerifierContext } from '../../src/runner/verifier.js'

function finish(check: Check, context: VerifierContext): CheckResult {
  const work = runCheck(check, context)
  for (;;) {
    const { done, value } = work.next()
    if (done === true) return value
  }
}

function typesOf(effects: readonly Effect[]): readonly string[] {
  return effects.map((effect) => effect.type)
}

describe('rule 17: cache of verified QCs', () => {
  test('rule 17 › a QC differs in bitmap or signature from a cached one › it is checked in full', () => {
    const counting = countingScheme(standInScheme)
    const committee = createCommittee({ validators: 6, scheme: counting.scheme })
    const verified = new VerifiedQcCache(10)
    const vote = committee.commit(1n, committee.header(0n, 'a'))
    const good = committee.commitQc(vote)
    const { scope } = committee
    expect(verifyCommitQC(good, scope, { verified }).ok).toBe(true)
    expect(counting.checks).toBe(1)
    expect(verifyCommitQC(good, scope, { verified }).ok).toBe(true)
    expect(counting.checks).toBe(1)
    expect(
      verifyCommitQC({ ...good, signature: shiftSignature(good.signature, 1n) }, scope, {
        verified,
      }).ok,
    ).toBe(false)
    expect(verifyCommitQC(committee.commitQc(vote, [0, 1, 2, 3, 4]), scope, { verified }).ok).toBe(
      true,
    )
    expect(counting.checks).toBe(3)
  })

  test('rule 17 › a QC failed › it is not stored, and is checked again', () => {
    const counting = countingScheme(standInScheme)
    const committee = createCommittee({ validators: 6, scheme: counting.scheme })
    const verified = new VerifiedQcCache(10)
    const good = committee.commitQc(committee.commit(1n, committee.header(0n, 'a')))
    const bad = { ...good, signature: shiftSignature(good.signature, 1n) }
    for (const _ of [1, 2]) {
      expect(verifyCommitQC(bad, committee.scope, { verified }).ok).toBe(false)
    }
    expect(counting.checks).toBe(2)
    expect(verified.size).toBe(0)
  })

  test('rule 17 › more entries than capacity › the least recently used goes, a pinned one never', () => {
    const cache = new VerifiedQcCache(2)
    cache.add('own')
    cache.pin(['own'])
    cache.add('a')
    cache.add('b')
    expect(cache.has('own')).toBe(true)
    expect(cache.has('a')).toBe(false)
    cache.pin([])
    cache.add('c')
    cache.add('d')
    expect(cache.has('own')).toBe(false)
    expect(cache.size).toBe(2)
  })

  test('rule 17 › a key is pinned that was never verified › that does not enter it', () => {
    const cache = new VerifiedQcCache(2)
    cache.pin(['never verified'])
    expect(cache.has('never verified')).toBe(false)
  })
})

describe('rule 18: equal CommitQC', () => {
  /** The replica in view 2, by its own QC over the block of view 1. */
  function afterBlock(): { readonly harness: ReplicaHarness; readonly other: CommitQC } {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    harness.commitBlock()
    // The same statement, with other signers and another signature than ours.
    const other = harness.committee.commitQc(harness.vote(), [1, 2, 3, 4, 5])
    return { harness, other }
  }

  test('rule 18 › a proposal is justified by other bytes of the QC we know › only its signature is checked', () => {
    const { harness, other } = afterBlock()
    const { committee, replica } = harness
    const own = replica.state.highCommitQc
    expect(other).not.toEqual(own)
    const effects = replica.receive(committee.signProposal(2, byCommit(other), bytesOf('b')))
    expect(effects[0]).toMatchObject({
      type: 'verify',
      check: { checkSignature: true, justification: undefined },
    })
    expect(harness.phase).toBe('commit')
    // What we keep and pass on is ours.
    expect(replica.state.highCommitQc).toBe(own)
    expect(replica.disk.load()?.highCommitQc).toEqual(own)
  })

  test('rule 18 › a proposal is justified by forged bytes of the QC we know › they never travel on', () => {
    const { harness, other } = afterBlock()
    const { committee, replica } = harness
    const forged = { ...other, signature: shiftSignature(other.signature, 7n) }
    replica.receive(committee.signProposal(2, byCommit(forged), bytesOf('b')))
    expect(harness.phase).toBe('commit')
    const state = JSON.stringify(replica.state.highCommitQc, jsonable)
    expect(state).not.toContain(JSON.stringify(forged.signature, jsonable))
    const sent = JSON.stringify(replica.takeSent(), jsonable)
    expect(sent).not.toContain(JSON.stringify(forged.signature, jsonable))
  })

  test('rule 18 › another statement for the same view › no substitution: it is checked', () => {
    const { harness } = afterBlock()
    const { committee, replica } = harness
    const qc = committee.commitQc(committee.commit(1n, committee.header(0n, 'another block')))
    const effects = replica.receive(committee.signProposal(2, byCommit(qc), bytesOf('b')))
    expect(effects[0]).toMatchObject({ check: { justification: byCommit(qc) } })
  })

  test('rule 18 › the known statement forged inside a timeout › no substitution: it fails', () => {
    const { harness, other } = afterBlock()
    const { committee, replica } = harness
    const highQc = { ...other, signature: shiftSignature(other.signature, 7n) }
    replica.expire()
    const forged = committee.timeout(2n, { highVote: harness.vote(), highQc })
    replica.receive(committee.signTimeout(1, forged))
    expect(harness.timeoutBy([2, 3, 4])).toContainEqual({
      type: 'blamed',
      validator: 1,
      rule: 'INVALID_EMBEDDED_QC',
    })
  })
})

function jsonable(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  return value instanceof Uint8Array ? [...value] : value
}

describe('rule 19: batching', () => {
  test('rule 19 › two forged QCs whose sum verifies › each is checked alone and both fail', () => {
    const committee = createCommittee({ validators: 6 })
    const qcs = ['a', 'b'].map((text) =>
      committee.commitQc(committee.commit(0n, committee.header(0n, text))),
    )
    const [first, second] = qcs
    const forged = [
      { ...first!, signature: shiftSignature(first!.signature, 9n) },
      { ...second!, signature: shiftSignature(second!.signature, -9n) },
    ]
    const result = finish(
      { type: 'votes', votes: [], embedded: forged.map((qc, i) => ({ qc, authors: [i] })) },
      { scope: committee.scope, verified: new VerifiedQcCache(10) },
    )
    expect(result).toEqual({ type: 'votes', passed: [], failed: [], failedQc: [0, 1] })
  })

  test('rule 19 › a TimeoutQC with k distinct embedded QCs › k + 1 checks, and none when seen again', () => {
    const counting = countingScheme(standInScheme)
    const committee = createCommittee({ validators: 6, scheme: counting.scheme })
    const vote = committee.commit(0n, committee.header(0n, 'a'))
    const votes = [1, 2, 3, 4, 5].map((index) => {
      const signers = committee.everybody().filter((other) => other !== index)
      const timeout = committee.timeout(1n, { highQc: committee.commitQc(vote, signers) })
      return [timeout, [index]] as const
    })
    const justification = byTimeout(committee.timeoutQc(1n, votes))
    const message = committee.signNewView(1, justification)
    const verified = new VerifiedQcCache(10)
    const check = { type: 'message', message, checkSignature: false, justification } as const
    const context = { scope: committee.scope, verified }
    expect(finish(check, context)).toEqual({ type: 'message', outcome: 'valid' })
    expect(counting.checks).toBe(6)
    finish(check, context)
    expect(counting.checks).toBe(6)
  })
})

describe('rule 20: NewView', () => {
  test('rule 20 › below our view, of our view by a stranger to it, or without news › dropped unchecked', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    harness.commitBlock()
    expect(harness.view).toBe(2n)
    const same = committee.commitQc(harness.vote(), [1, 2, 3, 4, 5])
    const drops = [
      committee.signNewView(3, byTimeout(committee.timeoutQc(0n))),
      committee.signNewView(3, byCommit(same)),
      committee.signNewView(2, byCommit(same)),
    ].map((message) => replica.receive(message))
    for (const effects of drops) expect(typesOf(effects)).toEqual(['rejected'])
  })

  test('rule 20 › our leader’s TimeoutQC of the view before, we came by a CommitQC › it is news', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    harness.commitBlock()
    const qc = committee.timeoutQc(1n)
    replica.receive(committee.signNewView(2, byTimeout(qc)))
    expect(replica.state.highTimeoutQc).toEqual(qc)
    expect(harness.view).toBe(2n)
  })

  test('rule 20 › our leader’s old TimeoutQC embeds a CommitQC we lack › it is news', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    replica.receive(committee.signNewView(3, byTimeout(committee.timeoutQc(1n))))
    const highQc = committee.commitQc(committee.commit(0n, committee.header(0n, 'a')))
    const qc = committee.timeoutQc(1n, [[committee.timeout(1n, { highQc }), committee.everybody()]])
    replica.receive(committee.signNewView(2, byTimeout(qc)))
    expect(replica.state.highCommitQc).toEqual(highQc)
  })

  test('rule 20 › first-hand › only the justification is checked; relayed › the signature too', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    harness.restart({ holdChecks: true })
    const { committee, replica } = harness
    const newView = committee.signNewView(3, byTimeout(committee.timeoutQc(5n)))
    expect(replica.receive(newView, 3)).toMatchObject([{ check: { checkSignature: false } }])
    expect(replica.receive(newView, 4)).toMatchObject([{ check: { checkSignature: true } }])
  })

  test('rule 20 › the view times out again and again › our NewView is sent each time', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    for (const _ of [1, 2, 3]) {
      expect(broadcastsOf(harness.replica.expire())).toContain('replicaNewView')
    }
  })
})

describe('rule 21: own messages', () => {
  test('rule 21 › the network brings a message that bears our key › OWN_KEY, whoever carries it', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const own = committee.signTimeout(0, committee.timeout(1n))
    const before = replica.state
    for (const carrier of [0, 3, 'nobody'] as const) {
      expect(rejectionsOf(replica.receive(own, carrier))).toEqual([{ code: 'OWN_KEY' }])
    }
    expect(replica.state).toBe(before)
  })

  test('rule 21 › our own vote › it needs no check of its own and is part of the aggregate', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const own = harness.replica.expire()
    expect(typesOf(own)).not.toContain('verify')
    const effects = harness.timeoutBy([1, 2, 3, 4])
    expect(effects[0]).toMatchObject({
      type: 'verify',
      check: { votes: [0, 1, 2, 3, 4].map((author) => ({ author })) },
    })
  })

  test('rule 21 › our own vote fails alone › the replica halts, and nothing follows', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee } = harness
    harness.restart({ holdChecks: true })
    const { replica } = harness
    replica.expire()
    harness.timeoutBy([1, 2, 3, 4])
    const effects = replica.input({
      type: 'verified',
      id: replica.heldChecks[0]!.id,
      result: {
        type: 'votes',
        passed: [{ signers: [1, 2, 3, 4], aggregate: new Uint8Array(8) }],
        failed: [0],
        failedQc: [],
      },
    })
    expect(effects).toEqual([{ type: 'halt', code: 'OWN_VOTE_INVALID' }])
    expect(replica.halted).toBe('OWN_VOTE_INVALID')
    expect(committee.size).toBe(6)
  })
})

describe('rule 22: durability', () => {
  test('rule 22 › whatever is broadcast or proposed › the state that decided it was persisted before', () => {
    const network = createStepNetwork({ committee: createCommittee({ validators: 6 }) })
    network.start()
    network.runUntil(() => network.nodes.every((node) => node.disk.next >= 3n))
    for (const { effects } of network.nodes) {
      const saved: bigint[] = []
      for (const effect of effects) {
        if (effect.type === 'persist') saved.push(effect.state.view)
        if (effect.type === 'propose') expect(saved.at(-1)).toBe(effect.view)
        if (effect.type === 'broadcast' && effect.message.type === 'replicaCommit') {
          expect(saved.at(-1)).toBe(effect.message.value.view.number)
        }
      }
    }
  })

  test('rule 22 › a block is final › it is saved before the state that enters the next view and drops its payload', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const effects = harness.commitBlock()
    const saved = effects.findIndex((effect) => effect.type === 'saveBlock' && effect.wait)
    const entered = effects.findIndex(
      (effect) => effect.type === 'persist' && effect.state.view === 2n,
    )
    expect(saved).toBeGreaterThan(-1)
    expect(saved).toBeLessThan(entered)
    expect(harness.replica.disk.load()?.proposals).toEqual([])
  })

  test('rule 22 › the block before a final one is missing › its payload stays in the persisted state', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    harness.propose()
    const qc = committee.commitQc(harness.vote(), [1, 2, 3, 4, 5])
    // As if block 0 had been final in view 1 already and ours were block 7.
    const far = committee.commit(3n, committee.header(6n, 'far'))
    replica.receive(committee.signProposal(4, byCommit(committee.commitQc(far)), bytesOf('seven')))
    const seven = committee.commit(4n, committee.header(7n, 'seven'))
    const effects = replica.receive(committee.signNewView(3, byCommit(committee.commitQc(seven))))
    expect(effects.find((effect) => effect.type === 'saveBlock')).toMatchObject({ wait: false })
    expect(replica.disk.load()?.proposals.map((proposal) => proposal.number)).toContain(7n)
    expect(qc.message.view.number).toBe(1n)
  })
})

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
