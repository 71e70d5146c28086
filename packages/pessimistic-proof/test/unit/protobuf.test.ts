import { concatBytes } from '@zkstack/crypto'
import { describe, expect, test } from 'vitest'
import { ProtoWriter } from '../../src/codec/protobuf/wire.js'
import { decodeCertificate, encodeCertificate, type AggchainData } from '../../src/index.js'
import { plainCertificate } from '../helpers/certificates.js'
import { filled } from '../helpers/hex.js'
import { errorOf, valueOf } from '../helpers/value-of.js'

const plain = plainCertificate()
const encoded = encodeCertificate(plain)

/** A field that holds bytes. */
function field(number: number, ...parts: Uint8Array[]): Uint8Array {
  const writer = new ProtoWriter()
  writer.bytes(number, concatBytes(...parts))
  return writer.finish()
}

/** A field that holds a number. */
function varint(number: number, value: bigint): Uint8Array {
  const writer = new ProtoWriter()
  writer.varint(number, value)
  return writer.finish()
}

/** The certificate without its aggchain data, and with that of the message given. */
function withData(...data: Uint8Array[]): Uint8Array {
  const length =
    encodeCertificate(plain).length - field(8, field(1, field(1, new Uint8Array(65)))).length
  return concatBytes(encoded.subarray(0, length), field(8, ...data))
}

const entry = (index: bigint, ...rest: Uint8Array[]) => field(3, varint(1, index), ...rest)
const signature = field(2, field(1, concatBytes(filled(1), filled(2), Uint8Array.of(27))))
const multisig = (...entries: Uint8Array[]) => withData(field(3, field(1, ...entries)))

describe('certificates as the gRPC message', () => {
  test('fields may stand in any order, and unknown ones are ignored', () => {
    const unknown = concatBytes(
      field(99, filled(1)),
      varint(98, 7n),
      Uint8Array.of(0xb9, 0x06, 1, 2, 3, 4, 5, 6, 7, 8), // field 103, eight bytes
      Uint8Array.of(0xbd, 0x06, 1, 2, 3, 4), // field 103, four bytes
    )
    expect(valueOf(decodeCertificate(concatBytes(unknown, encoded)))).toEqual(plain)
    const tail = varint(10, 5n)
    expect(valueOf(decodeCertificate(concatBytes(tail, encoded)))).toMatchObject({
      l1InfoTreeLeafCount: 5,
    })
  })

  test('metadata may be left out, and is then zero', () => {
    const metadata = field(7, field(1, plain.metadata))
    const hex = (bytes: Uint8Array) => Array.from(bytes).join()
    const at = hex(encoded).indexOf(hex(metadata))
    const start = hex(encoded).slice(0, at).split(',').length - 1
    const without = concatBytes(
      encoded.subarray(0, start),
      encoded.subarray(start + metadata.length),
    )
    expect(valueOf(decodeCertificate(without)).metadata).toEqual(filled(0))
  })

  test('a leaf count of zero is not the same as none', () => {
    const zero = { ...plain, l1InfoTreeLeafCount: 0 }
    expect(valueOf(decodeCertificate(encodeCertificate(zero)))).toEqual(zero)
  })

  test('entries of a multisig may be left out and stand in any order', () => {
    const expected: AggchainData = {
      type: 'multisigOnly',
      multisig: [
        undefined,
        { r: BigInt(`0x${'01'.repeat(32)}`), s: BigInt(`0x${'02'.repeat(32)}`), oddYParity: false },
        undefined,
      ],
    }
    const bytes = multisig(entry(2n), entry(1n, signature))
    expect(valueOf(decodeCertificate(bytes)).aggchainData).toEqual(expected)
  })

  const signatures = 'aggchain_data.data.multisig_only.ecdsa.signatures'
  test.each([
    ['the same field twice', concatBytes(encoded, varint(1, 1n)), 'network_id', 'DUPLICATE_FIELD'],
    ['a network id of 33 bits', varint(1, 2n ** 32n), 'network_id', 'OUT_OF_RANGE'],
    ['bytes for a number', field(2, filled(0)), 'height', 'WRONG_TYPE'],
    ['a number for bytes', varint(3, 1n), 'prev_local_exit_root', 'WRONG_TYPE'],
    [
      'eight bytes for a number',
      concatBytes(encoded, Uint8Array.of(0x51, ...new Uint8Array(8))),
      'l1_info_tree_leaf_count',
      'WRONG_TYPE',
    ],
    [
      'four bytes for a number',
      concatBytes(Uint8Array.of(0x0d, 1, 0, 0, 0), encoded),
      'network_id',
      'WRONG_TYPE',
    ],
    [
      'a digest of 31 bytes',
      field(3, field(1, new Uint8Array(31))),
      'prev_local_exit_root',
      'BAD_LENGTH',
    ],
    ['nothing', new Uint8Array(), 'prev_local_exit_root', 'MISSING_FIELD'],
    ['no variant of aggchain data', withData(), 'aggchain_data.data', 'MISSING_FIELD'],
    [
      'two variants of aggchain data',
      withData(field(1, field(1, new Uint8Array(65))), field(3)),
      'aggchain_data.data',
      'DUPLICATE_FIELD',
    ],
    [
      'a signature with another parity',
      withData(field(1, field(1, new Uint8Array(65).fill(2)))),
      'aggchain_data.data.ecdsa',
      'BAD_VARIANT',
    ],
    ['a multisig of nobody', multisig(), signatures, 'MISSING_FIELD'],
    ['more than 1024 signers', multisig(entry(1024n)), signatures, 'OUT_OF_RANGE'],
    [
      'the same signer twice',
      multisig(entry(1n, signature), entry(1n, signature)),
      `${signatures}[1]`,
      'DUPLICATE_FIELD',
    ],
    ['a varint without end', Uint8Array.of(0x08, 0xff), '', 'TRUNCATED'],
    [
      'a varint of 65 bits',
      Uint8Array.of(0x08, ...new Uint8Array(9).fill(0xff), 2),
      '',
      'OUT_OF_RANGE',
    ],
    ['a length beyond the end', Uint8Array.of(0x1a, 5), '', 'TRUNCATED'],
    ['a group', Uint8Array.of(0x0b), '', 'BAD_VARIANT'],
    ['field 0', Uint8Array.of(0x00, 0), '', 'BAD_VARIANT'],
  ])('%s is refused', (_, bytes, path, code) => {
    expect(errorOf(decodeCertificate(bytes))).toMatchObject({ code, field: path })
  })

  test('1024 signers are the most', () => {
    const read = valueOf(decodeCertificate(multisig(entry(1023n))))
    expect(read.aggchainData).toMatchObject({ type: 'multisigOnly' })
  })
})
