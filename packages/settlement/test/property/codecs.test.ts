import { seededRandom } from '@zkstack/concurrency'
import { hash32 } from '@zkstack/crypto'
import { describe, expect, test } from 'vitest'
import {
  certificateHeaderToJson,
  certificateStatusError,
  decodeCertificateHeader,
  decodeEpochConfiguration,
  decodeNetworkInfo,
  encodeCertificateHeader,
  parseCertificateHeader,
  parseEpochConfiguration,
  parseNetworkInfo,
  type CertificateHeader,
} from '../../src/index.js'

const seed = process.env['SEED'] ?? String(Date.now())

const hash = (byte: number) => hash32(new Uint8Array(32).fill(byte))
const header: CertificateHeader = {
  networkId: 7,
  height: 3n,
  epochNumber: 1n,
  certificateIndex: 2n,
  certificateId: hash(1),
  prevLocalExitRoot: hash(2),
  newLocalExitRoot: hash(3),
  metadata: hash(4),
  status: { type: 'inError', error: certificateStatusError('SettlementError', 'reverted') },
  settlementTxHash: hash(5),
}

describe('altered bytes and texts', () => {
  test('of headers, network infos and epochs › are read or refused, and nothing is thrown', () => {
    process.stdout.write(`SEED=${seed}\n`)
    const random = seededRandom(seed)
    const bytes = encodeCertificateHeader(header)
    const text = certificateHeaderToJson(header)
    let refused = 0
    for (let i = 0; i < 5000; i++) {
      const changed = bytes.slice(0, bytes.length - (random.uint32() % 4))
      const at = random.uint32() % changed.length
      changed[at] = random.uint32() % 256
      for (const decode of [decodeCertificateHeader, decodeNetworkInfo, decodeEpochConfiguration])
        if (!decode(changed).ok) refused++
      const place = random.uint32() % text.length
      const letter = String.fromCharCode(32 + (random.uint32() % 96))
      const changedText = text.slice(0, place) + letter + text.slice(place + 1)
      for (const parse of [parseCertificateHeader, parseNetworkInfo, parseEpochConfiguration])
        if (!parse(changedText).ok) refused++
    }
    expect(refused).toBeGreaterThan(10_000)
  })
})
