import { err, type Result } from '@zkstack/crypto'
import type { Certificate } from '../types/certificate.js'
import { contracts } from './bincode/bincode.js'
import { certificateV0, certificateV1 } from './bincode/certificate-layouts.js'
import type { CodecError } from './codec-error.js'
import { storedCertificate } from './protobuf/certificate-message.js'
import { decodeMessage } from './protobuf/message.js'

/**
 * How Agglayer's node keeps certificates: versions 0 and 1 are bincode, before and since multisigs; new ones are the
 * protobuf message `agglayer.storage.v0.Certificate`.
 */
export type StorageFormat = 'v0' | 'v1' | 'protobuf'

/**
 * A certificate as it is stored, by default in the newest format.
 * @throws RangeError when the format has no place for something in it: `v0` holds one signature, no custom chain
 *   data, no leaf count, and network ids of 24 bits.
 */
export function encodeStoredCertificate(
  certificate: Certificate,
  format: StorageFormat = 'protobuf',
): Uint8Array {
  switch (format) {
    case 'v0':
      return contracts.encode(certificateV0, certificate)
    case 'v1':
      return contracts.encode(certificateV1, certificate)
    case 'protobuf':
      return storedCertificate.encode(certificate)
  }
}

/** Reads a stored certificate; its first byte tells the format. */
export function decodeStoredCertificate(bytes: Uint8Array): Result<Certificate, CodecError> {
  switch (bytes[0]) {
    case undefined:
      return err({ code: 'TRUNCATED', field: '', message: 'there are no bytes' })
    case 0:
      return contracts.decode(certificateV0, bytes)
    case 1:
      return contracts.decode(certificateV1, bytes)
    default:
      return decodeMessage(storedCertificate, bytes)
  }
}
