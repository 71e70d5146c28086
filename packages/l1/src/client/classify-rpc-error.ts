import { fromHex } from '@zkstack/crypto'
import { refused, unavailable, type L1Error, type RefusalReason } from '../l1-error.js'
import { decodeRevert } from './decode-revert.js'

/** The error member of a JSON-RPC answer. */
export interface RpcError {
  readonly code: number
  readonly message: string
  readonly data: unknown
}

/**
 * What clients say for the same thing; the codes differ from client to client and mean little. First match counts.
 *
 * @see https://github.com/ethereum/go-ethereum/blob/master/core/txpool/errors.go
 * @see https://github.com/paradigmxyz/reth/blob/main/crates/rpc/rpc-eth-types/src/error/mod.rs
 */
const wordings: readonly (readonly [RegExp, RefusalReason | 'TRANSIENT'])[] = [
  [/nonce (is )?too low|oldnonce|nonce already used|invalid nonce.*too low/i, 'NONCE_TOO_LOW'],
  [
    /underpriced|feetoolow|gas price (is )?(too low|below)|tip.*too low|priority fee.*below|(max fee per gas|fee ?cap).*(less|lower|below).*base ?fee/i,
    'UNDERPRICED',
  ],
  [/insufficient (funds|balance)|insufficientfunds/i, 'INSUFFICIENT_FUNDS'],
  [
    /method.*(not found|not supported|does not exist|not available|not whitelisted|unsupported|not implemented|not allowed)|unsupported method/i,
    'UNSUPPORTED',
  ],
  [
    /rate.?limit|too many requests|exceeded.*(capacity|compute|requests)|(daily|monthly|request) (limit|quota)/i,
    'TRANSIENT',
  ],
  [
    /(block|query) range|range (is )?too (large|wide|big)|more than [\d,]+ (results|logs)|too many (results|logs|blocks)|response size|max(imum)? (block|results)|limit exceeded|up to a? ?[\d,]+ block/i,
    'TOO_LARGE',
  ],
  [
    /time(d)?.?out|try again|busy|temporar|overloaded|header not found|unknown block|block (was )?not found|blocknotfound|block ?out ?of ?range|missing trie node|state.*(not available|is not available|pruned)|not (yet )?synced|syncing|resource not found|unavailable/i,
    'TRANSIENT',
  ],
  [/revert/i, 'REVERTED'],
]

/** Codes that say by themselves that it may work later: limit exceeded, resource not found or unavailable, internal error. */
const transientCodes = new Set([-32_001, -32_002, -32_005, -32_603])

/** Sorts the error of a node into those that callers tell apart. */
export function classifyRpcError(error: RpcError, method: string): L1Error {
  const message = `${method}: ${error.message} (${error.code})`
  const revertData = revertDataOf(error.data)
  if (error.code === 3 || (revertData !== undefined && /revert/i.test(error.message))) {
    const text = revertData && decodeRevert(revertData)
    return refused('REVERTED', message, {
      rpcCode: error.code,
      ...(revertData === undefined ? {} : { revertData }),
      ...(text === undefined ? {} : { revertReason: text }),
    })
  }
  if (error.code === -32_601) return refused('UNSUPPORTED', message, { rpcCode: error.code })
  const meant = wordings.find(([words]) => words.test(error.message))?.[1]
  if (meant === 'TOO_LARGE' && method !== 'eth_getLogs') return unavailable(message)
  if (meant === 'TRANSIENT') return unavailable(message)
  if (meant !== undefined) return refused(meant, message, { rpcCode: error.code })
  if (transientCodes.has(error.code)) return unavailable(message)
  return refused('OTHER', message, { rpcCode: error.code })
}

/** Nodes give the data of a revert as text, or within an object, or within one in that. */
function revertDataOf(data: unknown, depth = 2): Uint8Array | undefined {
  if (typeof data === 'string') return data.startsWith('0x') ? fromHex(data.slice(2)) : undefined
  const isAround = typeof data === 'object' && data !== null && 'data' in data
  return isAround && depth > 0 ? revertDataOf(data.data, depth - 1) : undefined
}

const alreadyKnown =
  /already known|alreadyknown|known transaction|already imported|already in (the )?(mem)?pool/i

/** Whether a node refuses a transaction only because it has it. */
export function isAlreadyKnown({ message }: RpcError): boolean {
  return alreadyKnown.test(message)
}

/** Whether a node says that nothing has been safe or finalized yet, or that it knows no such transaction, by an error. */
export function isNotFound({ code, message }: RpcError): boolean {
  return (
    code === -39_001 ||
    /(safe|finalized) block( is)? not found|^(transaction )?not found/i.test(message)
  )
}
