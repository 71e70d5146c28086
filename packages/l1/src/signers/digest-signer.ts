import { secp256k1 } from '@noble/curves/secp256k1.js'
import { bytesEqual, err, fromHex, keccak256, ok, type Hash32, type Result } from '@zkstack/crypto'
import { recoverSigner, type Address, type EcdsaSignature } from '@zkstack/pessimistic-proof'
import type { CallOptions } from '@zkstack/storage'
import { serializeTransaction, type TransactionSerializableEIP1559 } from 'viem'
import { hexData } from '../client/answer-fields.js'
import type { L1Transaction } from '../client/l1-types.js'
import type { L1Signer, L1SignerError, SignedTransaction } from './l1-signer.js'

/** A key of secp256k1 that signs digests, and may leave open which of the two equivalent forms and which parity it gives. */
export interface DigestKey {
  readonly address: Address
  /** r and s of a signature over the digest as it is; the parity and the form of s are found here. */
  signDigest(
    digest: Hash32,
    o: CallOptions,
  ): Promise<Result<{ readonly r: bigint; readonly s: bigint }, L1SignerError>>
}

/**
 * Makes a signer of whatever holds a key: a hardware module, a cloud service, another process. Every signature is verified to be
 * of the address before it is used.
 */
export function digestSigner(key: DigestKey): L1Signer {
  const signDigest = async (
    digest: Hash32,
    o: CallOptions,
  ): Promise<Result<EcdsaSignature, L1SignerError>> => {
    const signed = await key.signDigest(digest, o)
    return signed.ok ? normalized(signed.value, digest, key.address) : signed
  }
  return {
    address: key.address,
    signDigest,
    async signTransaction(transaction, o) {
      const unsigned = viemTransaction(transaction)
      const signed = await signDigest(keccak256(bytesOf(serializeTransaction(unsigned))), o)
      return signed.ok ? ok(serialized(unsigned, signed.value)) : signed
    },
  }
}

const { ORDER } = secp256k1.Point.Fn

/** The form with the low s, and the parity that recovers to the address. @see https://eips.ethereum.org/EIPS/eip-2 */
function normalized(
  { r, s }: { readonly r: bigint; readonly s: bigint },
  digest: Hash32,
  signer: Address,
): Result<EcdsaSignature, L1SignerError> {
  const low = s > ORDER / 2n ? ORDER - s : s
  for (const oddYParity of [false, true]) {
    const signature = { r, s: low, oddYParity }
    const found = recoverSigner(signature, digest)
    if (found !== undefined && bytesEqual(found, signer)) return ok(signature)
  }
  const message = `the signature is not of ${hexData(signer)}`
  return err({ code: 'INCONSISTENT', message, retry: true })
}

function viemTransaction(of: L1Transaction): TransactionSerializableEIP1559 {
  return {
    type: 'eip1559',
    chainId: safeNumber(of.chainId, 'chainId'),
    nonce: safeNumber(of.nonce, 'nonce'),
    to: hexData(of.to),
    data: hexData(of.calldata),
    value: of.value,
    gas: of.gasLimit,
    maxFeePerGas: of.maxFeePerGas,
    maxPriorityFeePerGas: of.maxPriorityFeePerGas,
  }
}

function serialized(
  transaction: TransactionSerializableEIP1559,
  { r, s, oddYParity }: EcdsaSignature,
): SignedTransaction {
  const signature = { r: word(r), s: word(s), yParity: Number(oddYParity) }
  const bytes = bytesOf(serializeTransaction(transaction, signature))
  return { bytes, hash: keccak256(bytes) }
}

function word(value: bigint): `0x${string}` {
  return `0x${value.toString(16).padStart(64, '0')}`
}

function bytesOf(hex: string): Uint8Array {
  const bytes = fromHex(hex.slice(2))
  if (bytes === undefined) throw new TypeError('the encoding of a transaction is no hexadecimal')
  return bytes
}

function safeNumber(value: bigint, name: string): number {
  if (value >= 0n && value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value)
  throw new RangeError(`${name}: expected 0 to 2^53 − 1, got ${value}`)
}
