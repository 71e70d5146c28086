import { ManualClock } from '@zkstack/concurrency'
import { keccak256, type Hash32 } from '@zkstack/crypto'
import {
  anvilKey,
  startAnvil,
  startFaultyRpc,
  type Anvil,
  type FaultyRpc,
  type RpcFault,
} from '@zkstack/l1/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createL1Client, keySigner, type L1Client, type L1ClientOptions } from '../../src/index.js'
import { deploy, emit, emitted, emitter, reverter } from '../helpers/emitter.js'
import { eventually } from '../helpers/eventually.js'
import { addr, bytes, word } from '../helpers/hex.js'

const call = { signal: new AbortController().signal }
const filter = { addresses: [emitter], topics: [[emitted]] }
const wallet = keySigner(anvilKey(3))
const hour = 3_600_000

let anvil: Anvil
let first: FaultyRpc
let second: FaultyRpc

beforeAll(async () => {
  anvil = await startAnvil()
  first = await startFaultyRpc(anvil.url)
  second = await startFaultyRpc(anvil.url)
  await deploy(anvil)
  for (const value of [1, 2, 3]) await emit(anvil, value)
})
beforeEach(() => {
  for (const rpc of [first, second]) {
    rpc.fault = () => undefined
    rpc.requests.length = 0
  }
})
afterAll(async () => {
  await first[Symbol.asyncDispose]()
  await second[Symbol.asyncDispose]()
  await anvil[Symbol.asyncDispose]()
})

/** A client of the first endpoint, and of the second where two are asked for. */
function clientOf(endpoints: 1 | 2, o: Partial<L1ClientOptions> = {}): L1Client {
  const urls = [first.url, second.url].slice(0, endpoints)
  return createL1Client({ chainId: 1337n, endpoints: urls, staleAfterMs: hour, ...o })
}

/** The value of a success. */
function good<T>(
  result:
    | { readonly ok: true; readonly value: T }
    | { readonly ok: false; readonly error: { readonly message: string } },
): T {
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}

/** Waits until a transaction is in a block: anvil answers before it is. */
async function mined(client: L1Client, hash: Hash32): Promise<void> {
  const isMined = async () => good(await client.receipt(hash, call)) !== undefined
  await eventually(isMined, 'a receipt')
}

/** Spoils one method of an endpoint. */
function spoil(rpc: FaultyRpc, method: string, fault: RpcFault): void {
  rpc.fault = (request) => (request.method === method ? fault : undefined)
}

const methodsOf = (rpc: FaultyRpc) => rpc.requests.map(({ method }) => method)

/** A change of one member of what a node says. */
const change = (member: string, value: unknown): RpcFault => ({
  type: 'change',
  change: (result) => ({ ...(result as object), [member]: value }),
})

describe('a client of a real node', () => {
  it('reads blocks by number, tag and hash › each the child of the one before', async () => {
    const client = clientOf(1)
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
    const client = clientOf(1)
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
    const client = clientOf(2)
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
    expect(
      good(await client.transactionBySenderAndNonce(address, nonce + 1n, call)),
    ).toBeUndefined()
    expect(good(await client.receipt(word(5), call))).toBeUndefined()
    expect(good(await client.balance(address, 'latest', call))).toBeLessThan(10n ** 22n)
    const again = await client.sendRawTransaction(signed.bytes, call)
    if (!again.ok) expect(again.error).toMatchObject({ code: 'REFUSED', reason: 'NONCE_TOO_LOW' })
  })

  it('a transaction that is in the mempool is sent again › it is there, and that is a success', async () => {
    await anvil.request('evm_setAutomine', [false])
    try {
      const client = clientOf(2)
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
      await anvil.request('evm_setAutomine', [true])
      await anvil.mine(1)
    }
  })

  it('a call reverts › REVERTED, with data and reason', async () => {
    const reason = bytes(
      `08c379a0${'20'.padStart(64, '0')}${'04'.padStart(64, '0')}${'6e6f7065'.padEnd(64, '0')}`,
    )
    const panic = bytes(`4e487b71${'11'.padStart(64, '0')}`)
    const client = clientOf(1)
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
    expect(await clientOf(2).sendRawTransaction(raw, call)).toMatchObject({
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
    const timeoutMs = fault.type === 'hang' ? 100 : 15_000
    spoil(first, 'eth_getBlockByNumber', fault)
    expect(good(await clientOf(2, { timeoutMs }).block(2n, call))?.number).toBe(2n)
    const alone = await clientOf(1, { timeoutMs }).block(2n, call)
    expect(alone).toMatchObject({ ok: false, error: { code: 'UNAVAILABLE', retry: true } })
  })

  it('is preferred again only after its rest, which doubles', async () => {
    const clock = new ManualClock()
    const client = clientOf(2, {
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
    await clock.advance(1000)
    expect(await asked()).toBe(true)
    await clock.advance(1000)
    expect(await asked()).toBe(false)
    await clock.advance(1000)
    first.fault = () => undefined
    expect(await asked()).toBe(true)
    second.requests.length = 0
    expect(await asked()).toBe(true)
    expect(second.requests).toEqual([])
  })

  it('asks to be left alone › it is, for as long as it said, even if nobody else is there', async () => {
    const clock = new ManualClock()
    const client = clientOf(1, { clock })
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
    await clock.advance(7000)
    expect(good(await client.block(1n, call))?.number).toBe(1n)
  })

  it('stands still while the other goes on › the higher head counts, and it is not preferred', async () => {
    const client = clientOf(2, { staleAfterMs: 1, maxLagBlocks: 2 })
    const old = await anvil.request('eth_getBlockByNumber', ['0x1', false])
    spoil(first, 'eth_getBlockByNumber', { type: 'change', change: () => old })
    expect(good(await client.block('latest', call))?.number).toBe(await anvil.blockNumber())
    first.requests.length = 0
    good(await client.block('safe', call))
    expect(first.requests).toEqual([])
  })

  it('has not the method › another may; if none has, it is UNSUPPORTED as a value', async () => {
    const method = 'eth_getTransactionBySenderAndNonce'
    const missing: RpcFault = { type: 'error', code: -32_601, message: 'the method does not exist' }
    spoil(first, method, missing)
    expect(
      good(await clientOf(2).transactionBySenderAndNonce(wallet.address, 99n, call)),
    ).toBeUndefined()
    spoil(second, method, missing)
    expect(good(await clientOf(2).transactionBySenderAndNonce(wallet.address, 99n, call))).toBe(
      'UNSUPPORTED',
    )
    spoil(first, method, { type: 'error', code: -32_001, message: 'not found' })
    expect(
      good(await clientOf(1).transactionBySenderAndNonce(wallet.address, 99n, call)),
    ).toBeUndefined()
  })

  it('refuses › the refusal counts, nobody else is asked', async () => {
    spoil(first, 'eth_estimateGas', {
      type: 'error',
      code: 3,
      message: 'execution reverted',
      data: '0x',
    })
    const answer = await clientOf(2).estimateGas({ to: emitter, calldata: word(1) }, call)
    expect(answer).toMatchObject({ error: { code: 'REFUSED', reason: 'REVERTED' } })
    expect(second.requests).toEqual([])
  })

  it('all are dead › UNAVAILABLE; the caller gives up › AbortError', async () => {
    first.fault = second.fault = () => ({ type: 'drop' })
    expect(await clientOf(2).block(1n, call)).toMatchObject({ error: { code: 'UNAVAILABLE' } })
    first.fault = () => ({ type: 'hang' })
    const abort = new AbortController()
    const answer = clientOf(1).block(1n, abort)
    abort.abort()
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' })
    const sent = clientOf(1).sendRawTransaction(word(1), { signal: AbortSignal.abort() })
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

describe('an endpoint that lies', () => {
  const at2 = { fromBlock: 2n, toBlock: 3n }
  const logs = (f: (log: Record<string, unknown>) => object): RpcFault => ({
    type: 'change',
    change: (result) => (result as Record<string, unknown>[]).map((log) => ({ ...log, ...f(log) })),
  })
  const zero = `0x${'00'.repeat(32)}`
  const lies: readonly [string, string, RpcFault][] = [
    ['of another chain', 'eth_chainId', { type: 'change', change: () => '0x1' }],
    ['another block', 'eth_getBlockByNumber', change('number', '0x9')],
    ['a hash of 31 bytes', 'eth_getBlockByNumber', change('hash', zero.slice(0, -2))],
    ['a number with a leading zero', 'eth_getBlockByNumber', change('number', '0x02')],
    ['a number that is a number', 'eth_getBlockByNumber', change('number', 2)],
    ['a timestamp of 65 bits', 'eth_getBlockByNumber', change('timestamp', `0x1${'0'.repeat(16)}`)],
    [
      'a block that is its own parent',
      'eth_getBlockByNumber',
      {
        type: 'change',
        change: (b) => ({ ...(b as object), parentHash: (b as { hash: string }).hash }),
      },
    ],
    ['a list for a block', 'eth_getBlockByNumber', { type: 'change', change: () => [] }],
    ['a log of another contract', 'eth_getLogs', logs(() => ({ address: `0x${'11'.repeat(20)}` }))],
    ['a log of another topic', 'eth_getLogs', logs(() => ({ topics: [zero] }))],
    ['a log without a topic', 'eth_getLogs', logs(() => ({ topics: [] }))],
    ['a log of five topics', 'eth_getLogs', logs(() => ({ topics: [1, 2, 3, 4, 5] }))],
    ['a log from outside the range', 'eth_getLogs', logs(() => ({ blockNumber: '0x4' }))],
    ['a log that was removed', 'eth_getLogs', logs(() => ({ removed: true }))],
    [
      'a log that is in no block yet',
      'eth_getLogs',
      logs(() => ({ blockNumber: null, blockHash: null })),
    ],
    [
      'logs that go backwards',
      'eth_getLogs',
      { type: 'change', change: (l) => [...(l as unknown[])].reverse() },
    ],
    [
      'a log twice',
      'eth_getLogs',
      { type: 'change', change: (l) => (l as unknown[]).flatMap((log) => [log, log]) },
    ],
    [
      'two hashes of a block',
      'eth_getLogs',
      {
        type: 'change',
        change: (l) =>
          (l as object[]).flatMap((log, i) =>
            i === 0 ? [log, { ...log, logIndex: '0x1', blockHash: zero }] : [],
          ),
      },
    ],
    [
      'receipt of another transaction',
      'eth_getTransactionReceipt',
      change('transactionHash', zero),
    ],
    [
      'receipt whose logs are of another block',
      'eth_getTransactionReceipt',
      change('blockHash', zero),
    ],
    ['receipt of a third status', 'eth_getTransactionReceipt', change('status', '0x2')],
    [
      'receipt of a reverted transaction with logs',
      'eth_getTransactionReceipt',
      change('status', '0x0'),
    ],
    [
      'transaction of another sender',
      'eth_getTransactionBySenderAndNonce',
      change('from', `0x${'11'.repeat(20)}`),
    ],
    ['transaction of another nonce', 'eth_getTransactionBySenderAndNonce', change('nonce', '0x77')],
    [
      'a count that is no quantity',
      'eth_getTransactionCount',
      { type: 'change', change: () => '7' },
    ],
    [
      'a fee that would empty the wallet',
      'eth_feeHistory',
      change('baseFeePerGas', ['0xffffffffffffff']),
    ],
    ['no fees', 'eth_feeHistory', change('baseFeePerGas', [])],
    ['a result that is no bytes', 'eth_call', { type: 'change', change: () => '0x0' }],
  ]
  const sender = keySigner(anvilKey(0)).address

  /** The same question of each method, to whoever is asked. */
  async function ask(client: L1Client, method: string): Promise<unknown> {
    const [log] = good(
      await createL1Client({ chainId: 1337n, endpoints: [anvil.url] }).logs(filter, at2, call),
    )
    const transaction = log?.transactionHash ?? word(0)
    const questions: Readonly<Record<string, () => Promise<unknown>>> = {
      eth_chainId: () => client.block(2n, call),
      eth_getBlockByNumber: () => client.block(2n, call),
      eth_getLogs: () => client.logs(filter, at2, call),
      eth_getTransactionReceipt: () => client.receipt(transaction, call),
      eth_getTransactionBySenderAndNonce: () =>
        client.transactionBySenderAndNonce(sender, 0n, call),
      eth_getTransactionCount: () => client.transactionCount(sender, 'latest', call),
      eth_feeHistory: () => client.fees(call),
      eth_call: () => client.call({ to: addr(9), calldata: bytes('') }, 'latest', call),
    }
    return questions[method]?.()
  }

  it.each(lies)('%s › INCONSISTENT; another endpoint is believed', async (_, method, lie) => {
    spoil(first, method, lie)
    expect(await ask(clientOf(1), method)).toMatchObject({
      ok: false,
      error: { code: 'INCONSISTENT', retry: true },
    })
    const both = await ask(clientOf(2), method)
    expect(both).toEqual(
      await ask(createL1Client({ chainId: 1337n, endpoints: [anvil.url] }), method),
    )
    expect(both).toMatchObject({ ok: true })
  })

  it('an answer without end › is read no further than allowed', async () => {
    spoil(first, 'eth_call', { type: 'change', change: () => `0x${'00'.repeat(100_000)}` })
    const client = clientOf(1, { maxAnswerBytes: 50_000 })
    const answer = await client.call({ to: addr(9), calldata: bytes('') }, 'latest', call)
    expect(answer).toMatchObject({ error: { code: 'REFUSED', reason: 'TOO_LARGE' } })
  })

  it('gives another hash for a sent transaction › the hash is computed here, and who has it decides', async () => {
    const client = clientOf(2)
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
    spoil(first, 'eth_sendRawTransaction', {
      type: 'status',
      status: 200,
      body: `{"id":2,"result":"${zero}"}`,
    })
    expect(good(await client.sendRawTransaction(raw, call))).toEqual(hash)
    expect(methodsOf(first)).toContain('eth_sendRawTransaction')
    expect(methodsOf(second)).toContain('eth_sendRawTransaction')
    await mined(client, hash)
    expect(good(await client.receipt(hash, call))?.status).toBe('success')
  })
})
