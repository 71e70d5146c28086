import { ok, toHex, type Hash32 } from '@zkstack/crypto'
import type { L1Client } from '@zkstack/l1'
import { json } from '@zkstack/pessimistic-proof'
import { rpcError } from '../json-rpc/rpc-error.js'
import { rpcMethod, type RpcMethod, type RpcResult } from '../json-rpc/rpc-method.js'

/** `interop_getTxStatus`: "done" for a transaction of L1 in a block below the newest one, else "pending". */
export function transactionStatus(l1: Pick<L1Client, 'receipt' | 'block'>): RpcMethod {
  return rpcMethod<{ readonly hash: Hash32 }>({ hash: json.hash }, async ({ hash }, o) => {
    const receipt = await l1.receipt(hash, o)
    if (!receipt.ok)
      return statusError('tx-status', 'Failed to get tx status', receipt.error.message)
    if (receipt.value === undefined) return unknownTransaction(hash)
    const head = await l1.block('latest', o)
    if (!head.ok)
      return statusError('l1-block', 'Failed to get the current L1 block', head.error.message)
    const current = head.value?.number ?? 0n
    return ok(receipt.value.blockNumber < current ? 'done' : 'pending')
  })
}

function unknownTransaction(hash: Hash32): RpcResult {
  const body = new Map([['tx-not-found', new Map([['hash', `0x${toHex(hash)}`]])]])
  const data = new Map([['status', body]])
  return rpcError('statusError', 'Status retrieval error: Transaction not found', data)
}

function statusError(name: string, what: string, detail: string): RpcResult {
  const data = new Map([['status', new Map([[name, new Map([['detail', detail]])]])]])
  return rpcError('statusError', `Status retrieval error: ${what}`, data)
}
