import { anvilKey, type FaultyRpc, type RpcFault } from '@zkstack/l1/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createL1Client, keySigner, type L1Client } from '../../src/index.js'
import { emitter } from '../helpers/emitter.js'
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

const methodsOf = (rpc: FaultyRpc) => rpc.requests.map(({ method }) => method)

/** A change of one member of what a node says. */
const change = (member: string, value: unknown): RpcFault => ({
  type: 'change',
  change: (result) => ({ ...(result as object), [member]: value }),
})

describe('an endpoint that lies', () => {
  const at2 = { fromBlock: 2n, toBlock: 3n }
  const logs = (f: (log: Record<string, unknown>) => object): RpcFault => ({
    type: 'change',
    change: (result) => (result as Record<string, unknown>[]).map((log) => ({ ...log, ...f(log) })),
  })
  const someone = `0x${'11'.repeat(20)}`
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
    ['a log of another contract', 'eth_getLogs', logs(() => ({ address: someone }))],
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
    [
      'receipt of the first block',
      'eth_getTransactionReceipt',
      {
        type: 'change',
        change: (r) => ({ ...(r as object), blockNumber: '0x0', logs: [] }),
      },
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
      change('from', someone),
    ],
    ['transaction of another nonce', 'eth_getTransactionBySenderAndNonce', change('nonce', '0x77')],
    ['known transaction of another sender', 'eth_getTransactionByHash', change('from', someone)],
    ['known transaction of another nonce', 'eth_getTransactionByHash', change('nonce', '0x77')],
    ['known transaction of another value', 'eth_getTransactionByHash', change('value', '0x1')],
    ['known transaction that nobody signed', 'eth_getTransactionByHash', change('r', '0x0')],
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
    [
      'a count that no wallet reaches',
      'eth_getTransactionCount',
      { type: 'change', change: () => '0x20000000000000' },
    ],
    ['no fees', 'eth_feeHistory', change('baseFeePerGas', [])],
    ['a result that is no bytes', 'eth_call', { type: 'change', change: () => '0x0' }],
  ]
  const sender = keySigner(anvilKey(0)).address

  /** The same question of each method, to whoever is asked. */
  async function ask(client: L1Client, method: string): Promise<unknown> {
    const [log] = good(
      await createL1Client({ chainId: 1337n, endpoints: [endpoints.anvil.url] }).logs(
        filter,
        at2,
        call,
      ),
    )
    const transaction = log?.transactionHash ?? word(0)
    const questions: Readonly<Record<string, () => Promise<unknown>>> = {
      eth_chainId: () => client.block(2n, call),
      eth_getBlockByNumber: () => client.block(2n, call),
      eth_getLogs: () => client.logs(filter, at2, call),
      eth_getTransactionReceipt: () => client.receipt(transaction, call),
      eth_getTransactionByHash: () => client.transaction(transaction, call),
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
    expect(await ask(endpoints.client(1), method)).toMatchObject({
      ok: false,
      error: { code: 'INCONSISTENT', retry: true },
    })
    const both = await ask(endpoints.client(2), method)
    expect(both).toEqual(
      await ask(createL1Client({ chainId: 1337n, endpoints: [endpoints.anvil.url] }), method),
    )
    expect(both).toMatchObject({ ok: true })
  })

  it('an answer without end › is read no further than allowed', async () => {
    spoil(first, 'eth_call', { type: 'change', change: () => `0x${'00'.repeat(100_000)}` })
    const client = endpoints.client(1, { maxAnswerBytes: 50_000 })
    const answer = await client.call({ to: addr(9), calldata: bytes('') }, 'latest', call)
    expect(answer).toMatchObject({ error: { code: 'REFUSED', reason: 'TOO_LARGE' } })
  })

  it('an answer without end to what has a short one › another endpoint is believed', async () => {
    spoil(first, 'eth_estimateGas', { type: 'change', change: () => `0x${'00'.repeat(100_000)}` })
    const client = endpoints.client(2, { maxAnswerBytes: 50_000 })
    const request = { from: wallet.address, to: emitter, calldata: word(1) }
    expect(good(await client.estimateGas(request, call))).toBeGreaterThan(21_000n)
  })

  it('a revert within a revert without end › is no answer', async () => {
    const deep = `${'{"data":'.repeat(100_000)}"0x"${'}'.repeat(100_000)}`
    const body = `{"id":2,"error":{"code":-32000,"message":"no","data":${deep}}}`
    spoil(first, 'eth_call', { type: 'status', status: 200, body })
    const answer = await endpoints
      .client(1)
      .call({ to: addr(9), calldata: bytes('') }, 'latest', call)
    expect(answer).toMatchObject({ ok: false, error: { code: 'REFUSED', reason: 'OTHER' } })
  })

  it('gives another hash for a sent transaction › the hash is computed here, and who has it decides', async () => {
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
