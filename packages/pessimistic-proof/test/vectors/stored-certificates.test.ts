import { keccak256, toHex } from '@zkstack/crypto'
import { describe, expect, test } from 'vitest'
import { aggchainDataV1 } from '../../src/codec/bincode/certificate-layouts.js'
import {
  certificateId,
  contracts,
  decodeStoredCertificate,
  encodeStoredCertificate,
  type AggchainData,
} from '../../src/index.js'
import { plainCertificate, realCertificate } from '../helpers/certificates.js'
import { bytesOf, filled } from '../helpers/hex.js'
import { loadVector } from '../helpers/load-vector.js'
import { errorOf, valueOf } from '../helpers/value-of.js'

const big = (byte: number) => BigInt(`0x${toHex(filled(byte))}`)
const scalar = (byte: string) => `0000000000000020${byte.repeat(32)}`

describe('certificates stored in version 0', () => {
  test('a certificate without exits has the bytes of the snapshot', () => {
    const certificate = plainCertificate({
      networkId: 55,
      height: 987n,
      prevLocalExitRoot: filled(0x01),
      newLocalExitRoot: filled(0x67),
      metadata: filled(0xa5),
      aggchainData: {
        type: 'ecdsa',
        signature: { r: big(0x78), s: big(0x9a), oddYParity: false },
      },
    })
    const encoded = encodeStoredCertificate(certificate, 'v0')
    expect(toHex(encoded)).toBe(
      `0000003700000000000003db${'01'.repeat(32)}${'67'.repeat(32)}${'00'.repeat(16)}` +
        `${scalar('78')}${scalar('9a')}00${'a5'.repeat(32)}`,
    )
    expect(valueOf(decodeStoredCertificate(encoded))).toEqual(certificate)
  })

  test.each([
    ['n15-cert_h0', 7_436],
    ['n15-cert_h1', 68_320],
    ['n15-cert_h2', 59_913],
    ['n15-cert_h3', 398_458],
  ] as const)('%s takes %d bytes', (name, size) => {
    const certificate = realCertificate(name)
    const encoded = encodeStoredCertificate(certificate, 'v0')
    expect(encoded).toHaveLength(size)
    expect(valueOf(decodeStoredCertificate(encoded))).toEqual(certificate)
  })

  test('n15-cert_h0 starts and ends with the bytes that a node stored', () => {
    const encoded = toHex(encodeStoredCertificate(realCertificate('n15-cert_h0'), 'v0'))
    expect(
      encoded.startsWith(
        '0000000f000000000000000027ae5ba08d7291c96c8cbddcc148bf48a6d68c7974b94356f53754ef6171d75796f5' +
          'be2d48a6a9c190e227bc3784a35f0c38efa181d597f0530cdf0d83618be2000000000000000100000000000000' +
          '000000000000000014000000000000000000000000000000000000000000000000000000000000001470ce64d8' +
          '2db103d19ddcdcb3453699587606145a0000000000000020000000000000000000000000000000000000000000' +
          '00000000005af3107a400000000000000000000300000000000000000000000000000014000000000000000000' +
          '00000000000000000000000000000f000000000000001470ce64d82db103d19ddcdcb3453699587606145a0000' +
          '00000000002000000000000000000000000000000000000000000000000000038d7ea4c680000000000000e828' +
          '02a79d96cad4d0d9cef56a7263b68a3c9977ee219baf16d1eaf3967b0a7734875cccd66292a2466a85556d9a0d' +
          'dc4df5ff4ed0bec6a18df78c91c35854c3fe86f653712a6b9a7ce4cb251b19bcbfb04500ebf317f04c97f78520' +
          '2a20f2b021ddb9a356815c3fac1026b6dec5df31',
      ),
    ).toBe(true)
    expect(
      encoded.endsWith(
        '00002ce900000000000000200b7224bbb36678d746548c0812d816356236ec8eb5610c2b53cf8cbdca92061600000' +
          '000000000205bd9a00644657976f696dd30e6cd6e4618844d45d6bcfa33ee9a39ff30bcb9a20100000000000000' +
          '000000000000000000000000000000000000000000000006ae',
      ),
    ).toBe(true)
  })

  test('what it has no place for is refused', () => {
    const multisig: AggchainData = { type: 'multisigOnly', multisig: [] }
    for (const changes of [
      { aggchainData: multisig },
      { customChainData: Uint8Array.of(1) },
      { l1InfoTreeLeafCount: 0 },
      { networkId: 2 ** 24 },
    ]) {
      expect(() => encodeStoredCertificate(plainCertificate(changes), 'v0')).toThrow(RangeError)
    }
  })
})

describe('certificates stored in version 1', () => {
  test('a certificate without exits has the bytes of the snapshot', () => {
    const certificate = plainCertificate({
      networkId: 57,
      height: 987n,
      prevLocalExitRoot: filled(0x02),
      newLocalExitRoot: filled(0x65),
      metadata: filled(0xa9),
      aggchainData: {
        type: 'ecdsa',
        signature: { r: big(0x7a), s: big(0x9b), oddYParity: false },
      },
    })
    const encoded = encodeStoredCertificate(certificate, 'v1')
    expect(toHex(encoded)).toBe(
      `010000003900000000000003db${'02'.repeat(32)}${'65'.repeat(32)}${'00'.repeat(16)}` +
        `00000000${scalar('7a')}${scalar('9b')}00${'a9'.repeat(32)}${'00'.repeat(8)}00`,
    )
    expect(valueOf(decodeStoredCertificate(encoded))).toEqual(certificate)
  })

  test('a multisig with gaps has the bytes of the snapshot', () => {
    const signature = (r: number, s: number) => ({ r: big(r), s: big(s), oddYParity: false })
    const data: AggchainData = {
      type: 'multisigOnly',
      multisig: [undefined, undefined, signature(0x11, 0x22), undefined, signature(0x33, 0x44)],
    }
    const encoded = contracts.encode(aggchainDataV1, data)
    expect(toHex(encoded)).toBe(
      `0000000400000000000000050000` +
        `01${scalar('11')}${scalar('22')}0000` +
        `01${scalar('33')}${scalar('44')}00`,
    )
    expect(valueOf(contracts.decode(aggchainDataV1, encoded))).toEqual(data)
  })

  test('a generic proof with public values is laid out as in the snapshot', () => {
    const zeros = filled(0)
    const data: AggchainData = {
      type: 'generic',
      aggchainProof: {
        proof: { proof: new Uint8Array(0x220), vkey: new Uint8Array(0x68), version: 'v6.0.0' },
        aggchainParams: filled(0x60),
        publicValues: {
          prevLocalExitRoot: zeros,
          newLocalExitRoot: zeros,
          l1InfoRoot: zeros,
          originNetwork: 0,
          commitImportedBridgeExits: zeros,
          aggchainParams: filled(0x60),
        },
      },
      signature: undefined,
    }
    const encoded = contracts.encode(aggchainDataV1, data)
    expect(toHex(encoded)).toBe(
      `00000003000000000000000000000220${'00'.repeat(0x220)}0000000000000068${'00'.repeat(0x68)}` +
        `000000000000000676362e302e30${'60'.repeat(32)}00${'00'.repeat(132)}${'60'.repeat(32)}`,
    )
    expect(valueOf(contracts.decode(aggchainDataV1, encoded))).toEqual(data)
  })

  test('a real certificate of network 10 is read, and written to the same bytes', () => {
    const encoded = bytesOf(loadVector('storage/v1-regression-02.hex').trim())
    const certificate = valueOf(decodeStoredCertificate(encoded))
    expect(certificate).toMatchObject({ networkId: 10, height: 0n, l1InfoTreeLeafCount: 10 })
    expect(certificate.bridgeExits).toHaveLength(2)
    expect(certificate.importedBridgeExits.map(({ claimData }) => claimData.type)).toEqual([
      'mainnet',
    ])
    expect(toHex(certificate.newLocalExitRoot)).toBe(
      '5ede195bf835beb7a9566fcef093370cd5308ec4b8e7e81eec921ee8493f0fb7',
    )
    expect(toHex(certificateId(certificate))).toBe(
      '1c551b6bc5e95557fa44e80d76ea2b242d5a5d2308e55325b1bee3b7624c8d38',
    )
    expect(toHex(encodeStoredCertificate(certificate, 'v1'))).toBe(toHex(encoded))
  })
})

describe('certificates stored as protobuf', () => {
  test.each([
    ['n15-cert_h0', 'adb490db2022d613b9d1fef2d83b27aa9875d989c3a24b743c31a62388507576'],
    ['n15-cert_h1', 'e44df6d9c8071e964d3ae6a321356cb93f5e9b4a8b6a76396bc452aa0b334903'],
    ['n15-cert_h2', 'b31771a29d16547c3c67aa43f0f000fcc3302bd4135b0c32d5f2d8e2b2cc5fd6'],
    ['n15-cert_h3', '43074880020816d164deca1a14067aa58e3148bc474461901a79ec58954e98ff'],
  ] as const)('%s has the bytes of the snapshot', (name, hash) => {
    const certificate = realCertificate(name)
    const encoded = encodeStoredCertificate(certificate)
    expect(toHex(keccak256(encoded))).toBe(hash)
    expect(valueOf(decodeStoredCertificate(encoded))).toEqual(certificate)
  })
})

describe('stored bytes that are no certificate', () => {
  const v1 = encodeStoredCertificate(realCertificate('cert_h0'), 'v1')

  test.each([
    ['nothing', new Uint8Array(), { code: 'TRUNCATED', field: '' }],
    ['a byte too few', v1.subarray(0, -1), { code: 'TRUNCATED', field: 'l1_info_tree_leaf_count' }],
    ['a byte too many', Uint8Array.of(...v1, 0), { code: 'TRAILING_BYTES', field: '' }],
    ['version 2 of nothing', Uint8Array.of(2), { code: 'BAD_VARIANT', field: '' }],
  ])('%s is refused', (_, bytes, error) => {
    expect(errorOf(decodeStoredCertificate(bytes))).toMatchObject(error)
  })

  test('a length that the bytes have no room for is refused before anything is made', () => {
    const bytes = v1.slice()
    bytes.set(new Uint8Array(8).fill(0xff), 77)
    expect(errorOf(decodeStoredCertificate(bytes))).toMatchObject({
      code: 'TRUNCATED',
      field: 'bridge_exits',
    })
  })

  test.each([
    [88, 3, 'bridge_exits[0].leaf_type', 'BAD_VARIANT'],
    [100, 19, 'bridge_exits[0].token_info.origin_token_address', 'BAD_LENGTH'],
  ])('byte %d as %d makes %s wrong', (offset, byte, field, code) => {
    const bytes = v1.slice()
    bytes[offset] = byte
    expect(errorOf(decodeStoredCertificate(bytes))).toMatchObject({ code, field })
  })
})
