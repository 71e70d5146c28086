import { bytesEqual, toHex } from '@zkstack/crypto'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodePayloadFields, decodeTransactionFields } from '../../src/codec.js'
import { executePayload, genesisHash, genesisState, Pool } from '../../src/index.js'
import { emptyPayloadBytes, encodePayload, payloadBytesOf } from '../../src/payload.js'
import { TransactionReader } from '../../src/transaction-reader.js'
import { chainId, genesis, person, transfer } from '../fixtures.js'

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31))
console.log(`SEED=${seed}`)

const people = [1, 2, 3, 4].map(person)
const anyTransfer = fc.record({
  sender: fc.constantFrom(...people),
  to: fc.constantFrom(...people).map((p) => p.address),
  amount: fc.bigInt({ min: 0n, max: 600n }),
  nonce: fc.bigInt({ min: 0n, max: 4n }),
  fee: fc.bigInt({ min: 0n, max: 5n }),
})

test('ledger › any transfers offered to a pool › what it selects executes, fits, keeps the supply and verifies elsewhere', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyTransfer, { maxLength: 30 }),
      fc.integer({ min: 0, max: 3000 }),
      async (transfers, room) => {
        const reader = new TransactionReader(chainId)
        let state = genesisState(genesis)
        let parent: Uint8Array = genesisHash(genesis)
        const pool = new Pool(state, reader)
        for (const t of transfers) await pool.admit(transfer(t))
        for (let height = 0; height < 3; height++) {
          const chosen = pool.select({ maxBytes: room, bytesOf: payloadBytesOf })
          const draft = state.draft()
          for (const t of chosen) expect(draft.execute(t)).toEqual({ ok: true, value: undefined })
          const encoded = chosen.map((t) => t.encoded)
          const payload = encodePayload({
            parent,
            transactions: encoded,
            stateRoot: draft.root,
            filler: new Uint8Array(0),
          })
          expect(payload.length).toBeLessThanOrEqual(room + emptyPayloadBytes)
          const elsewhere = executePayload(payload, {
            parent,
            state,
            reader: new TransactionReader(chainId),
          })
          if (!elsewhere.ok) throw new Error(elsewhere.error.code)
          state = elsewhere.value.state
          parent = elsewhere.value.hash
          expect(state.supply).toBe(1500n)
          pool.onCommit(state)
        }
      },
    ),
    { seed, numRuns: 60 },
  )
})

test('ledger › random, mutated and truncated bytes › decode to the canonical form of themselves or to MALFORMED, never throw', () => {
  const good = transfer()
  const mutated = fc
    .tuple(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length))
    .map(([at, value, length]) =>
      Uint8Array.from(good, (b, i) => (i === at ? value : b)).slice(0, length),
    )
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), mutated), (bytes) => {
      for (const decode of [decodeTransactionFields, decodePayloadFields]) {
        const decoded = decode(bytes)
        if (!decoded.ok) expect(decoded.error).toBe('MALFORMED')
      }
    }),
    { seed, numRuns: 2000 },
  )
})

test('ledger › the same transfers in any order of independent senders › end in the same state root', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([1, 2], { minLength: 2 }), (order) => {
      const state = genesisState(genesis).draft()
      const reader = new TransactionReader(chainId)
      for (const n of order) {
        const read = reader.read(transfer({ sender: person(n), to: person(3).address }))
        if (!read.ok) throw new Error(read.error)
        state.execute(read.value)
      }
      const expected = genesisState(genesis).draft()
      for (const n of [1, 2]) {
        const read = reader.read(transfer({ sender: person(n), to: person(3).address }))
        if (read.ok) expected.execute(read.value)
      }
      expect(bytesEqual(state.root, expected.root), toHex(state.root)).toBe(true)
    }),
    { seed, numRuns: 10 },
  )
})
