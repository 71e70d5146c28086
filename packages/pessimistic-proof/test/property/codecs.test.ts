import type { Result } from '@zkstack/crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseJson } from '../../src/codec/json/parse-json.js'
import { stringifyJson } from '../../src/codec/json/json-value.js'
import {
  certificateToJson,
  contracts,
  decodeCertificate,
  decodePublicValues,
  decodeStoredCertificate,
  encodeCertificate,
  encodePublicValues,
  encodeStoredCertificate,
  layouts,
  parseCertificate,
  parseWithdrawals,
  sp1Compatible,
  type CodecError,
} from '../../src/index.js'
import {
  anyBridgeExit,
  anyCertificate,
  anyHash,
  anyHeader,
  anyImportedBridgeExit,
  anyNetworkState,
} from '../helpers/arbitraries.js'
import { realCertificate } from '../helpers/certificates.js'
import { valueOf } from '../helpers/value-of.js'

const numRuns = 60

describe('decode after encode gives the same value', () => {
  const property = <T>(any: fc.Arbitrary<T>, back: (value: T) => Result<T, CodecError>) =>
    fc.assert(
      fc.property(any, (value) => {
        expect(valueOf(back(value))).toEqual(value)
      }),
      { numRuns },
    )

  test('of certificates in JSON', () => {
    property(anyCertificate, (value) => parseCertificate(certificateToJson(value)))
  })

  test('of certificates as the gRPC message', () => {
    property(anyCertificate, (value) => decodeCertificate(encodeCertificate(value)))
  })

  test.each(['v1', 'protobuf'] as const)('of certificates stored as %s', (format) => {
    property(anyCertificate, (value) =>
      decodeStoredCertificate(encodeStoredCertificate(value, format)),
    )
  })

  test.each([
    ['contracts', contracts],
    ['sp1Compatible', sp1Compatible],
  ])('of states, headers and exits in bincode, %s', (_, codec) => {
    const { networkState, multiBatchHeader, bridgeExit, importedBridgeExit } = layouts
    const back =
      <T>(layout: Parameters<typeof codec.encode<T>>[0]) =>
      (value: T) =>
        codec.decode(layout, codec.encode(layout, value))
    property(anyNetworkState, back(networkState))
    property(anyHeader, back(multiBatchHeader))
    property(anyBridgeExit, back(bridgeExit))
    property(anyImportedBridgeExit, back(importedBridgeExit))
  })

  test('of public values, which take 196 bytes', () => {
    const output = fc.record({
      prevLocalExitRoot: anyHash,
      prevPessimisticRoot: anyHash,
      l1InfoRoot: anyHash,
      originNetwork: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      aggchainHash: anyHash,
      newLocalExitRoot: anyHash,
      newPessimisticRoot: anyHash,
    })
    property(output, (value) => {
      expect(encodePublicValues(value)).toHaveLength(196)
      return decodePublicValues(encodePublicValues(value))
    })
  })

  test('of any JSON value that the standard library reads', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (text) => {
        expect(JSON.parse(stringifyJson(parseJson(text)))).toEqual(JSON.parse(text))
      }),
    )
  })
})

describe('decoders fed with anything return a value or the one typed error', () => {
  const certificate = realCertificate('cert_h0')
  const decoders: readonly (readonly [
    string,
    (b: Uint8Array) => Result<unknown, CodecError>,
    Uint8Array,
  ])[] = [
    ['stored v0', decodeStoredCertificate, encodeStoredCertificate(certificate, 'v0')],
    ['stored v1', decodeStoredCertificate, encodeStoredCertificate(certificate, 'v1')],
    ['stored protobuf', decodeStoredCertificate, encodeStoredCertificate(certificate)],
    ['gRPC', decodeCertificate, encodeCertificate(certificate)],
    ['public values', decodePublicValues, new Uint8Array(196)],
    [
      'header',
      (bytes) => sp1Compatible.decode(layouts.multiBatchHeader, bytes),
      sp1Compatible.encode(layouts.multiBatchHeader, sampleHeader()),
    ],
  ]

  function sampleHeader() {
    const [header] = fc.sample(anyHeader, { numRuns: 1, seed: 7 })
    if (!header) throw new Error('no header')
    return header
  }

  function expectTyped(result: Result<unknown, CodecError>): void {
    if (result.ok) return
    const { code, field, message } = result.error
    expect(code).toMatch(/^[A-Z_]+$/)
    expect(field).toMatch(/^([a-z_0-9]+|\[\d+\]|\.)*$/)
    expect(message).not.toBe('')
  }

  test.each(decoders)('%s: random bytes', (_, decode) => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => expectTyped(decode(bytes))))
  })

  test.each(decoders)('%s: a valid input with some bytes changed, or cut', (_, decode, valid) => {
    const place = fc.nat({ max: valid.length - 1 })
    const change = fc.array(fc.tuple(place, fc.integer({ min: 0, max: 255 })), { maxLength: 4 })
    fc.assert(
      fc.property(change, fc.option(place), (changes, end) => {
        const bytes = valid.slice(0, end ?? undefined)
        for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte
        expectTyped(decode(bytes))
      }),
      { numRuns: 300 },
    )
  })

  test('texts', () => {
    const text = certificateToJson(certificate)
    fc.assert(
      fc.property(fc.nat({ max: text.length - 1 }), fc.string({ maxLength: 3 }), (at, insert) => {
        const changed = text.slice(0, at) + insert + text.slice(at + insert.length)
        const result = parseCertificate(changed)
        if (!result.ok) expect(result.error.code).toMatch(/^[A-Z_]+$/)
      }),
      { numRuns: 300 },
    )
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (anything) => {
        expect(parseCertificate(anything).ok).toBe(false)
        const result = parseWithdrawals(anything)
        if (!result.ok) expect(result.error.code).toMatch(/^[A-Z_]+$/)
      }),
    )
  })
})
