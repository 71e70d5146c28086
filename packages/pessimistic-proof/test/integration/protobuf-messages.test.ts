import { fileURLToPath } from 'node:url'
import { toHex } from '@zkstack/crypto'
import fc from 'fast-check'
import { Root } from 'protobufjs'
import { describe, expect, test } from 'vitest'
import { encodeCertificate, encodeStoredCertificate } from '../../src/index.js'
import { anyCertificate } from '../helpers/arbitraries.js'
import { realCertificate } from '../helpers/certificates.js'

const numRuns = 60

describe('the protobuf messages', () => {
  const folder = new URL('../../../../proto/agglayer/', import.meta.url)
  const root = new Root()
  root.resolvePath = (_, target) => fileURLToPath(new URL(target, folder))
  root.loadSync(['node.proto', 'storage.proto'])

  test.each([
    ['agglayer.node.types.v1.Certificate', encodeCertificate],
    ['agglayer.storage.v0.Certificate', encodeStoredCertificate],
  ] as const)('%s has the bytes that another implementation writes', (name, encode) => {
    const type = root.lookupType(name)
    fc.assert(
      fc.property(anyCertificate, (certificate) => {
        const encoded = encode(certificate)
        expect(toHex(type.encode(type.decode(encoded)).finish())).toBe(toHex(encoded))
      }),
      { numRuns },
    )
  })

  test('a large height is written whole', () => {
    const type = root.lookupType('agglayer.node.types.v1.Certificate')
    const certificate = { ...realCertificate('cert_h0'), height: 2n ** 64n - 1n }
    const message = type.decode(encodeCertificate(certificate)) as unknown as {
      height: { toString(): string }
    }
    expect(String(message.height)).toBe(String(2n ** 64n - 1n))
  })
})
