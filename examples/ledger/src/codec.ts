import { bytesEqual, err, ok, type Result } from '@zkstack/crypto'
import Long from 'long'
import {
  claimFields,
  claimMessage,
  exitFields,
  exitMessage,
  type ClaimFields,
  type ExitFields,
} from './bridge/bridge-fields.js'
import { copy, nonEmpty, withoutUndefined } from './canonical-fields.js'
import { zkstack } from './proto/generated.js'

const { Transaction: TransactionMessage, Payload: PayloadMessage } = zkstack.example.ledger

/** The largest amount, nonce or fee: 2^64 − 1. */
export const maxUint64 = 2n ** 64n - 1n

/** The fields of a transaction as they are encoded; an empty signature stands for none. */
export interface TransactionFields {
  readonly chainId: bigint
  readonly from: Uint8Array
  readonly to: Uint8Array
  readonly amount: bigint
  readonly nonce: bigint
  readonly fee: bigint
  readonly signature: Uint8Array
  readonly exit?: ExitFields | undefined
  readonly claim?: ClaimFields | undefined
}

/** The fields of a payload as they are encoded. */
export interface PayloadFields {
  readonly parent: Uint8Array
  /** Encoded transactions, in order of execution. */
  readonly transactions: readonly Uint8Array[]
  readonly stateRoot: Uint8Array
  readonly filler: Uint8Array
}

// The generated code takes a bigint for zero without a word, hence this border.
function toLong(value: bigint, name: string): Long {
  if (value < 0n || value > maxUint64) throw new RangeError(`${name} must fit in 64 bits: ${value}`)
  return Long.fromBits(Number(value & 0xffffffffn), Number(value >> 32n), true)
}

function fromLong(value: Long): bigint {
  return (BigInt(value.getHighBitsUnsigned()) << 32n) | BigInt(value.getLowBitsUnsigned())
}

const nonZero = (value: bigint, name: string): Long | undefined =>
  value === 0n ? undefined : toLong(value, name)

/** The canonical encoding: fields in ascending order, none at its default. @throws RangeError for a number above 64 bits. */
export function encodeTransactionFields(t: TransactionFields): Uint8Array {
  const message = withoutUndefined({
    chainId: nonZero(t.chainId, 'chainId'),
    from: nonEmpty(t.from),
    to: nonEmpty(t.to),
    amount: nonZero(t.amount, 'amount'),
    nonce: nonZero(t.nonce, 'nonce'),
    fee: nonZero(t.fee, 'fee'),
    signature: nonEmpty(t.signature),
    exit: t.exit && exitMessage(t.exit),
    claim: t.claim && claimMessage(t.claim),
  })
  return copy(TransactionMessage.encode(message).finish())
}

/** The canonical encoding: fields in ascending order, none at its default. */
export function encodePayloadFields(p: PayloadFields): Uint8Array {
  const message = withoutUndefined({
    parent: nonEmpty(p.parent),
    transactions: p.transactions.length > 0 ? [...p.transactions] : undefined,
    stateRoot: nonEmpty(p.stateRoot),
    filler: nonEmpty(p.filler),
  })
  return copy(PayloadMessage.encode(message).finish())
}

/** Decodes foreign bytes; only what the encoder itself would have written is accepted. */
function decodeCanonically<T>(
  bytes: Uint8Array,
  decode: () => T,
  encode: (fields: T) => Uint8Array,
): Result<T, 'MALFORMED'> {
  let fields: T
  try {
    fields = decode()
  } catch {
    // The generated decoder throws on truncated or mistyped bytes, and for no other reason.
    return err('MALFORMED')
  }
  return bytesEqual(encode(fields), bytes) ? ok(fields) : err('MALFORMED')
}

/** Decodes a transaction; `MALFORMED` unless the bytes are the canonical encoding of something. Lengths are not checked. */
export function decodeTransactionFields(bytes: Uint8Array): Result<TransactionFields, 'MALFORMED'> {
  const decode = (): TransactionFields => {
    const m = TransactionMessage.decode(bytes)
    return {
      chainId: fromLong(m.chainId),
      from: copy(m.from),
      to: copy(m.to),
      amount: fromLong(m.amount),
      nonce: fromLong(m.nonce),
      fee: fromLong(m.fee),
      signature: copy(m.signature),
      ...(m.exit && { exit: exitFields(m.exit) }),
      ...(m.claim && { claim: claimFields(m.claim) }),
    }
  }
  return decodeCanonically(bytes, decode, encodeTransactionFields)
}

/** Decodes a payload; `MALFORMED` unless the bytes are the canonical encoding of something. Lengths are not checked. */
export function decodePayloadFields(bytes: Uint8Array): Result<PayloadFields, 'MALFORMED'> {
  const decode = (): PayloadFields => {
    const m = PayloadMessage.decode(bytes)
    return {
      parent: copy(m.parent),
      transactions: m.transactions.map(copy),
      stateRoot: copy(m.stateRoot),
      filler: copy(m.filler),
    }
  }
  return decodeCanonically(bytes, decode, encodePayloadFields)
}
