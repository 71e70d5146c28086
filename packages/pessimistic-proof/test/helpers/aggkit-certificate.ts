import { keccak256, toHex } from '@zkstack/crypto'
import { parseCertificate } from '../../src/codec/json/certificate-json.js'
import type { Certificate } from '../../src/types/certificate.js'
import { bytesOf } from './hex.js'
import { valueOf } from './value-of.js'

interface AggkitExit {
  metadata: string | null
}

interface AggkitCertificate {
  metadata: string
  bridge_exits: AggkitExit[]
  imported_bridge_exits: { bridge_exit: AggkitExit }[]
  aggchain_data?: { signature: string }
}

/**
 * A certificate as aggkit's Go code writes it: the signature is one text under `aggchain_data`, raw metadata of exits
 * is not hashed.
 */
export function parseAggkitCertificate(text: string): Certificate {
  const { aggchain_data, ...certificate } = JSON.parse(text) as AggkitCertificate
  const signature = aggchain_data?.signature ?? '00'.repeat(65)
  const exits = certificate.imported_bridge_exits.map(({ bridge_exit }) => bridge_exit)
  for (const exit of [...certificate.bridge_exits, ...exits]) {
    if (exit.metadata !== null) exit.metadata = hashOfMetadata(exit.metadata)
  }
  return valueOf(
    parseCertificate(
      JSON.stringify({
        ...certificate,
        signature: {
          r: `0x${signature.slice(0, 64)}`,
          s: `0x${signature.slice(64, 128)}`,
          odd_y_parity: signature.slice(128) === '01',
        },
      }),
    ),
  )
}

function hashOfMetadata(text: string): string {
  const bytes = bytesOf(text)
  return bytes.length === 32 ? text : toHex(keccak256(bytes))
}
