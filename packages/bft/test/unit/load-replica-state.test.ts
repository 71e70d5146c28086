import { afterEach, describe, expect, test } from 'vitest'
import { defaultReplicaState } from '@zkstack/roles'
import type { ReplicaState } from '@zkstack/roles'
import {
  countingScheme,
  createCommittee,
  FakeStore,
  RunnerRig,
  shiftSignature,
} from '@zkstack/bft/testing'
import { standInScheme } from '@zkstack/crypto/testing'

const committee = createCommittee({ validators: 6, epoch: 2n })
const { genesis } = committee.scope
const validator = committee.key(0)
let rig: RunnerRig

async function startWith(state: ReplicaState, epoch = 2n): Promise<unknown> {
  const store = new FakeStore()
  store.put({ genesis, validator, epoch }, state)
  rig = new RunnerRig({ committee, store })
  await rig.start()
  return rig.runner.snapshot().status === 'running' ? undefined : rig.ended
}

/** In view 5 after a CommitQC of view 4, without having voted. */
function goodState(): ReplicaState {
  const qc = committee.commitQc(committee.commit(4n, committee.header(0n, 'a')))
  return { ...defaultReplicaState(2n), view: 5n, highCommitQc: qc }
}

afterEach(async () => {
  await rig.stop()
})

describe('persisted state', () => {
  test('rule 23 › good state › the replica goes on where it was', async () => {
    expect(await startWith(goodState())).toBeUndefined()
    expect(rig.runner.snapshot()).toMatchObject({ view: 5n, phase: 'prepare' })
    expect(rig.sentOf('replicaNewView')).toHaveLength(1)
    expect(rig.sentOf('replicaTimeout')).toEqual([])
  })

  test('rule 23 › state of a later epoch is on disk › EPOCH_SUPERSEDED, and nothing is signed', async () => {
    const error = await startWith({ ...defaultReplicaState(3n) }, 3n)
    expect(error).toMatchObject({ name: 'ReplicaError', code: 'EPOCH_SUPERSEDED' })
    expect(rig.sent).toEqual([])
  })

  test('rule 23 › state of an earlier epoch is on disk › this epoch begins in view 0', async () => {
    expect(await startWith({ ...defaultReplicaState(1n) }, 1n)).toBeUndefined()
    expect(rig.runner.snapshot()).toMatchObject({ epoch: 2n, view: 0n })
  })

  test('rule 23 › the state was written and is gone › the replica does not start afresh', async () => {
    const store = new FakeStore()
    const key = { genesis, validator, epoch: 2n }
    store.put(key, goodState())
    store.lose(key)
    rig = new RunnerRig({ committee, store })
    await rig.start()
    expect(await rig.ended).toMatchObject({ code: 'REPLICA_STATE_INVALID' })
    expect(rig.sent).toEqual([])
  })

  const commit = committee.commit(4n, committee.header(0n, 'a'))
  const commitQc = committee.commitQc(commit)
  const timeoutQc = committee.timeoutQc(4n)
  const bad: readonly (readonly [string, Partial<ReplicaState>])[] = [
    [
      'its CommitQC does not verify',
      { highCommitQc: { ...commitQc, signature: shiftSignature(commitQc.signature, 1n) } },
    ],
    ['its CommitQC lacks a quorum', { highCommitQc: committee.commitQc(commit, [1, 2]) }],
    [
      'its TimeoutQC does not verify',
      { highTimeoutQc: { ...timeoutQc, signature: shiftSignature(timeoutQc.signature, 1n) } },
    ],
    ['it says another epoch than its key', { epoch: 1n }],
    ['no QC justifies its view', { highCommitQc: undefined }],
    ['its QC is too old for its view', { view: 9n }],
    ['it is in phase commit without a vote', { phase: 'commit' }],
    ['its vote is of a later view', { highVote: committee.commit(6n, commit.proposal) }],
    [
      'its vote is of another chain',
      { highVote: { ...commit, view: { ...commit.view, epoch: 1n } } },
    ],
  ]
  test.each(bad)('rule 23 › %s › REPLICA_STATE_INVALID, and nothing is signed', async (_, part) => {
    const error = await startWith({ ...goodState(), ...part })
    expect(error).toMatchObject({ name: 'ReplicaError', code: 'REPLICA_STATE_INVALID' })
    expect(rig.sent).toEqual([])
  })

  test('rule 23 › loaded QCs › each is verified once, and known from then on', async () => {
    const counting = countingScheme(standInScheme)
    const counted = createCommittee({ validators: 6, epoch: 2n, scheme: counting.scheme })
    const store = new FakeStore()
    store.put({ genesis, validator, epoch: 2n }, goodState())
    rig = new RunnerRig({ committee: counted, store })
    await rig.start()
    expect(counting.checks).toBe(1)
    // The same QC, embedded in a quorum's timeouts: only their aggregate is checked.
    const highQc = goodState().highCommitQc
    for (const index of [1, 2, 3, 4, 5]) {
      await rig.deliver(counted.signTimeout(index, counted.timeout(5n, { highQc })))
    }
    expect(rig.runner.snapshot().view).toBe(6n)
    expect(counting.checks).toBe(2)
  })

  test('rule 23 › the store cannot be read › run rejects with its error', async () => {
    const store = new FakeStore()
    store.load = async () => {
      throw new Error('unreadable')
    }
    rig = new RunnerRig({ committee, store })
    await rig.start()
    expect(await rig.ended).toMatchObject({ message: 'unreadable' })
  })
})
