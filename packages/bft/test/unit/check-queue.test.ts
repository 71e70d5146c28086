import { expect, test } from 'vitest'
import { byTimeout, createCommittee } from '@zkstack/bft/testing'
import { CheckQueue } from '../../src/runner/check-queue.js'

const committee = createCommittee({ validators: 6 })

test('check queue › checks of all kinds wait › groups of votes come before proposals, new views, single votes and evidence', () => {
  const qc = byTimeout(committee.timeoutQc(1n))
  const newView = committee.signNewView(1, qc)
  const proposal = committee.signProposal(1, qc, undefined)
  const vote = committee.signTimeout(1, committee.timeout(1n))
  const message = { type: 'message', checkSignature: true, justification: undefined } as const
  const queue = new CheckQueue()
  queue.push({ id: 1, check: { type: 'conflict', first: vote, second: vote } })
  queue.push({ id: 2, check: { ...message, message: newView } })
  queue.push({ id: 3, check: { ...message, message: proposal } })
  queue.push({ id: 4, check: { ...message, message: vote } })
  queue.push({ id: 5, check: { type: 'votes', votes: [], embedded: [] } })
  queue.push({ id: 6, check: { type: 'votes', votes: [], embedded: [] } })
  expect(queue.size).toBe(6)
  const ids = Array.from({ length: 7 }, () => queue.shift()?.id)
  expect(ids).toEqual([5, 6, 3, 2, 4, 1, undefined])
})
