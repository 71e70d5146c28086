import { ManualClock, yieldTurn } from '@zkstack/concurrency'
import { ok } from '@zkstack/crypto'
import { json } from '@zkstack/pessimistic-proof'
import { describe, expect, test } from 'vitest'
import { rpcError, rpcMethod, type RpcMethod } from '../../src/index.js'
import { RpcDispatcher, type RpcDispatcherOptions } from '../../src/json-rpc/rpc-dispatcher.js'

const signal = new AbortController().signal

const methods = new Map<string, RpcMethod>([
  [
    'sum',
    rpcMethod<{ readonly left: bigint; readonly rightHand: bigint }>(
      { left: json.u64, rightHand: json.u64 },
      async ({ left, rightHand }) => ok(json.u64.write(left + rightHand)),
    ),
  ],
  ['refuse', rpcMethod({}, async () => rpcError('notFound', 'Resource not found: x'))],
  ['crash', rpcMethod({}, () => Promise.reject(new Error('secret')))],
  ['hang', rpcMethod({}, () => new Promise(() => undefined))],
  ['long', rpcMethod({}, async () => ok('x'.repeat(5000)))],
])

function dispatcher(o: Partial<RpcDispatcherOptions> = {}): RpcDispatcher {
  return new RpcDispatcher({
    methods,
    batchLimit: 3,
    timeoutMs: 1000,
    maxResponseBytes: 1000,
    clock: new ManualClock(),
    ...o,
  })
}

async function ask(message: unknown, o: Partial<RpcDispatcherOptions> = {}): Promise<unknown> {
  const text = typeof message === 'string' ? message : JSON.stringify(message)
  const answer = await dispatcher(o).answer(text, { signal })
  return answer === undefined ? undefined : JSON.parse(answer)
}

const call = (method: string, params: unknown = [], id: unknown = 1): object => ({
  jsonrpc: '2.0',
  id,
  method,
  params,
})

const failure = (code: number, message: unknown = expect.any(String), id: unknown = 1): object => ({
  jsonrpc: '2.0',
  id,
  error: { code, message },
})

describe('a JSON-RPC dispatcher', () => {
  test('parameters are taken by position and by name, with all their digits', async () => {
    expect(await ask(call('sum', [1, 2]))).toEqual({ jsonrpc: '2.0', id: 1, result: 3 })
    const named = { left: 1, right_hand: 2 }
    expect(await ask(call('sum', named, 'a'))).toEqual({ jsonrpc: '2.0', id: 'a', result: 3 })
    const text = '{"jsonrpc":"2.0","id":null,"method":"sum","params":[18446744073709551614,1]}'
    expect(await dispatcher().answer(text, { signal })).toBe(
      '{"jsonrpc":"2.0","id":null,"result":18446744073709551615}',
    )
  })

  test('parameters that do not fit are -32602, and the message names them', async () => {
    for (const params of [[1], [1, 'x'], [1, 2, 3], { left: 1 }, [-1, 2], [1.5, 2]])
      expect(await ask(call('sum', params))).toEqual(
        failure(-32602, expect.stringMatching(/^Invalid params: /)),
      )
    expect(await ask(call('sum', [1, 'x']))).toEqual(
      failure(-32602, expect.stringContaining('right_hand')),
    )
  })

  test('what is no call is answered as the specification says', async () => {
    expect(await ask('{')).toEqual(failure(-32700, expect.any(String), null))
    expect(await ask('"x"')).toEqual(failure(-32600, expect.any(String), null))
    expect(await ask([])).toEqual(failure(-32600, expect.any(String), null))
    expect(await ask({ ...call('sum'), jsonrpc: '1.0' })).toEqual(failure(-32600))
    expect(await ask({ ...call('sum'), params: 7 })).toEqual(failure(-32600))
    expect(await ask({ ...call('sum'), method: 7 })).toEqual(failure(-32600))
    expect(await ask(call('sum', [], { a: 1 }))).toEqual(failure(-32600, expect.any(String), null))
    expect(await ask(call('none'))).toEqual(failure(-32601, 'Method not found'))
  })

  test('a batch is answered in order, without its notifications; too large a one is refused', async () => {
    const { id: _, ...notification } = call('sum', [1, 2]) as { readonly id: number }
    expect(await ask([call('sum', [1, 2]), notification, call('none', [], 2)])).toEqual([
      { jsonrpc: '2.0', id: 1, result: 3 },
      failure(-32601, 'Method not found', 2),
    ])
    expect(await ask([notification])).toBeUndefined()
    expect(await ask(notification)).toBeUndefined()
    const four = Array.from({ length: 4 }, () => call('sum', [1, 2]))
    expect(await ask(four)).toEqual(failure(-32600, expect.any(String), null))
    expect(await ask([call('sum', [1, 2])], { batchLimit: 'disabled' })).toEqual(
      failure(-32600, expect.any(String), null),
    )
  })

  test('the client goes away in the middle of a batch › nothing more of it is begun', async () => {
    const gone = new AbortController()
    let calls = 0
    const leave: RpcMethod = () => {
      calls += 1
      gone.abort()
      return new Promise(() => undefined)
    }
    const three = JSON.stringify(Array.from({ length: 3 }, () => call('leave')))
    const leaving = dispatcher({ methods: new Map([['leave', leave]]) })
    await leaving.answer(three, { signal: gone.signal })
    expect(calls).toBe(1)
  })

  test('a refusal is answered as it is; a bug shows nothing of what is inside', async () => {
    expect(await ask(call('refuse'))).toEqual(failure(-10008, 'Resource not found: x'))
    expect(await ask(call('crash'))).toEqual(failure(-32603, 'Internal error'))
  })

  test('a call that takes too long is given up', async () => {
    const clock = new ManualClock()
    const answer = dispatcher({ clock }).answer(JSON.stringify(call('hang')), { signal })
    await yieldTurn()
    clock.advance(1001)
    expect(JSON.parse((await answer) ?? '')).toEqual(
      failure(-10014, expect.stringContaining('1000 ms')),
    )
  })

  test('an answer that is too large is an error', async () => {
    expect(await ask(call('long'))).toEqual(failure(-32603, expect.stringContaining('too big')))
    expect(await ask(call('long'), { maxResponseBytes: 10_000 })).toHaveProperty('result')
  })
})
