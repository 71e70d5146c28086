import { describe, expect, it } from 'vitest'
import {
  decodeEventCursor,
  encodeEventCursor,
  initialCursor,
  type EventCursor,
} from '../../src/events/event-cursor.js'
import { addr, word } from '../helpers/hex.js'

const scope = {
  chainId: 1n,
  filter: { addresses: [addr(1)], topics: [[word(2)], null] },
  start: 5n,
}
const full: EventCursor = {
  start: 5n,
  next: 12n,
  checkpoints: [
    { number: 9n, hash: word(9) },
    { number: 11n, hash: word(11) },
  ],
  isPruned: true,
  finalTo: 9n,
}

describe('a stored cursor', () => {
  it.each([full, initialCursor(5n), { ...full, finalTo: undefined }, { ...full, checkpoints: [] }])(
    'is read as it was written',
    (cursor) => {
      expect(decodeEventCursor(encodeEventCursor(cursor, scope), scope)).toEqual({
        ok: true,
        value: cursor,
      })
    },
  )

  it('any byte is changed, or bytes are missing or too many › CURSOR_CORRUPT', () => {
    const bytes = encodeEventCursor(full, scope)
    for (let i = 0; i < bytes.length; i++) {
      const changed = bytes.map((byte, at) => (at === i ? byte ^ 1 : byte))
      expect(decodeEventCursor(changed, scope)).toMatchObject({ error: { code: 'CURSOR_CORRUPT' } })
      const cut = bytes.subarray(0, i)
      expect(decodeEventCursor(cut, scope)).toMatchObject({ error: { code: 'CURSOR_CORRUPT' } })
    }
    const longer = Uint8Array.of(...bytes, 0)
    expect(decodeEventCursor(longer, scope)).toMatchObject({ error: { code: 'CURSOR_CORRUPT' } })
  })

  it('is of another chain, contract, topic or start › CURSOR_MISMATCH', () => {
    const bytes = encodeEventCursor(full, scope)
    const others = [
      { ...scope, chainId: 2n },
      { ...scope, start: 6n },
      { ...scope, filter: { addresses: [addr(2)], topics: [[word(2)], null] } },
      { ...scope, filter: { addresses: [addr(1)], topics: [[word(2)]] } },
      { ...scope, filter: { addresses: [addr(1)] } },
    ]
    for (const other of others)
      expect(decodeEventCursor(bytes, other)).toMatchObject({ error: { code: 'CURSOR_MISMATCH' } })
  })
})
