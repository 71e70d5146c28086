import { Ctx, isCanceled, ManualClock, seededRandom } from '@zkstack/concurrency'
import { settle } from '@zkstack/concurrency/testing'
import { toHex } from '@zkstack/crypto'
import { expect, test } from 'vitest'
import type { Fleet } from '../../demo/fleet.js'
import type { Request } from '../../demo/messages.js'
import { Transfers } from '../../demo/transfers.js'
import { decodeTransaction, transactionId } from '../../src/index.js'
import { alice, bob, chainId } from '../fixtures.js'

interface FakeHandle {
  readonly name: string
  readonly received: Uint8Array[]
  send(request: Request): void
}

function fakeHandle(name: string): FakeHandle {
  const received: Uint8Array[] = []
  return {
    name,
    received,
    send(request) {
      if (request.type === 'submit') received.push(request.transaction)
    },
  }
}

test('demo transfers › two validators, one of which dies › go through both, and what is not final goes again to the other', async () => {
  const clock = new ManualClock()
  using ctx = Ctx.root({ clock })
  const handles = [fakeHandle('v1'), fakeHandle('v2')] as const
  let live: readonly FakeHandle[] = handles
  let sending = true
  const transfers = new Transfers({
    people: [alice, bob],
    chainId,
    random: seededRandom(1),
    fleet: () => ({ live }) as unknown as Fleet,
  })
  const run = transfers
    .run(ctx, () => sending)
    .catch((e: unknown) => expect(isCanceled(e)).toBe(true))
  await clock.run(1000)
  sending = false
  await settle()
  expect(transfers.through).toBe(2)
  expect(transfers.sent).toBe(handles[0].received.length + handles[1].received.length)
  expect(transfers.final).toBe(0)

  transfers.onFinal(handles[0].received.map((t) => toHex(transactionId(t))))
  transfers.onFinal(handles[0].received.map((t) => toHex(transactionId(t))))
  transfers.onFinal(['of somebody else'])
  expect(transfers.final).toBe(handles[0].received.length)

  live = [handles[0]]
  const lost = handles[1].received.map(toHex)
  handles[0].received.length = 0
  await clock.run(6000)
  expect(handles[0].received.map(toHex)).toEqual(expect.arrayContaining(lost))
  expect(transfers.sent - transfers.final).toBe(lost.length)
  transfers.onFinal(handles[0].received.map((t) => toHex(transactionId(t))))
  expect(transfers.final).toBe(transfers.sent)

  const nonces = handles[1].received
    .map((t) => decodeTransaction(t, chainId))
    .map((d) => (d.ok ? d.value.nonce : -1n))
  expect(nonces).not.toContain(-1n)
  ctx.cancel()
  await run
})
