import type { Result } from '@zkstack/crypto'
import type { Certificate } from '../../types/certificate.js'
import { decoded, type CodecError } from '../codec-error.js'
import { aggchainData } from './aggchain-data-json.js'
import { bridgeExit, importedBridgeExit } from './bridge-json.js'
import { list, membersOf, nullable, struct, withDefault, type Json } from './json.js'
import { stringifyJson } from './json-value.js'
import { parseJson } from './parse-json.js'
import { byteNumbers, hash, u32, u64 } from './scalars.js'

type Plain = Omit<Certificate, 'aggchainData'>

const plain: Json<Plain> = struct<Plain>({
  networkId: u32,
  height: u64,
  prevLocalExitRoot: hash,
  newLocalExitRoot: hash,
  bridgeExits: list(bridgeExit),
  importedBridgeExits: list(importedBridgeExit),
  metadata: hash,
  customChainData: withDefault(byteNumbers, () => new Uint8Array()),
  l1InfoTreeLeafCount: nullable(u32),
})

/**
 * Reads a certificate as Agglayer's JSON-RPC takes it; amounts may be decimal or hexadecimal texts, or numbers of any
 * size. Members that it does not know are ignored. The error names the member that is wrong.
 */
export function parseCertificate(text: string): Result<Certificate, CodecError> {
  return decoded(() => {
    const value = parseJson(text)
    const certificate = plain.read(value)
    return { ...certificate, aggchainData: aggchainData.read(value) }
  })
}

/**
 * Writes a certificate as Agglayer does: amounts in hexadecimal, the aggchain data's members among the others, and
 * `aggchain_data_type` only where these do not tell the variant.
 */
export function certificateToJson(certificate: Certificate): string {
  const members = membersOf(plain.write(certificate))
  const data = membersOf(aggchainData.write(certificate.aggchainData))
  return stringifyJson(new Map([...members, ...data]))
}
