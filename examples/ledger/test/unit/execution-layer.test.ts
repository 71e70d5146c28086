import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bytesEqual, hash32, toHex } from '@zkstack/crypto'
import type { FinalBlock } from '@zkstack/roles'
import { Level } from 'level'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { decodePayloadFields, encodePayloadFields } from '../../src/codec.js'
import {
  genesisHash,
  openLedger,
  payloadHash,
  type Ledger,
  type LedgerOptions,
} from '../../src/index.js'
import { alice, bob, genesis, transfer } from '../fixtures.js'

const o = { signal: new AbortController().signal }
let folder: string
let ledger: Ledger

const open = (options: Partial<LedgerOptions> = {}): Promise<Ledger> =>
  openLedger({ path: join(folder, 'ledger'), genesis, patienceMs: 0, ...options })

async function propose(l: Ledger, maxBytes = 100_000): Promise<Uint8Array> {
  const payload = await l.execution.propose({ maxBytes }, o)
  if (payload === null) throw new Error('nothing was proposed')
  return payload
}

/** A final block as far as the ledger looks at it: the engine has checked the certificate. */
function block(number: bigint, payload: Uint8Array): FinalBlock {
  return { kind: 'final', number, payload } as FinalBlock
}

const verdict = (l: Ledger, number: bigint, payload: Uint8Array) =>
  l.execution.verify({ number, payload }, o)

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ledger-'))
  ledger = await open()
})
afterEach(async () => {
  await ledger[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

describe('ledger execution layer', () => {
  test('ledger › proposes what the pool holds › it verifies, and commits to the claimed root', async () => {
    await ledger.mempool.admit(transfer())
    const payload = await propose(ledger)
    expect(await verdict(ledger, 0n, payload)).toEqual({ ok: true })
    expect(ledger.height).toBeUndefined()
    await ledger.execution.commit(block(0n, payload), o)
    expect(ledger.height).toBe(0n)
    expect(ledger.state.account(bob.address).balance).toBe(510n)
    expect(ledger.mempool.size.value).toBe(0)
    const decoded = decodePayloadFields(payload)
    expect(decoded.ok && bytesEqual(decoded.value.parent, genesisHash(genesis))).toBe(true)
    expect(
      decoded.ok &&
        bytesEqual(
          decoded.value.stateRoot,
          (await ledger.stateRootAt(0n)) ?? hash32(new Uint8Array(32)),
        ),
    ).toBe(true)
  })

  test('ledger › verify › changes nothing that can be seen', async () => {
    await ledger.mempool.admit(transfer())
    const payload = await propose(ledger)
    const before = toHex(ledger.state.root)
    await verdict(ledger, 0n, payload)
    await verdict(ledger, 0n, payload)
    expect([toHex(ledger.state.root), ledger.mempool.size.value, ledger.height]).toEqual([
      before,
      1,
      undefined,
    ])
    expect(await propose(ledger)).toEqual(payload)
  })

  test('ledger › payload wrong in any part › is refused with its reason', async () => {
    await ledger.mempool.admit(transfer())
    const good = decodePayloadFields(await propose(ledger))
    if (!good.ok) throw new Error('does not decode')
    const reasonOf = async (change: object, number = 0n): Promise<string> => {
      const result = await verdict(
        ledger,
        number,
        encodePayloadFields({ ...good.value, ...change }),
      )
      return result.ok ? 'ok' : result.reason
    }
    expect(await reasonOf({})).toBe('ok')
    expect(await reasonOf({}, 1n)).toBe('block 1 is not the next one, 0')
    expect(await reasonOf({ parent: new Uint8Array(32) })).toBe('WRONG_PARENT')
    expect(await reasonOf({ stateRoot: new Uint8Array(32) })).toBe('WRONG_STATE_ROOT')
    expect(await reasonOf({ transactions: [] })).toBe('WRONG_STATE_ROOT')
    const [first] = good.value.transactions
    expect(await reasonOf({ transactions: [first, first] })).toBe('NONCE_TOO_LOW (transaction 1)')
    expect(await reasonOf({ transactions: [transfer({ amount: 1000n })] })).toBe(
      'INSUFFICIENT_BALANCE (transaction 0)',
    )
    expect(await reasonOf({ transactions: [transfer({ chainId: 1n })] })).toBe(
      'WRONG_CHAIN (transaction 0)',
    )
    const forged = Uint8Array.from(first!, (b, i) => (i === first!.length - 1 ? b ^ 1 : b))
    expect(await reasonOf({ transactions: [forged] })).toBe('BAD_SIGNATURE (transaction 0)')
    expect(await verdict(ledger, 0n, Uint8Array.of(255))).toEqual({
      ok: false,
      reason: 'MALFORMED_PAYLOAD',
    })
  })

  test('ledger › blocks without transactions › each names the one before as its parent', async () => {
    const first = await propose(ledger)
    await ledger.execution.commit(block(0n, first), o)
    const second = await propose(ledger)
    const decoded = decodePayloadFields(second)
    expect(decoded.ok && decoded.value.parent).toEqual(payloadHash(first))
    await ledger.execution.commit(block(1n, second), o)
    expect(ledger.height).toBe(1n)
  })

  test('ledger › block committed again › nothing happens; another in its place › LEDGER_FORK', async () => {
    await ledger.mempool.admit(transfer())
    const payload = await propose(ledger)
    await ledger.execution.commit(block(0n, payload), o)
    await ledger.execution.commit(block(0n, payload), o)
    expect(ledger.state.account(bob.address).balance).toBe(510n)
    await expect(ledger.execution.commit(block(0n, Uint8Array.of(1)), o)).rejects.toMatchObject({
      code: 'LEDGER_FORK',
    })
    await expect(ledger.execution.commit(block(2n, payload), o)).rejects.toMatchObject({
      code: 'LEDGER_GAP',
    })
    await expect(ledger.execution.commit(block(1n, payload), o)).rejects.toMatchObject({
      code: 'LEDGER_FINAL_BLOCK',
    })
  })

  test('ledger › reopened › stands where it stood', async () => {
    expect(await ledger.execution.lastCommitted(o)).toBeNull()
    await ledger.mempool.admit(transfer())
    await ledger.execution.commit(block(0n, await propose(ledger)), o)
    const root = toHex(ledger.state.root)
    await ledger[Symbol.asyncDispose]()
    ledger = await open()
    expect(await ledger.execution.lastCommitted(o)).toBe(0n)
    expect(toHex(ledger.state.root)).toBe(root)
    expect(ledger.state.account(alice.address)).toEqual({ balance: 989n, nonce: 1n })
  })

  test('ledger › open already, of another genesis or damaged › one error that names the cause', async () => {
    await expect(open()).rejects.toMatchObject({ code: 'LEDGER_LOCKED' })
    await ledger.mempool.admit(transfer())
    await ledger.execution.commit(block(0n, await propose(ledger)), o)
    await ledger[Symbol.asyncDispose]()
    await expect(open({ genesis: { ...genesis, chainId: 8n } })).rejects.toMatchObject({
      code: 'LEDGER_GENESIS',
    })
    const level = new Level<string, unknown>(join(folder, 'ledger'), { valueEncoding: 'json' })
    await level.put(`account/${bob.hex}`, { balance: '511', nonce: '0' })
    await level.close()
    await expect(open()).rejects.toMatchObject({ code: 'LEDGER_CORRUPT' })
    const repair = new Level<string, unknown>(join(folder, 'ledger'), { valueEncoding: 'json' })
    await repair.put(`account/${bob.hex}`, { balance: '510', nonce: '0' })
    await repair.close()
    ledger = await open()
  })

  test('ledger › proposal › keeps to maxBytes, filler included, and proposes nothing when even that does not fit', async () => {
    await ledger[Symbol.asyncDispose]()
    ledger = await open({ fillerBytes: 500 })
    for (let nonce = 0n; nonce < 5n; nonce++) await ledger.mempool.admit(transfer({ nonce }))
    for (const maxBytes of [600, 800, 1000, 2000]) {
      const payload = await propose(ledger, maxBytes)
      expect(payload.length).toBeGreaterThan(500)
      expect(payload.length).toBeLessThanOrEqual(maxBytes)
    }
    expect(await ledger.execution.propose({ maxBytes: 500 }, o)).toBeNull()
  })

  test('ledger › pool empty › a proposal waits for the first transaction, or for its patience, or for its end', async () => {
    await ledger[Symbol.asyncDispose]()
    ledger = await open({ patienceMs: 60_000 })
    const proposal = propose(ledger)
    await ledger.mempool.admit(transfer())
    const decoded = decodePayloadFields(await proposal)
    expect(decoded.ok && decoded.value.transactions).toHaveLength(1)
    await ledger.execution.commit(block(0n, await proposal), o)
    const controller = new AbortController()
    const canceled = ledger.execution.propose({ maxBytes: 1000 }, { signal: controller.signal })
    controller.abort()
    await expect(canceled).rejects.toMatchObject({ name: 'AbortError' })
    await ledger[Symbol.asyncDispose]()
    ledger = await open({ patienceMs: 5 })
    const empty = decodePayloadFields(await propose(ledger))
    expect(empty.ok && empty.value.transactions).toEqual([])
  })
})
