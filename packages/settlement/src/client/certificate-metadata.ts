import { hash32, type Hash32 } from '@zkstack/crypto'

/** What a chain keeps in the metadata of its certificates: which blocks they cover, and when they were made. */
export interface CertificateMetadata {
  readonly fromBlock: bigint
  readonly toBlock: bigint
  /** Seconds since the Unix epoch. */
  readonly createdAt: number
  /** Tells the attempts at one height apart, from 0: the id of a certificate must change. */
  readonly attempt: number
}

const version = 2

/**
 * u8 version 2 ‖ u64 BE first block ‖ u32 BE blocks above it ‖ u32 BE creation time ‖ u8 attempt, then zeros: 32 bytes.
 * @see aggkit aggsender/types/certificate_metadata.go (whose last byte is a type of certificate)
 */
export function encodeCertificateMetadata(metadata: CertificateMetadata): Hash32 {
  const bytes = new Uint8Array(32)
  const view = new DataView(bytes.buffer)
  view.setUint8(0, version)
  view.setBigUint64(1, metadata.fromBlock)
  view.setUint32(9, Number(metadata.toBlock - metadata.fromBlock))
  view.setUint32(13, metadata.createdAt)
  view.setUint8(17, metadata.attempt & 255)
  return hash32(bytes)
}

/** Reads what {@link encodeCertificateMetadata} wrote; `undefined` for metadata of another form. */
export function decodeCertificateMetadata(bytes: Hash32): CertificateMetadata | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  if (view.getUint8(0) !== version) return undefined
  const fromBlock = view.getBigUint64(1)
  return {
    fromBlock,
    toBlock: fromBlock + BigInt(view.getUint32(9)),
    createdAt: view.getUint32(13),
    attempt: view.getUint8(17),
  }
}
