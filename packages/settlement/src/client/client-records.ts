import type { Hash32 } from '@zkstack/crypto'
import { bincode, layouts, type BridgeExit, type Certificate } from '@zkstack/pessimistic-proof'
import { Column, type RecordCodec } from '../storage/column.js'
import { namesKey, networkKey, u64Record } from '../storage/keys.js'
import { certificateRecord, headerRecord, inBincode } from '../storage/records.js'
import type { CertificateHeader } from '../types/certificate-header.js'
import type { ClaimedExit } from './exit-source.js'

const { array, bool, byteString, hash, mapped, option, struct, u32, u64 } = bincode

/** An exit, and the block that it left in. */
export interface CollectedExit {
  readonly block: bigint
  readonly exit: BridgeExit
}

/** A claim, and the block that made it. */
export interface CollectedClaim {
  readonly block: bigint
  readonly claim: ClaimedExit
}

/** How far exits and claims are collected: the numbers of the next ones. */
export interface Collected {
  readonly nextBlock: bigint
  readonly exits: number
  readonly claims: number
}

/** The part of what was collected that a certificate covers: from the first ones on, up to those before the ends. */
export interface CertificateRange {
  readonly fromBlock: bigint
  readonly toBlock: bigint
  readonly firstExit: number
  readonly endExit: number
  readonly firstClaim: number
  readonly endClaim: number
}

/** A certificate as its client keeps it. */
export interface ClientCertificate {
  readonly header: CertificateHeader
  readonly range: CertificateRange
  /** `undefined`: it was found at the settlement node. */
  readonly certificate: Certificate | undefined
  /** How many certificates of this height failed before. */
  readonly attempt: number
  /** Whether the settlement node is known to have it. */
  readonly isSent: boolean
  /** Whether all its exits are reported as claimable. */
  readonly isClaimable: boolean
}

const claimedExit = struct<ClaimedExit>({
  bridgeExit: layouts.bridgeExit,
  globalIndex: layouts.globalIndex,
  smtProofLocalExitRoot: array<Hash32>(hash, 32),
  smtProofRollupExitRoot: array<Hash32>(hash, 32),
  mainnetExitRoot: hash,
  rollupExitRoot: hash,
})

/** A record within another one. */
function nested<T>(codec: RecordCodec<T>): bincode.Bincode<T> {
  return mapped<T, Uint8Array>(
    byteString,
    (value) => codec.encode(value),
    (bytes) => codec.decode(bytes),
  )
}

const certificate = struct<ClientCertificate>({
  header: nested(headerRecord),
  range: struct<CertificateRange>({
    fromBlock: u64,
    toBlock: u64,
    firstExit: u32,
    endExit: u32,
    firstClaim: u32,
    endClaim: u32,
  }),
  certificate: option(nested(certificateRecord)),
  attempt: u32,
  isSent: bool,
  isClaimable: bool,
})

/** Everything that the client of a network stores. */
export const clientColumns = {
  collected: new Column(
    'client_collected',
    namesKey<'collected'>('collected'),
    inBincode('client progress', struct<Collected>({ nextBlock: u64, exits: u32, claims: u32 })),
  ),
  /** By leaf index. */
  exits: new Column(
    'client_exits',
    networkKey,
    inBincode('client exits', struct<CollectedExit>({ block: u64, exit: layouts.bridgeExit })),
  ),
  /** By their order. */
  claims: new Column(
    'client_claims',
    networkKey,
    inBincode('client claims', struct<CollectedClaim>({ block: u64, claim: claimedExit })),
  ),
  /** By height: the newest attempt. */
  certificates: new Column(
    'client_certificates',
    u64Record,
    inBincode('client certificates', certificate),
  ),
} as const
