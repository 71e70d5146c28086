import { ManualClock } from '@zkstack/concurrency'
import { keccak256 } from '@zkstack/crypto'
import type { FaultyRpc, RpcFault } from '@zkstack/l1/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createL1Client, keySigner } from '../../src/index.js'
import { emitter, reverter } from '../helpers/emitter.js'
import { addr, bytes, word } from '../helpers/hex.js'
import { call, filter, good, mined, spoil, TwoEndpoints, wallet } from '../helpers/two-endpoints.js'

let endpoints: TwoEndpoints
let first: FaultyRpc
let second: FaultyRpc

beforeAll(async () => {
  endpoints = await TwoEndpoints.start()
  ;({ first, second } = endpoints)
})
beforeEach(() => {
  endpoints.reset()
})
afterAll(() => endpoints[Symbol.asyncDispose]())

describe('a client of a real node', () => {
  it('reads blocks by number, tag and hash › each the child of the one before', async () => {
    const client = endpoints.client(1)
    const latest = good(await client.block('latest', call))
    if (latest === undefined) throw new Error('there is no block')
    const parent = good(await client.block(latest.number - 1n, call))
    expect(latest.parentHash).toEqual(parent?.hash)
    expect(good(await client.block({ hash: latest.hash }, call))).toEqual(latest)
    expect(good(await client.block('safe', call))?.number).toBe(latest.number - 2n)
    expect(good(await client.block('finalized', call))?.number).toBe(latest.number - 4n)
    expect(good(await client.block(latest.number + 1n, call))).toBeUndefined()
    expect(good(await client.block({ hash: word(1) }, call))).toBeUndefined()
  })

  it('reads logs of a range and of a block', async () => {
    const client = endpoints.client(1)
    const logs = good(await client.logs(filter, { fromBlock: 0n, toBlock: 4n }, call))
    expect(logs.map(({ data }) => data[31])).toEqual([1, 2, 3])
    const [one] = logs
    if (one === undefined) throw new Error('there is no log')
    const block = { number: one.blockNumber, hash: one.blockHash }
    expect(good(await client.logs(filter, { block }, call))).toEqual([one])
    const other = { addresses: [emitter], topics: [[word(9)]] }
    expect(good(await client.logs(other, { block }, call))).toEqual([])
    const gone = { number: 2n, hash: word(1) }
    expect(await client.logs(filter, { block: gone }, call)).toMatchObject({
      error: { code: 'UNAVAILABLE' },
    })
  })

  it('sends a transaction from estimate to receipt', async () => {
    const client = endpoints.client(2)
    const { address } = wallet
    const nonce = good(await client.transactionCount(address, 'pending', call))
    const request = { from: address, to: emitter, calldata: word(0xab) }
    const gasLimit = good(await client.estimateGas(request, call))
    const fees = good(await client.fees(call))
    expect(gasLimit).toBeGreaterThan(21_000n)
    expect(fees.maxFeePerGas).toBe(2n * fees.baseFeePerGas + fees.maxPriorityFeePerGas)
    const { maxFeePerGas, maxPriorityFeePerGas } = fees
    const signed = good(
      await wallet.signTransaction(
        {
          chainId: 1337n,
          nonce,
          to: emitter,
          calldata: request.calldata,
          value: 0n,
          gasLimit,
          maxFeePerGas,
          maxPriorityFeePerGas,
        },
        call,
      ),
    )
    expect(good(await client.sendRawTransaction(signed.bytes, call))).toEqual(signed.hash)
    await mined(client, signed.hash)
    const receipt = good(await client.receipt(signed.hash, call))
    expect(receipt).toMatchObject({ status: 'success', from: address, to: emitter })
    expect(receipt?.logs.map(({ data }) => data)).toEqual([word(0xab)])
    const found = good(await client.transactionBySenderAndNonce(address, nonce, call))
    expect(found).toEqual({
      hash: signed.hash,
      blockNumber: receipt?.blockNumber,
      blockHash: receipt?.blockHash,
    })
    const known = { hash: signed.hash, sender: address, nonce }
    expect(good(await client.transaction(signed.hash, call))).toEqual(known)
    expect(good(await client.transaction(word(5), call))).toBeUndefined()
    expect(
      good(await client.transactionBySenderAndNonce(address, nonce + 1n, call)),
    ).toBeUndefined()
    expect(good(await client.receipt(word(5), call))).toBeUndefined()
    expect(good(await client.balance(address, 'latest', call))).toBeLessThan(10n ** 22n)
    const again = await client.sendRawTransaction(signed.bytes, call)
    if (!again.ok) expect(again.error).toMatchObject({ code: 'REFUSED', reason: 'NONCE_TOO_LOW' })
  })

  it('a transaction that is in the mempool is sent again › it is there, and that is a success', async () => {
    await endpoints.anvil.request('evm_setAutomine', [false])
    try {
      const client = endpoints.client(2)
      const nonce = good(await client.transactionCount(wallet.address, 'pending', call))
      const fees = { maxFeePerGas: 10n ** 10n, maxPriorityFeePerGas: 1n, gasLimit: 100_000n }
      const transaction = {
        chainId: 1337n,
        nonce,
        to: emitter,
        calldata: word(1),
        value: 0n,
        ...fees,
      }
      const { bytes: raw, hash } = good(await wallet.signTransaction(transaction, call))
      for (let i = 0; i < 2; i++)
        expect(good(await client.sendRawTransaction(raw, call))).toEqual(hash)
      expect(
        good(await client.transactionBySenderAndNonce(wallet.address, nonce, call)),
      ).toBeUndefined()
      const cheap = good(await wallet.signTransaction({ ...transaction, value: 1n }, call))
      expect(await client.sendRawTransaction(cheap.bytes, call)).toMatchObject({
        error: { code: 'REFUSED', reason: 'UNDERPRICED' },
      })
    } finally {
      await endpoints.anvil.request('evm_setAutomine', [true])
      await endpoints.anvil.mine(1)
    }
  })

  it('a call reverts › REVERTED, with data and reason', async () => {
    const reason = bytes(
      `08c379a0${'20'.padStart(64, '0')}${'04'.padStart(64, '0')}${'6e6f7065'.padEnd(64, '0')}`,
    )
    const panic = bytes(`4e487b71${'11'.padStart(64, '0')}`)
    const client = endpoints.client(1)
    const run = (calldata: Uint8Array) => client.call({ to: reverter, calldata }, 'latest', call)
    const code = 'REFUSED'
    expect(await run(reason)).toMatchObject({
      error: { code, reason: 'REVERTED', revertData: reason, revertReason: 'nope' },
    })
    expect(await run(panic)).toMatchObject({
      error: { code, reason: 'REVERTED', revertReason: 'Panic(0x11)' },
    })
    expect(await run(bytes('12345678'))).toMatchObject({
      error: { code, reason: 'REVERTED', revertData: bytes('12345678') },
    })
    const estimate = await client.estimateGas({ to: reverter, calldata: panic }, call)
    expect(estimate).toMatchObject({ error: { code, reason: 'REVERTED', retry: false } })
    expect(good(await client.call({ to: addr(9), calldata: bytes('') }, 2n, call))).toEqual(
      bytes(''),
    )
  })

  it('a wallet without funds › INSUFFICIENT_FUNDS', async () => {
    const poor = keySigner(keccak256(Uint8Array.of(1)))
    const fees = { maxFeePerGas: 10n ** 10n, maxPriorityFeePerGas: 1n, gasLimit: 100_000n }
    const transaction = {
      chainId: 1337n,
      nonce: 0n,
      to: emitter,
      calldata: word(1),
      value: 0n,
      ...fees,
    }
    const { bytes: raw } = good(await poor.signTransaction(transaction, call))
    expect(await endpoints.client(2).sendRawTransaction(raw, call)).toMatchObject({
      error: { code: 'REFUSED', reason: 'INSUFFICIENT_FUNDS' },
    })
  })
})

describe('an endpoint that fails', () => {
  const faults: readonly RpcFault[] = [
    { type: 'drop' },
    { type: 'lose' },
    { type: 'hang' },
    { type: 'status', status: 500 },
    { type: 'status', status: 429 },
    { type: 'status', status: 408 },
    { type: 'status', status: 403, body: 'no' },
    { type: 'status', status: 200, body: '<html>' },
    { type: 'status', status: 200, body: '[]' },
    { type: 'truncate', bytes: 60 },
    { type: 'error', code: -32_005, message: 'rate limit exceeded' },
    { type: 'error', code: -32_000, message: 'header not found' },
    { type: 'error', code: -32_603, message: 'Internal error' },
  ]
  it.each(faults)('%o › the next one answers; alone it is UNAVAILABLE', async (fault) => {
    spoil(first, 'eth_getBlockByNumber', fault)
    // time enough for the next one to answer on a busy machine
    const patience = { timeoutMs: fault.type === 'hang' ? 3_000 : 15_000 }
    expect(good(await endpoints.client(2, patience).block(2n, call))?.number).toBe(2n)
    const timeoutMs = fault.type === 'hang' ? 100 : 15_000
    const alone = await endpoints.client(1, { timeoutMs }).block(2n, call)
    expect(alone).toMatchObject({ ok: false, error: { code: 'UNAVAILABLE', retry: true } })
  })

  it('is preferred again only after its rest, which doubles', async () => {
    const clock = new ManualClock()
    const client = endpoints.client(2, {
      clock,
      minRestMs: 1000,
      random: { bytes: (n) => new Uint8Array(n), uint32: () => 0, float: () => 0.999999 },
    })
    spoil(first, 'eth_getBlockByNumber', { type: 'drop' })
    const asked = async () => {
      first.requests.length = 0
      good(await client.block(1n, call))
      return first.requests.length > 0
    }
    expect(await asked()).toBe(true)
    expect(await asked()).toBe(false)
    clock.advance(1000)
    expect(await asked()).toBe(true)
    clock.advance(1000)
    expect(await asked()).toBe(false)
    clock.advance(1000)
    first.fault = () => undefined
    expect(await asked()).toBe(true)
    second.requests.length = 0
    expect(await asked()).toBe(true)
    expect(second.requests).toEqual([])
  })

  it('asks to be left alone › it is, for as long as it said, even if nobody else is there', async () => {
    const clock = new ManualClock()
    const client = endpoints.client(1, { clock })
    spoil(first, 'eth_getBlockByNumber', {
      type: 'status',
      status: 429,
      headers: { 'retry-after': '7' },
    })
    const limited = { error: { code: 'UNAVAILABLE', retryAfterMs: 7000 } }
    expect(await client.block(1n, call)).toMatchObject(limited)
    first.fault = () => undefined
    first.requests.length = 0
    expect(await client.block(1n, call)).toMatchObject(limited)
    expect(first.requests).toEqual([])
    clock.advance(7000)
    expect(good(await client.block(1n, call))?.number).toBe(1n)
  })

  it('stands still while the other goes on › the higher head counts, and it is not preferred', async () => {
    const client = endpoints.client(2, { staleAfterMs: 1, maxLagBlocks: 2 })
    const old = await endpoints.anvil.request('eth_getBlockByNumber', ['0x1', false])
    spoil(first, 'eth_getBlockByNumber', { type: 'change', change: () => old })
    expect(good(await client.block('latest', call))?.number).toBe(
      await endpoints.anvil.blockNumber(),
    )
    first.requests.length = 0
    good(await client.block('safe', call))
    expect(first.requests).toEqual([])
  })

  it('has not the method › another may; if none has, it is UNSUPPORTED as a value', async () => {
    const method = 'eth_getTransactionBySenderAndNonce'
    const missing: RpcFault = { type: 'error', code: -32_601, message: 'the method does not exist' }
    spoil(first, method, missing)
    expect(
      good(await endpoints.client(2).transactionBySenderAndNonce(wallet.address, 99n, call)),
    ).toBeUndefined()
    spoil(second, method, missing)
    expect(
      good(await endpoints.client(2).transactionBySenderAndNonce(wallet.address, 99n, call)),
    ).toBe('UNSUPPORTED')
    spoil(first, method, { type: 'error', code: -32_001, message: 'not found' })
    expect(
      good(await endpoints.client(1).transactionBySenderAndNonce(wallet.address, 99n, call)),
    ).toBeUndefined()
  })

  it('refuses › the refusal counts, nobody else is asked', async () => {
    spoil(first, 'eth_estimateGas', {
      type: 'error',
      code: 3,
      message: 'execution reverted',
      data: '0x',
    })
    const answer = await endpoints.client(2).estimateGas({ to: emitter, calldata: word(1) }, call)
    expect(answer).toMatchObject({ error: { code: 'REFUSED', reason: 'REVERTED' } })
    expect(second.requests).toEqual([])
  })

  it('all are dead › UNAVAILABLE; the caller gives up › AbortError', async () => {
    first.fault = second.fault = () => ({ type: 'drop' })
    expect(await endpoints.client(2).block(1n, call)).toMatchObject({
      error: { code: 'UNAVAILABLE' },
    })
    first.fault = () => ({ type: 'hang' })
    const abort = new AbortController()
    const answer = endpoints.client(1).block(1n, abort)
    abort.abort()
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' })
    const sent = endpoints.client(1).sendRawTransaction(word(1), { signal: AbortSignal.abort() })
    await expect(sent).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('has an address with a key in it › neither logs nor errors show it', async () => {
    const lines: string[] = []
    const write = (message: string, fields?: unknown) =>
      lines.push(message + JSON.stringify(fields))
    const logger = {
      debug: write,
      info: write,
      warn: write,
      error: write,
      child: (fields: unknown) => (write('child', fields), logger),
    }
    const url = first.url.replace('http://', 'http://user:pass@') + '/v3/secret?key=secret2'
    const messages = []
    for (const message of [`cannot reach ${url}`, 'path /v3/secret?key=secret2 is wrong']) {
      first.fault = () => ({ type: 'error', code: -32_000, message })
      const client = createL1Client({ chainId: 1337n, endpoints: [url], logger })
      messages.push(JSON.stringify(await client.block(1n, call)))
    }
    const client = createL1Client({
      chainId: 1337n,
      endpoints: ['http://127.0.0.1:1/secret'],
      logger,
    })
    messages.push(JSON.stringify(await client.block(1n, call)))
    const all = [...lines, ...messages].join('\n')
    expect(all).not.toMatch(/secret|pass|user/)
    expect(all).toContain('127.0.0.1')
  })
})
