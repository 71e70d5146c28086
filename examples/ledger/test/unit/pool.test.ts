import { describe, expect, test } from 'vitest'
import { genesisState, Pool } from '../../src/index.js'
import { TransactionReader } from '../../src/transaction-reader.js'
import { alice, bob, carol, chainId, genesis, transfer } from '../fixtures.js'

const newPool = (limits = {}): Pool =>
  new Pool(genesisState(genesis), new TransactionReader(chainId), limits)
const select = (pool: Pool, maxBytes = Infinity): string[] =>
  pool
    .select({ maxBytes, bytesOf: (e) => e.length })
    .map((t) => `${t.from[0] === alice.address[0] ? 'alice' : 'bob'} ${t.nonce} fee ${t.fee}`)

describe('pool', () => {
  test('pool › the same transaction twice › accepted, then duplicate', async () => {
    const pool = newPool()
    expect(await pool.admit(transfer())).toBe('accepted')
    expect(await pool.admit(transfer())).toBe('duplicate')
    expect(pool.size.value).toBe(1)
  })

  test('pool › bytes that are no transaction, of another chain, unsigned, poor or too cheap › rejected', async () => {
    const pool = newPool({ minFee: 2n })
    const forged = transfer({ fee: 5n })
    forged[forged.length - 1]! ^= 1
    const bad = [
      Uint8Array.of(1, 2, 3),
      transfer({ chainId: 9n, fee: 5n }),
      forged,
      transfer({ amount: 999n, fee: 2n }),
      transfer({ sender: carol, fee: 2n, amount: 0n }),
      transfer({ fee: 1n }),
    ]
    for (const bytes of bad) expect(await pool.admit(bytes)).toBe('rejected')
    expect(pool.size.value).toBe(0)
  })

  test('pool › nonces out of order › are admitted within the window and selected in order', async () => {
    const pool = newPool({ perSender: 3 })
    expect(await pool.admit(transfer({ nonce: 2n }))).toBe('accepted')
    expect(await pool.admit(transfer({ nonce: 1n }))).toBe('accepted')
    expect(select(pool)).toEqual([])
    expect(await pool.admit(transfer({ nonce: 0n }))).toBe('accepted')
    expect(await pool.admit(transfer({ nonce: 3n }))).toBe('rejected')
    expect(select(pool)).toEqual(['alice 0 fee 1', 'alice 1 fee 1', 'alice 2 fee 1'])
  })

  test('pool › one nonce twice › the higher fee takes the slot', async () => {
    const pool = newPool()
    await pool.admit(transfer({ fee: 2n }))
    expect(await pool.admit(transfer({ fee: 2n, amount: 11n }))).toBe('rejected')
    expect(await pool.admit(transfer({ fee: 3n }))).toBe('accepted')
    expect(select(pool)).toEqual(['alice 0 fee 3'])
    expect(pool.size.value).toBe(1)
  })

  test('pool › several senders › highest fee first, each sender in order of nonces', async () => {
    const pool = newPool()
    for (const [nonce, fee] of [
      [0n, 1n],
      [1n, 9n],
    ] as const)
      await pool.admit(transfer({ nonce, fee }))
    for (const [nonce, fee] of [
      [0n, 5n],
      [1n, 2n],
    ] as const)
      await pool.admit(transfer({ sender: bob, to: alice.address, nonce, fee }))
    expect(select(pool)).toEqual(['bob 0 fee 5', 'bob 1 fee 2', 'alice 0 fee 1', 'alice 1 fee 9'])
  })

  test('pool › block with little room › takes what fits and no gaps', async () => {
    const pool = newPool()
    for (const nonce of [0n, 1n, 2n]) await pool.admit(transfer({ nonce }))
    const one = transfer().length
    expect(select(pool, 2 * one + 10)).toEqual(['alice 0 fee 1', 'alice 1 fee 1'])
    expect(select(pool, one - 1)).toEqual([])
  })

  test('pool › sender who cannot pay for all › only what can be paid is selected', async () => {
    const pool = newPool()
    for (const nonce of [0n, 1n, 2n]) await pool.admit(transfer({ nonce, amount: 400n }))
    expect(select(pool)).toEqual(['alice 0 fee 1', 'alice 1 fee 1'])
  })

  test('pool › full › rejects new ones, still takes a higher fee for a held slot', async () => {
    const pool = newPool({ capacity: 1 })
    await pool.admit(transfer())
    expect(await pool.admit(transfer({ sender: bob }))).toBe('rejected')
    expect(await pool.admit(transfer({ fee: 2n }))).toBe('accepted')
  })

  test('pool › block committed › executed and overtaken transactions are forgotten', async () => {
    const pool = newPool()
    for (const nonce of [0n, 1n]) await pool.admit(transfer({ nonce }))
    const state = genesisState(genesis).draft()
    for (const t of pool.select({ maxBytes: transfer().length, bytesOf: (e) => e.length }))
      state.execute(t)
    pool.onCommit(state)
    expect(pool.size.value).toBe(1)
    expect(select(pool)).toEqual(['alice 1 fee 1'])
    expect(await pool.admit(transfer())).toBe('rejected')
  })
})
