import { describe, expect, test } from 'vitest'
import { viewOf } from '@zkstack/roles'
import { createCommittee } from '@zkstack/bft/testing'
import { Inbox } from '../../src/runner/inbox.js'
import type { Delivery } from '../../src/runner/inbox.js'

const committee = createCommittee({ validators: 6 })
const nobody = (): void => undefined

/** Delivers a timeout of an author and view, and tells when it is done with. */
function put(
  inbox: Inbox,
  author: number,
  view: bigint,
  carrier: number | undefined,
): () => boolean {
  let done = false
  const message = committee.signTimeout(author, committee.timeout(view))
  inbox.deliver({
    message,
    carrier,
    done: () => {
      done = true
    },
  })
  return () => done
}

function take(inbox: Inbox): readonly [number | undefined, number, bigint] | undefined {
  const delivery: Delivery | undefined = inbox.shift()
  if (delivery === undefined) return undefined
  delivery.done()
  const author = committee.schedule.indexOf(delivery.message.key) ?? -1
  return [delivery.carrier, author, viewOf(delivery.message.msg).number]
}

describe('inbox', () => {
  test('rule 4 › a higher view of the same author and label › it replaces the one that waits, which is done with', async () => {
    const inbox = new Inbox(committee.schedule)
    const first = put(inbox, 1, 2n, 1)
    const second = put(inbox, 1, 4n, 1)
    const third = put(inbox, 1, 3n, 1)
    await Promise.resolve()
    expect([first(), second(), third()]).toEqual([true, false, true])
    expect(inbox.size).toBe(1)
    expect(take(inbox)).toEqual([1, 1, 4n])
    expect(take(inbox)).toBeUndefined()
  })

  test('rule 4 › an equal view › the older stays', () => {
    const inbox = new Inbox(committee.schedule)
    const highVote = committee.commit(1n, committee.header(0n, 'a'))
    inbox.deliver({
      message: committee.signTimeout(1, committee.timeout(2n)),
      carrier: 1,
      done: nobody,
    })
    inbox.deliver({
      message: committee.signTimeout(1, committee.timeout(2n, { highVote })),
      carrier: 1,
      done: nobody,
    })
    expect(inbox.shift()?.message.msg.value).toMatchObject({ highVote: undefined })
    expect(inbox.size).toBe(0)
  })

  test('rule 4 › messages of two signers › both are kept', () => {
    const inbox = new Inbox(committee.schedule)
    put(inbox, 1, 2n, 1)
    put(inbox, 2, 2n, 2)
    expect([take(inbox), take(inbox)]).toEqual([
      [1, 1, 2n],
      [2, 2, 2n],
    ])
  })

  test('rule 4 › one carrier relays for all authors › it holds one first-hand and one relayed message a label, no slot of theirs', () => {
    const inbox = new Inbox(committee.schedule)
    for (const author of committee.everybody()) put(inbox, author, 9n, 5)
    expect(inbox.size).toBe(2)
    // The authors' own connections are unaffected by it.
    put(inbox, 1, 1n, 1)
    put(inbox, 2, 1n, 2)
    expect(inbox.size).toBe(4)
  })

  test('rule 4 › carriers that nobody knows › they share the slots of one', () => {
    const inbox = new Inbox(committee.schedule)
    for (let view = 0n; view < 100n; view += 1n) put(inbox, Number(view % 6n), view, undefined)
    expect(inbox.size).toBe(1)
    expect(take(inbox)).toEqual([undefined, 3, 99n])
  })

  test('rule 4 › all four labels from every carrier, first-hand and relayed › at most eight a carrier', () => {
    const inbox = new Inbox(committee.schedule)
    const header = committee.header(0n, 'a')
    const qc = { type: 'timeout', qc: committee.timeoutQc(3n) } as const
    for (const carrier of committee.everybody()) {
      for (const author of committee.everybody()) {
        for (const message of [
          committee.signTimeout(author, committee.timeout(1n)),
          committee.signCommit(author, committee.commit(1n, header)),
          committee.signNewView(author, qc),
          committee.signProposal(author, qc, undefined),
        ]) {
          inbox.deliver({ message, carrier, done: nobody })
        }
      }
    }
    expect(inbox.size).toBe(6 * 8)
  })

  test('inbox › one carrier has many messages › carriers take turns', () => {
    const inbox = new Inbox(committee.schedule)
    const header = committee.header(0n, 'a')
    inbox.deliver({
      message: committee.signCommit(1, committee.commit(1n, header)),
      carrier: 1,
      done: nobody,
    })
    inbox.deliver({
      message: committee.signTimeout(1, committee.timeout(1n)),
      carrier: 1,
      done: nobody,
    })
    put(inbox, 4, 1n, 1)
    put(inbox, 2, 1n, 2)
    put(inbox, 3, 1n, 3)
    const carriers = [take(inbox), take(inbox), take(inbox), take(inbox), take(inbox)]
    expect(carriers.map((taken) => taken?.[0])).toEqual([1, 2, 3, 1, 1])
  })

  test('inbox › it is cleared › every delivery is done with', async () => {
    const inbox = new Inbox(committee.schedule)
    const waiting = [put(inbox, 1, 1n, 1), put(inbox, 2, 1n, 2)]
    inbox.clear()
    await Promise.resolve()
    expect(waiting.map((done) => done())).toEqual([true, true])
  })
})
