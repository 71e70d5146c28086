import { describe, expect, test } from 'vitest'
import { JsonRpcClient } from '../../src/client/json-rpc-client.js'

const o = { signal: new AbortController().signal }

function clientOf(answer: unknown): JsonRpcClient {
  return new JsonRpcClient({
    url: 'http://127.0.0.1:1',
    fetch: () => Promise.resolve(Response.json(answer)),
  })
}

describe('an answer of JSON-RPC', () => {
  const head = { jsonrpc: '2.0', id: 1 }
  const error = { code: -10_008, message: 'no such certificate' }

  test('with a result, and an error of null › is that result', async () => {
    const client = clientOf({ ...head, result: 'yes', error: null })
    expect(await client.call('ask', [], o)).toEqual({ ok: true, value: 'yes' })
  })

  test('with an error, and a result of null › is that error', async () => {
    const client = clientOf({ ...head, result: null, error })
    expect(await client.call('ask', [], o)).toMatchObject({
      ok: false,
      error: { code: 'ANSWERED', error },
    })
  })

  test('with a result of null › is null', async () => {
    expect(await clientOf({ ...head, result: null }).call('ask', [], o)).toEqual({
      ok: true,
      value: null,
    })
  })

  test('with neither › is malformed', async () => {
    expect(await clientOf(head).call('ask', [], o)).toMatchObject({
      ok: false,
      error: { code: 'MALFORMED' },
    })
  })
})
