import { testCommittee } from '@zkstack/roles/testing'
import { decodeSigned, encodeSigned, labelOf, viewOf, type Signed } from '@zkstack/roles'
import { expect, test } from 'vitest'
import { Outbox, type Lane } from '../../src/consensus/outbox.js'
import { networkLimits } from '../../src/limits.js'

const committee = testCommittee(6)
const limits = networkLimits({ genesis: committee.genesis, maxPayloadBytes: 200_000 })
const commit = (view: bigint): Signed =>
  committee.sign(0, { type: 'replicaCommit', value: committee.commit(view, view) })
const timeout = (view: bigint): Signed =>
  committee.sign(0, { type: 'replicaTimeout', value: committee.timeout(view) })

function proposal(view: bigint, payloadBytes: number): Signed {
  const qc = committee.commitQc(committee.commit(view - 1n, view))
  const justification = { type: 'commit', qc } as const
  const value = { payload: new Uint8Array(payloadBytes), justification }
  return committee.sign(0, { type: 'leaderProposal', value })
}

/** What a peer gets that has got nothing yet, or what `sent` says. */
function drain(outbox: Outbox, lane: Lane, sent = new Map(), epochs = [0n, 1n]): string[] {
  const got: string[] = []
  const next = () => outbox.next(lane, sent, epochs)
  for (let slot = next(); slot; slot = next()) {
    sent.set(slot.label, slot.generation)
    const { msg } = decodeSigned(slot.frame, committee.scheme)
    got.push(`${labelOf(msg)} ${viewOf(msg).number}`)
  }
  return got
}

test('outbox › several views of a label › only the newest is sent', () => {
  const outbox = new Outbox(limits)
  for (const view of [1n, 2n, 3n]) outbox.offer(commit(view))
  expect(drain(outbox, 'votes')).toEqual(['ReplicaCommitV2 3'])
})

test('outbox › several labels › are sent in the order in which they were offered', () => {
  const outbox = new Outbox(limits)
  for (const message of [timeout(1n), commit(2n), timeout(2n)]) outbox.offer(message)
  expect(drain(outbox, 'votes')).toEqual(['ReplicaCommitV2 2', 'ReplicaTimeoutV2 2'])
})

test('outbox › an equal view › is sent again, an older one is not taken', () => {
  const outbox = new Outbox(limits)
  const sent = new Map()
  outbox.offer(commit(5n))
  expect(drain(outbox, 'votes', sent)).toHaveLength(1)
  expect(drain(outbox, 'votes', sent)).toHaveLength(0)
  expect(outbox.offer(commit(5n))).toBe('taken')
  expect(drain(outbox, 'votes', sent)).toHaveLength(1)
  expect(outbox.offer(commit(4n))).toBe('superseded')
  expect(drain(outbox, 'votes', sent)).toHaveLength(0)
})

test('outbox › a later epoch begins with a lower view › it wins', () => {
  const outbox = new Outbox(limits)
  const later = testCommittee(6, { epoch: 1n })
  outbox.offer(commit(100n))
  const message = later.sign(0, { type: 'replicaCommit', value: later.commit(0n, 101n) })
  expect(outbox.offer(message)).toBe('taken')
  expect(drain(outbox, 'votes')).toEqual(['ReplicaCommitV2 0'])
  expect(outbox.offer(commit(101n))).toBe('superseded')
})

test('outbox › a peer that is of one epoch only › gets nothing of the other', () => {
  const outbox = new Outbox(limits)
  const later = testCommittee(6, { epoch: 1n })
  outbox.offer(commit(100n))
  outbox.offer(later.sign(0, { type: 'replicaTimeout', value: later.timeout(0n) }))
  expect(drain(outbox, 'votes', new Map(), [0n])).toEqual(['ReplicaCommitV2 100'])
  expect(drain(outbox, 'votes', new Map(), [1n])).toEqual(['ReplicaTimeoutV2 0'])
  expect(drain(outbox, 'votes', new Map(), [])).toEqual([])
})

test('outbox › a proposal › has a lane of its own', () => {
  const outbox = new Outbox(limits)
  const qc = committee.commitQc(committee.commit(1n, 1n))
  const payload = Uint8Array.of(1)
  outbox.offer(
    committee.sign(0, {
      type: 'leaderProposal',
      value: { payload, justification: { type: 'commit', qc } },
    }),
  )
  expect(drain(outbox, 'votes')).toEqual([])
  expect(drain(outbox, 'proposals')).toEqual(['LeaderProposalV2 2'])
})

test('outbox › many peers › send the very same bytes', () => {
  const outbox = new Outbox(limits)
  outbox.offer(commit(1n))
  const [a, b] = [outbox.next('votes', new Map(), [0n]), outbox.next('votes', new Map(), [0n])]
  expect(a?.frame).toBe(b?.frame)
  expect(new Uint8Array(a?.frame ?? [])).toEqual(new Uint8Array(encodeSigned(commit(1n))))
})

test('outbox › a message above the limit › is not taken', () => {
  const frames = { ...limits.frames, consensus: 10 }
  expect(new Outbox({ ...limits, frames }).offer(commit(1n))).toBe('tooLarge')
  expect(new Outbox(limits).offer(proposal(1n, 200_001))).toBe('tooLarge')
})

test('outbox › a large proposal › waits in a place of its own, and a newer one of any size supersedes it', () => {
  const outbox = new Outbox(limits)
  expect(outbox.offer(proposal(1n, 200_000))).toBe('taken')
  expect(drain(outbox, 'proposals')).toEqual([])
  const large = outbox.nextLarge(0, [0n])
  if (!large) throw new TypeError('no large proposal')
  expect(outbox.nextLarge(large.generation, [0n])).toBeUndefined()
  expect(outbox.nextLarge(0, [1n])).toBeUndefined()
  expect(outbox.isSuperseded(large)).toBe(false)
  outbox.offer(proposal(2n, 10))
  expect(outbox.isSuperseded(large)).toBe(true)
  expect(outbox.nextLarge(0, [0n])).toBeUndefined()
  expect(drain(outbox, 'proposals')).toEqual(['LeaderProposalV2 2'])
})
