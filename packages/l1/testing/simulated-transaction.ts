import { bytesEqual, concatBytes, keccak256, ok, toHex, type Hash32 } from '@zkstack/crypto'
import { address, type Address } from '@zkstack/pessimistic-proof'
import type { L1Transaction } from '../src/client/l1-types.js'
import type { L1Signer } from '../src/signers/l1-signer.js'

/** A transaction of a {@link SimulatedL1}. */
export interface SimulatedTransaction extends L1Transaction {
  readonly sender: Address
  readonly hash: Hash32
}

/** Signs nothing: the bytes name their sender, and only a {@link SimulatedL1} believes them. */
export function simulatedSigner(index: number): L1Signer {
  const sender = address(new Uint8Array(20).fill(index + 1))
  return {
    address: sender,
    signDigest: () => Promise.reject(new TypeError('a simulated signer signs transactions only')),
    async signTransaction(transaction) {
      const bytes = encodeSimulatedTransaction(sender, transaction)
      return ok({ bytes, hash: keccak256(bytes) })
    },
  }
}

/** The bytes of a transaction: sender ‖ to ‖ six numbers of 16 bytes ‖ calldata. */
export function encodeSimulatedTransaction(sender: Address, t: L1Transaction): Uint8Array {
  const numbers = [t.chainId, t.nonce, t.value, t.gasLimit, t.maxFeePerGas, t.maxPriorityFeePerGas]
  return concatBytes(sender, t.to, ...numbers.map(be128), t.calldata)
}

/** Inverse of {@link encodeSimulatedTransaction}. */
export function decodeSimulatedTransaction(bytes: Uint8Array): SimulatedTransaction {
  const numberAt = (index: number): bigint => {
    const start = 40 + 16 * index
    return BigInt(`0x${toHex(bytes.slice(start, start + 16))}`)
  }
  return {
    sender: address(bytes.slice(0, 20)),
    to: address(bytes.slice(20, 40)),
    chainId: numberAt(0),
    nonce: numberAt(1),
    value: numberAt(2),
    gasLimit: numberAt(3),
    maxFeePerGas: numberAt(4),
    maxPriorityFeePerGas: numberAt(5),
    calldata: bytes.slice(136),
    hash: keccak256(bytes),
  }
}

/** Whether both transactions want the same nonce of the same wallet. */
export function areRivals(a: SimulatedTransaction, b: SimulatedTransaction): boolean {
  return a.nonce === b.nonce && bytesEqual(a.sender, b.sender)
}

function be128(value: bigint): Uint8Array {
  const bytes = new Uint8Array(16)
  const view = new DataView(bytes.buffer)
  view.setBigUint64(0, value >> 64n)
  view.setBigUint64(8, BigInt.asUintN(64, value))
  return bytes
}
