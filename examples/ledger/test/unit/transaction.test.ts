import { describe, expect, test } from 'vitest'
import { decodeTransactionFields, encodeTransactionFields, maxUint64 } from '../../src/codec.js'
import { decodeTransaction, verifySignature } from '../../src/index.js'
import { TransactionReader } from '../../src/transaction-reader.js'
import { alice, bob, chainId, transfer } from '../fixtures.js'

describe('transaction', () => {
  test('transaction › signed and encoded › decodes to what was signed, with a valid signature', () => {
    const decoded = decodeTransaction(
      transfer({ amount: maxUint64, nonce: 2n ** 53n + 1n }),
      chainId,
    )
    expect(decoded.ok && decoded.value).toMatchObject({
      chainId,
      amount: maxUint64,
      nonce: 2n ** 53n + 1n,
      fee: 1n,
    })
    expect(decoded.ok && decoded.value.from).toEqual(alice.address)
    expect(decoded.ok && decoded.value.to).toEqual(bob.address)
    expect(decoded.ok && verifySignature(decoded.value)).toBe(true)
  })

  test('transaction › any field changed after signing › BAD_SIGNATURE', () => {
    const decoded = decodeTransactionFields(transfer())
    if (!decoded.ok) throw new Error('does not decode')
    const reader = new TransactionReader(chainId)
    const t = decoded.value
    const changes = [
      { to: alice.address },
      { from: bob.address },
      { amount: 11n },
      { nonce: 1n },
      { fee: 0n },
    ]
    for (const change of changes) {
      expect(reader.read(encodeTransactionFields({ ...t, ...change }))).toEqual({
        ok: false,
        error: 'BAD_SIGNATURE',
      })
    }
    const signature = Uint8Array.from(t.signature, (b, i) => (i === 40 ? b ^ 1 : b))
    expect(reader.read(encodeTransactionFields({ ...t, signature }))).toEqual({
      ok: false,
      error: 'BAD_SIGNATURE',
    })
  })

  test('transaction › of another chain › WRONG_CHAIN', () => {
    expect(decodeTransaction(transfer({ chainId: 8n }), chainId)).toEqual({
      ok: false,
      error: 'WRONG_CHAIN',
    })
  })

  test('transaction › truncated, padded, with unknown or repeated fields or wrong lengths › MALFORMED', () => {
    const good = transfer()
    const bad = [
      new Uint8Array(0),
      good.slice(0, -1),
      Uint8Array.of(...good, 0),
      Uint8Array.of(...good, 0x40, 1),
      Uint8Array.of(...good, ...good),
      Uint8Array.of(0x08, 0x87, 0x00, ...good.slice(2)),
      transfer({ to: new Uint8Array(31) }),
    ]
    for (const bytes of bad)
      expect(decodeTransaction(bytes, chainId)).toEqual({ ok: false, error: 'MALFORMED' })
  })

  test('transaction › a number above 64 bits or below zero › RangeError when it is signed', () => {
    expect(() => transfer({ amount: maxUint64 + 1n })).toThrow(RangeError)
    expect(() => transfer({ fee: -1n })).toThrow(RangeError)
  })
})
