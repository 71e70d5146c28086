import { toHex } from '@zkstack/crypto'
import { decodeErrorResult, type Hex } from 'viem'

/** `Error(string)` and `Panic(uint256)`, which Solidity itself emits. */
const builtIn = [
  { type: 'error', name: 'Error', inputs: [{ name: 'message', type: 'string' }] },
  { type: 'error', name: 'Panic', inputs: [{ name: 'code', type: 'uint256' }] },
] as const

/**
 * What Solidity's own errors say; `undefined` for those that a contract declares, which take its ABI.
 * @see https://docs.soliditylang.org/en/latest/control-structures.html#panic-via-assert-and-error-via-require
 */
export function decodeRevert(data: Uint8Array): string | undefined {
  try {
    const hex: Hex = `0x${toHex(data)}`
    const { errorName, args } = decodeErrorResult({ abi: builtIn, data: hex })
    return errorName === 'Panic' ? `Panic(0x${args[0].toString(16)})` : args[0]
  } catch {
    return undefined
  }
}
