import { bytesEqual, concatBytes, keccak256, toHex } from '@zkstack/crypto'
import { describe, expect, test } from 'vitest'
import { genesisHash, genesisState, LedgerState, treasury } from '../../src/index.js'
import { maxUint64 } from '../../src/codec.js'
import { merkleRoot } from '../../src/merkle-root.js'
import { alice, bob, carol, chainId, genesis, type Person } from '../fixtures.js'

const from = (sender: Person, to: Person, amount: bigint, nonce = 0n, fee = 1n) => ({
  chainId,
  from: sender.address,
  to: to.address,
  amount,
  nonce,
  fee,
  signature: new Uint8Array(64),
})

describe('ledger state', () => {
  test('ledger state › transfer › moves the amount, pays the fee to the treasury and counts the nonce', () => {
    const state = genesisState(genesis).draft()
    expect(state.execute(from(alice, carol, 100n))).toEqual({ ok: true, value: undefined })
    expect(state.account(alice.address)).toEqual({ balance: 899n, nonce: 1n })
    expect(state.account(carol.address)).toEqual({ balance: 100n, nonce: 0n })
    expect(state.account(treasury).balance).toBe(1n)
    expect(state.supply).toBe(1500n)
  })

  test('ledger state › transfer to oneself › costs the fee only', () => {
    const state = genesisState(genesis).draft()
    state.execute(from(alice, alice, 999n))
    expect(state.account(alice.address)).toEqual({ balance: 999n, nonce: 1n })
  })

  test('ledger state › transfer that cannot be executed › its error, and nothing changes', () => {
    const state = genesisState(genesis).draft()
    const root = state.root
    expect(state.execute(from(alice, bob, 1000n))).toEqual({
      ok: false,
      error: 'INSUFFICIENT_BALANCE',
    })
    expect(state.execute(from(carol, bob, 0n))).toEqual({
      ok: false,
      error: 'INSUFFICIENT_BALANCE',
    })
    expect(state.execute(from(alice, bob, 1n, 1n))).toEqual({ ok: false, error: 'NONCE_TOO_HIGH' })
    expect(bytesEqual(state.root, root)).toBe(true)
    expect(state.changes).toEqual([])
    state.execute(from(alice, bob, 1n))
    expect(state.execute(from(alice, bob, 1n))).toEqual({ ok: false, error: 'NONCE_TOO_LOW' })
  })

  test('ledger state › draft executed upon › leaves the state it was made from alone', () => {
    const state = genesisState(genesis)
    const root = toHex(state.root)
    state.draft().execute(from(alice, bob, 5n))
    expect(toHex(state.root)).toBe(root)
  })

  test('ledger state › root › is that of the definition, whatever the order of insertion', () => {
    const leaf = (hex: string, balance: bigint, nonce: bigint): Uint8Array => {
      const numbers = new Uint8Array(16)
      new DataView(numbers.buffer).setBigUint64(0, balance)
      new DataView(numbers.buffer).setBigUint64(8, nonce)
      return concatBytes(Uint8Array.of(0), Buffer.from(hex, 'hex'), numbers)
    }
    const ids = ['aa', '0b', 'c0'].map((byte) => byte.repeat(32))
    const accounts = ids.map((id, i) => [id, { balance: BigInt(i), nonce: 9n }] as const)
    const hashes = [leaf(ids[1]!, 1n, 9n), leaf(ids[0]!, 0n, 9n), leaf(ids[2]!, 2n, 9n)].map((l) =>
      keccak256(l),
    )
    const pair = keccak256(Uint8Array.of(1), hashes[0]!, hashes[1]!)
    const expected = keccak256(Uint8Array.of(1), pair, hashes[2]!)
    expect(LedgerState.of(accounts).root).toEqual(expected)
    expect(LedgerState.of([...accounts].reverse()).root).toEqual(expected)
    expect(merkleRoot([])).toEqual(new Uint8Array(32))
  })

  test('ledger genesis › wrong address, negative balance or a supply above 64 bits › RangeError', () => {
    for (const balances of [
      { 'not hex': 1n },
      { ab: 1n },
      { [alice.hex]: -1n },
      { [alice.hex]: maxUint64, [bob.hex]: 1n },
    ]) {
      expect(() => genesisState({ ...genesis, balances })).toThrow(RangeError)
    }
  })

  test('ledger genesis › any difference › gives another hash', () => {
    const variants = [
      genesis,
      { ...genesis, chainId: 8n },
      { ...genesis, firstBlock: 1n },
      { ...genesis, balances: { ...genesis.balances, [carol.hex]: 1n } },
    ]
    expect(new Set(variants.map((g) => toHex(genesisHash(g)))).size).toBe(4)
  })
})
