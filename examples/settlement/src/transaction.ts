import { concatBytes, keccak256 } from '@zkstack/crypto'
import type { L1Signer } from '@zkstack/l1'
import {
  bincode,
  contracts,
  layouts,
  recoverSigner,
  type Address,
  type EcdsaSignature,
} from '@zkstack/pessimistic-proof'
import type { ClaimedExit } from '@zkstack/settlement'

const { addressBytes, array, hash, struct, tagged, u32, u64, u256 } = bincode

/** What an account may do. */
export type Action =
  | { readonly type: 'transfer'; readonly to: Address; readonly amount: bigint }
  /** Burns ether here, which leaves for an account of another network. */
  | {
      readonly type: 'exit'
      readonly destNetwork: number
      readonly destAddress: Address
      readonly amount: bigint
    }
  /** Takes in what left another network for this one; anybody may send it. */
  | { readonly type: 'claim'; readonly claim: ClaimedExit }

/** An action with the account's number of actions before it. */
export interface Transaction {
  readonly chainId: number
  readonly nonce: bigint
  readonly action: Action
}

/** A transaction, and who signed it. */
export interface SignedTransaction extends Transaction {
  readonly sender: Address
}

const action = tagged<Action>({
  transfer: struct({ to: addressBytes, amount: u256 }),
  exit: struct({ destNetwork: u32, destAddress: addressBytes, amount: u256 }),
  claim: struct({
    claim: struct<ClaimedExit>({
      bridgeExit: layouts.bridgeExit,
      globalIndex: layouts.globalIndex,
      smtProofLocalExitRoot: array(hash, 32),
      smtProofRollupExitRoot: array(hash, 32),
      mainnetExitRoot: hash,
      rollupExitRoot: hash,
    }),
  }),
})

const transaction = struct<Transaction>({ chainId: u32, nonce: u64, action })

const signatureBytes = contracts.encode(layouts.ecdsaSignature, {
  r: 0n,
  s: 0n,
  oddYParity: false,
}).length

/** Signs and encodes a transaction. @throws Error when the signer gives no signature */
export async function signTransaction(
  signer: L1Signer,
  unsigned: Transaction,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const body = contracts.encode(transaction, unsigned)
  const signature = await signer.signDigest(keccak256(body), { signal })
  if (!signature.ok) throw new Error(signature.error.message)
  return concatBytes(contracts.encode(layouts.ecdsaSignature, signature.value), body)
}

/** Reads a transaction; `undefined` unless it is one, and signed. */
export function readTransaction(bytes: Uint8Array): SignedTransaction | undefined {
  if (bytes.length <= signatureBytes || bytes.length > 16_384) return undefined
  const signature = contracts.decode<EcdsaSignature>(
    layouts.ecdsaSignature,
    bytes.subarray(0, signatureBytes),
  )
  const body = bytes.slice(signatureBytes)
  const read = contracts.decode<Transaction>(transaction, body)
  if (!signature.ok || !read.ok) return undefined
  const sender = recoverSigner(signature.value, keccak256(body))
  return sender && { ...read.value, sender }
}
