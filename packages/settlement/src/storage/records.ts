import { hash32, type Hash32 } from '@zkstack/crypto'
import {
  bincode,
  contracts,
  decodeStoredCertificate,
  encodeStoredCertificate,
  type Certificate,
  type StateCommitment,
} from '@zkstack/pessimistic-proof'
import type { CertificateHeader, CertificateStatus } from '../types/certificate-header.js'
import {
  certificateStatusErrorCodes,
  type CertificateStatusError,
  type CertificateStatusErrorCode,
  type ErrorKind,
} from '../types/certificate-status-error.js'
import { recordCodec, type RecordCodec } from './column.js'

const { array, byteString, hash, mapped, names, option, struct, tagged, text, u32, u64 } = bincode

/** Records in bincode. */
export function inBincode<T>(name: string, layout: bincode.Bincode<T>): RecordCodec<T> {
  return recordCodec(
    name,
    (value) => contracts.encode(layout, value),
    (bytes) => contracts.decode(layout, bytes),
  )
}

const statusError = struct<CertificateStatusError>({
  code: names<CertificateStatusErrorCode>(...certificateStatusErrorCodes),
  kind: names<ErrorKind>('retry', 'rebuild', 'fatal'),
  reason: option(text),
  message: text,
})

/** The status with a variant for each, in upstream's order. */
type StoredStatus =
  | { readonly type: 'pending' }
  | { readonly type: 'proven' }
  | { readonly type: 'candidate' }
  | Extract<CertificateStatus, { readonly type: 'inError' }>
  | { readonly type: 'settled' }

const status = mapped<CertificateStatus, StoredStatus>(
  tagged<StoredStatus>({
    pending: struct({}),
    proven: struct({}),
    candidate: struct({}),
    inError: struct({ error: statusError }),
    settled: struct({}),
  }),
  (value) => value,
  (value) => value,
)

/** A header as upstream's node keeps it, but for errors, which are flat here. */
export const headerRecord: RecordCodec<CertificateHeader> = inBincode(
  'certificate headers',
  struct<CertificateHeader>({
    networkId: u32,
    height: u64,
    epochNumber: option(u64),
    certificateIndex: option(u64),
    certificateId: hash,
    prevLocalExitRoot: hash,
    newLocalExitRoot: hash,
    metadata: hash,
    status,
    settlementTxHash: option(hash),
  }),
)

/** A certificate in upstream's newest form; older ones are read too. */
export const certificateRecord: RecordCodec<Certificate> = recordCodec(
  'certificates',
  (certificate) => encodeStoredCertificate(certificate),
  decodeStoredCertificate,
)

/** The newest settled certificate of a network: 32 + 8 + 8 + 8 bytes. */
export interface SettledCertificate {
  readonly certificateId: Hash32
  readonly height: bigint
  readonly epoch: bigint
  readonly index: bigint
}

/** As upstream's node keeps it. */
export const settledRecord: RecordCodec<SettledCertificate> = inBincode(
  'settled certificates',
  struct<SettledCertificate>({ certificateId: hash, height: u64, epoch: u64, index: u64 }),
)

/** A certificate of a network, by id and height: 32 + 8 bytes. */
export interface CertificatePointer {
  readonly certificateId: Hash32
  readonly height: bigint
}

/** The newest pending, or the newest proven, certificate. */
export const pointerRecord: RecordCodec<CertificatePointer> = inBincode(
  'certificate pointers',
  struct<CertificatePointer>({ certificateId: hash, height: u64 }),
)

/**
 * A proof as it is kept, with the 196 bytes that it proves. Of the type `native` there is no proof, and L1 takes none: for
 * development.
 */
export interface StoredProof {
  readonly type: 'native' | 'sp1'
  readonly publicValues: Uint8Array
  readonly proof: Uint8Array
  /** The program's verifying key, 32 bytes; empty for `native`. */
  readonly vkey: Uint8Array
}

/** A stored proof. */
export const proofRecord: RecordCodec<StoredProof> = inBincode(
  'proofs',
  struct<StoredProof>({
    type: names<StoredProof['type']>('native', 'sp1'),
    publicValues: byteString,
    proof: byteString,
    vkey: byteString,
  }),
)

/** The local exit tree as its right edge: u32 leaf count ‖ 32 digests. */
export const exitTreeRecord: RecordCodec<{
  readonly leafCount: number
  readonly frontier: readonly Hash32[]
}> = inBincode('local exit trees', struct({ leafCount: u32, frontier: array(hash, 32) }))

/** What a network's three trees must add up to, and where that was settled. */
export interface StateHead {
  readonly settledHeight: bigint
  readonly pessimisticRoot: Hash32
  readonly commitment: StateCommitment
}

/** The head of a network's state: 8 + 32 + 32 + 4 + 32 + 32 bytes. */
export const stateHeadRecord: RecordCodec<StateHead> = inBincode(
  'network states',
  struct<StateHead>({
    settledHeight: u64,
    pessimisticRoot: hash,
    commitment: struct<StateCommitment>({
      exitRoot: hash,
      lerLeafCount: u32,
      balanceRoot: hash,
      nullifierRoot: hash,
    }),
  }),
)

/** Bytes as they are. */
export const bytesRecord: RecordCodec<Uint8Array> = {
  encode: (bytes) => bytes,
  decode: (bytes) => bytes.slice(),
}

/** The clock of the epochs. */
export interface ClockRecord {
  readonly type: 'block' | 'time'
  /** A block, or milliseconds since 1970. */
  readonly genesis: bigint
  readonly epochDuration: bigint
  readonly height: bigint
}

/** A clock. */
export const clockRecord: RecordCodec<ClockRecord> = inBincode(
  'the clock',
  struct<ClockRecord>({
    type: names<ClockRecord['type']>('block', 'time'),
    genesis: u64,
    epochDuration: u64,
    height: u64,
  }),
)

/** A migration that was carried out, by its name. */
export const textRecord: RecordCodec<string> = inBincode('migrations', text)

/** The pessimistic root that a proof's public values end with. */
export function newPessimisticRootOf({ publicValues }: StoredProof): Hash32 {
  return hash32(publicValues.slice(-32))
}
