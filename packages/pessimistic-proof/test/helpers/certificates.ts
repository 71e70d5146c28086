import { parseCertificate } from '../../src/codec/json/certificate-json.js'
import type { Certificate } from '../../src/types/certificate.js'
import { loadVector } from './load-vector.js'
import { valueOf } from './value-of.js'

/** Names of the seven real certificates, each chain in order. */
export const certificateNames = [
  'cert_h0',
  'cert_h1',
  'cert_h2',
  'n15-cert_h0',
  'n15-cert_h1',
  'n15-cert_h2',
  'n15-cert_h3',
] as const

/** One of the real certificates. */
export function realCertificate(name: (typeof certificateNames)[number]): Certificate {
  return valueOf(parseCertificate(loadVector(`certificates/${name}.json`)))
}

/** A certificate of zeros with one signature. */
export function plainCertificate(changes: Partial<Certificate> = {}): Certificate {
  const { prevLocalExitRoot } = realCertificate('cert_h0')
  return {
    networkId: 1,
    height: 0n,
    prevLocalExitRoot,
    newLocalExitRoot: prevLocalExitRoot,
    bridgeExits: [],
    importedBridgeExits: [],
    metadata: prevLocalExitRoot,
    aggchainData: { type: 'ecdsa', signature: { r: 1n, s: 2n, oddYParity: true } },
    customChainData: new Uint8Array(),
    l1InfoTreeLeafCount: undefined,
    ...changes,
  }
}
