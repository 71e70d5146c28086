import { hash32 } from '@zkstack/crypto'
import { globalIndexFromBigint, globalIndexToBigint, protobuf } from '@zkstack/pessimistic-proof'
import type { NetworkType, SettledClaim } from '../types/network-info.js'
import { recordCodec, type RecordCodec } from './column.js'
import { corruptRecord } from './settlement-storage-error.js'

/** A fact about a network. */
export type NetworkFact =
  | { readonly type: 'networkType'; readonly networkType: Exclude<NetworkType, 'unspecified'> }
  | { readonly type: 'settledClaim'; readonly claim: SettledClaim }

/** The kinds of facts, in upstream's order; those not stored here follow from other columns. */
export const factKinds = [
  'networkType',
  'settledCertificate',
  'settledClaim',
  'latestPending',
  'latestProven',
] as const

function hexNumber(bytes: Uint8Array): bigint {
  return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n)
}

function bytes32(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * (31 - i))) & 255n))
}

const claim: protobuf.Message<SettledClaim> = protobuf.mapped(
  protobuf.message<{ readonly globalIndex: Uint8Array; readonly bridgeExitHash: Uint8Array }>({
    globalIndex: protobuf.bytes(1),
    bridgeExitHash: protobuf.bytes(2),
  }),
  ({ globalIndex, bridgeExitHash }) => ({
    globalIndex: bytes32(globalIndexToBigint(globalIndex)),
    bridgeExitHash,
  }),
  ({ globalIndex, bridgeExitHash }) => {
    const index = globalIndexFromBigint(hexNumber(globalIndex))
    if (index === undefined || bridgeExitHash.length !== 32)
      throw corruptRecord('network_info_cf', 'no claim')
    return { globalIndex: index, bridgeExitHash: hash32(bridgeExitHash) }
  },
)

const fact = protobuf.message<{ readonly value: NetworkFact }>({
  value: protobuf.oneof<NetworkFact>({
    networkType: typeField(),
    settledClaim: protobuf.required(
      3,
      protobuf.mapped(
        claim,
        (value: Extract<NetworkFact, { type: 'settledClaim' }>) => value.claim,
        (value) => ({ type: 'settledClaim', claim: value }),
      ),
    ),
  }),
})

function typeField(): protobuf.Field<Extract<NetworkFact, { type: 'networkType' }>> {
  const types = protobuf.enumeration<Exclude<NetworkType, 'unspecified'>>(
    1,
    'ecdsa',
    'generic',
    'multisigOnly',
    'multisigAndAggchainProof',
  )
  return {
    numbers: types.numbers,
    write: (writer, value) => types.write(writer, value.networkType),
    read: (fields) => ({ type: 'networkType', networkType: types.read(fields) }),
  }
}

/** `agglayer.storage.v0.NetworkInfoValue` */
export const factRecord: RecordCodec<NetworkFact> = recordCodec(
  'network_info_cf',
  (value) => fact.encode({ value }),
  (bytes) => {
    const decoded = protobuf.decodeMessage(fact, bytes)
    return decoded.ok ? { ok: true, value: decoded.value.value } : decoded
  },
)

/** Since when a network is disabled, in milliseconds since 1970, and by whom. */
export interface DisabledNetwork {
  readonly disabledAtMs: number
  readonly disabledBy: 'admin'
}

interface Timestamp {
  readonly seconds: bigint
  readonly nanos: number
}

const disabledNetwork: protobuf.Message<DisabledNetwork> = protobuf.mapped(
  protobuf.message<{ readonly disabledAt: Timestamp; readonly disabledBy: 'admin' }>({
    disabledAt: protobuf.required(
      1,
      protobuf.message<Timestamp>({ seconds: protobuf.uint64(1), nanos: protobuf.uint32(2) }),
    ),
    disabledBy: protobuf.enumeration(2, 'admin'),
  }),
  ({ disabledAtMs, disabledBy }) => {
    const ms = Math.floor(disabledAtMs)
    const seconds = BigInt(Math.floor(ms / 1000))
    return { disabledAt: { seconds, nanos: (ms % 1000) * 1_000_000 }, disabledBy }
  },
  ({ disabledAt: { seconds, nanos }, disabledBy }) => ({
    disabledAtMs: Number(seconds) * 1000 + Math.floor(nanos / 1_000_000),
    disabledBy,
  }),
)

/** `agglayer.storage.v0.DisabledNetwork` */
export const disabledRecord: RecordCodec<DisabledNetwork> = recordCodec(
  'disabled_networks_cf',
  (value) => disabledNetwork.encode(value),
  (bytes) => protobuf.decodeMessage(disabledNetwork, bytes),
)
