import { expect, it } from 'vitest'
import { classifyRpcError } from '../../src/client/classify-rpc-error.js'

/** What clients and providers really say, with their codes; gathered from their sources and answers. */
const sayings: readonly [string, number, string, string][] = [
  ['eth_sendRawTransaction', -32_000, 'nonce too low: next nonce 5, tx nonce 4', 'NONCE_TOO_LOW'],
  ['eth_sendRawTransaction', -32_003, 'nonce too low', 'NONCE_TOO_LOW'],
  ['eth_sendRawTransaction', -32_000, 'replacement transaction underpriced', 'UNDERPRICED'],
  [
    'eth_sendRawTransaction',
    -32_000,
    'transaction underpriced: tip needed 1, tip permitted 0',
    'UNDERPRICED',
  ],
  [
    'eth_sendRawTransaction',
    -32_000,
    'max fee per gas less than block base fee: address 0x1',
    'UNDERPRICED',
  ],
  [
    'eth_sendRawTransaction',
    -32_010,
    'FeeTooLow, EffectivePriorityFeePerGas too low',
    'UNDERPRICED',
  ],
  [
    'eth_sendRawTransaction',
    -32_000,
    'insufficient funds for gas * price + value',
    'INSUFFICIENT_FUNDS',
  ],
  ['eth_sendRawTransaction', -32_000, 'intrinsic gas too low', 'OTHER'],
  ['eth_getLogs', -32_005, 'query returned more than 10000 results', 'TOO_LARGE'],
  ['eth_getLogs', -32_602, 'query exceeds max block range 100000', 'TOO_LARGE'],
  ['eth_getLogs', -32_600, 'eth_getLogs is limited to a 10,000 block range', 'TOO_LARGE'],
  ['eth_getLogs', -32_602, 'Log response size exceeded.', 'TOO_LARGE'],
  ['eth_getLogs', -32_000, 'block range too large', 'TOO_LARGE'],
  ['eth_getLogs', -32_005, 'daily request count exceeded, request rate limited', 'UNAVAILABLE'],
  ['eth_call', -32_005, 'limit exceeded', 'UNAVAILABLE'],
  ['eth_call', -32_000, 'missing trie node 12 (path )', 'UNAVAILABLE'],
  ['eth_call', -32_000, 'execution timeout: request timed out', 'UNAVAILABLE'],
  ['eth_call', -32_009, 'request timeout on the free tier', 'UNAVAILABLE'],
  ['eth_call', -32_603, 'internal error', 'UNAVAILABLE'],
  ['eth_call', -32_000, 'execution reverted', 'REVERTED'],
  ['eth_call', -32_602, 'invalid argument 0', 'OTHER'],
  ['eth_foo', -32_601, 'anything', 'UNSUPPORTED'],
  ['eth_foo', -32_000, 'the method eth_foo does not exist/is not available', 'UNSUPPORTED'],
]

it.each(sayings)('%s: %i %s › %s', (method, code, message, meaning) => {
  const error = classifyRpcError({ code, message, data: undefined }, method)
  expect(error.code === 'REFUSED' ? error.reason : error.code).toBe(meaning)
})
