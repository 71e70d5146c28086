import { DecodeError, concatBytes, toHex } from '@zkstack/crypto'
import { describe, expect, it } from 'vitest'
import {
  createFinalBlock,
  decodeBlock,
  decodeCommitQC,
  decodeMsg,
  decodeReplicaCommit,
  decodeReplicaState,
  decodeSigned,
  decodeTimeoutQC,
  decodeView,
  encodeBlock,
  encodeMsg,
  encodeReplicaCommit,
  encodeReplicaState,
  encodeSigned,
  encodeTimeoutQC,
  encodeView,
  hashMsg,
  hashPayload,
  type TimeoutQC,
} from '../../src/index.js'
import { CanonicalReader } from '../../src/codec/canonical-reader.js'
import { CanonicalWriter, encodeWith } from '../../src/codec/canonical-writer.js'
import { sizeOfVarint } from '../../src/codec/varint.js'
import { testCommittee } from '../../testing/index.js'
import { bytesOf, goldBytes, goldHash, goldHex } from '../helpers/gold.js'

const viewHex = goldHex('view_canonical')
const view = { genesis: goldHash('genesis_hash'), number: 9136n, epoch: 7n }

function failure(decode: () => unknown): { code: string; offset: number } {
  try {
    decode()
  } catch (error) {
    if (error instanceof DecodeError) return { code: error.code, offset: error.offset }
    throw error
  }
  throw new TypeError('nothing was thrown')
}

describe('canonical decoding', () => {
  const head = viewHex.slice(0, 72)
  it.each([
    ['an unknown field at the end', `${viewHex}2001`, 'UNEXPECTED_FIELD', 41],
    ['a field twice', `${viewHex}1807`, 'UNEXPECTED_FIELD', 41],
    ['a field twice, in place of the next', `${head}10b04710b047`, 'UNEXPECTED_FIELD', 39],
    ['its fields swapped', `${head}180710b047`, 'UNEXPECTED_FIELD', 36],
    ['a field left out', `${head}10b047`, 'MISSING_FIELD', 39],
    ['a field of another wire type', `${head}1200`, 'WRONG_WIRE_TYPE', 36],
    ['a number as fixed 64 bits', `${head}11b047000000000000`, 'WRONG_WIRE_TYPE', 36],
    ['a tag of two bytes', `${head}9000b0471807`, 'UNEXPECTED_FIELD', 36],
    ['a number with superfluous bytes', `${head}10b0c7001807`, 'NON_MINIMAL_VARINT', 37],
    ['a zero of two bytes', `${head}1080001807`, 'NON_MINIMAL_VARINT', 37],
    ['a zero of ten bytes', `${head}1080808080808080808000`, 'NON_MINIMAL_VARINT', 37],
    ['a length with superfluous bytes', `0aa200${viewHex.slice(4)}`, 'NON_MINIMAL_VARINT', 1],
    ['a number of 65 bits', `${head}10ffffffffffffffffff02`, 'OUT_OF_RANGE', 37],
    ['a number of eleven bytes', `${head}1080808080808080808080011807`, 'OUT_OF_RANGE', 37],
    ['a number that is cut off', `${head}10b0`, 'TRUNCATED', 37],
    ['a length past the end', `0a23${viewHex.slice(4, 72)}`, 'TRUNCATED', 1],
    ['a huge length', '0affffffffffffffffff01', 'TRUNCATED', 1],
    ['a digest of 31 bytes', `0a210a1f${viewHex.slice(8, 70)}10001800`, 'BAD_LENGTH', 3],
    ['a digest of 33 bytes', `0a230a21${viewHex.slice(8, 72)}0010001800`, 'BAD_LENGTH', 3],
    [
      'a digest message with more in it',
      `0a240a20${viewHex.slice(8, 72)}100010001800`,
      'UNEXPECTED_FIELD',
      36,
    ],
    ['nothing', '', 'MISSING_FIELD', 0],
  ])('view › with %s › is refused with code and offset', (_, hex, code, offset) => {
    expect(failure(() => decodeView(bytesOf(hex)))).toEqual({ code, offset })
  })

  it('view › with trailing bytes 04 04 03 › is refused', () => {
    expect(failure(() => decodeView(bytesOf(`${viewHex}040403`))).offset).toBe(41)
  })

  it('decoder › given no Uint8Array › throws a TypeError', () => {
    for (const bytes of [undefined, 'text', [1, 2], new ArrayBuffer(3)]) {
      expect(() => decodeView(bytes as unknown as Uint8Array)).toThrow(TypeError)
    }
  })

  it.each([
    0n,
    1n,
    127n,
    128n,
    2n ** 32n,
    2n ** 49n - 1n,
    2n ** 49n,
    2n ** 53n - 1n,
    2n ** 53n + 1n,
    2n ** 63n,
    2n ** 64n - 1n,
  ])('number › %d › comes back exactly, in as few bytes as can be', (number) => {
    const bytes = encodeView({ ...view, number, epoch: 0n })
    expect(decodeView(bytes).number).toBe(number)
    expect(bytes.length).toBe(36 + 1 + sizeOfVarint(number) + 2)
  })

  it('number › negative or beyond 64 bits › is a RangeError when encoded', () => {
    expect(() => encodeView({ ...view, number: -1n })).toThrow(RangeError)
    expect(() => encodeView({ ...view, number: 2n ** 64n })).toThrow(RangeError)
  })
})

describe('bit vectors', () => {
  const qc = goldHex('commit_qc_canonical')
  const change = (from: string, to: string): Uint8Array => bytesOf(qc.replace(from, to))
  it.each([
    ['padding that is not zero', '08051201f9', 'NON_ZERO_PADDING'],
    ['a byte too few', '08091201f8', 'BAD_LENGTH'],
    ['more validators than its bytes', '087f1201f8', 'BAD_LENGTH'],
    ['a byte too many for none', '08001201f8', 'BAD_LENGTH'],
  ])('bit vector › with %s › is refused', (_, bits, code) => {
    expect(failure(() => decodeCommitQC(change('08051201f8', bits))).code).toBe(code)
  })

  it('bit vector › with a byte too many › is refused', () => {
    const longer = qc.replace('120508051201f8', '120608051202f800')
    expect(failure(() => decodeCommitQC(bytesOf(longer))).code).toBe('BAD_LENGTH')
  })
})

describe('timeout QC bytes', () => {
  const committee = testCommittee(3, { seed: 'codec' })
  const plain = committee.timeout(1n)
  const voted = committee.timeout(1n, { highVote: committee.commit(0n, 1n) })
  const qc = committee.timeoutQc([
    { index: 0, message: plain },
    { index: 1, message: voted },
  ])
  const reorder = (entries: TimeoutQC['entries']): Uint8Array => encodeTimeoutQC({ ...qc, entries })

  it('timeout QC › in canonical order › is decoded', () => {
    expect(decodeTimeoutQC(encodeTimeoutQC(qc))).toEqual(qc)
  })

  it('timeout QC › with messages out of order › is refused as UNSORTED', () => {
    expect(failure(() => decodeTimeoutQC(reorder(qc.entries.toReversed()))).code).toBe('UNSORTED')
  })

  it('timeout QC › with a message twice › is refused as DUPLICATE_ENTRY', () => {
    const [first] = qc.entries
    const twice = first === undefined ? [] : [first, first]
    expect(failure(() => decodeTimeoutQC(reorder(twice))).code).toBe('DUPLICATE_ENTRY')
  })

  it('timeout QC › with more or fewer bitmaps than messages › is refused as LIST_MISMATCH', () => {
    const hex = toHex(encodeTimeoutQC(qc))
    const bitmap = '1a050803120140'
    expect(hex).toContain(bitmap)
    const fewer = hex.replace(bitmap, '')
    const more = hex.replace(bitmap, bitmap + bitmap)
    for (const text of [fewer, more]) {
      expect(failure(() => decodeTimeoutQC(bytesOf(text))).code).toBe('LIST_MISMATCH')
    }
  })

  it('timeout QC › with more messages or larger bitmaps than validators › is refused as OUT_OF_RANGE', () => {
    const bytes = encodeTimeoutQC(qc)
    expect(decodeTimeoutQC(bytes, { maxValidators: 3 })).toEqual(qc)
    for (const maxValidators of [1, 2]) {
      const { code } = failure(() => decodeTimeoutQC(bytes, { maxValidators }))
      expect(code).toBe('OUT_OF_RANGE')
    }
  })

  it('timeout QC › with a million empty messages › is refused at the first', () => {
    const flood = new Uint8Array(1 << 21)
    for (let i = 0; i < flood.length; i += 2) flood[i] = 0x12
    const bytes = concatBytes(encodeTimeoutQC(qc).subarray(0, 42), flood)
    expect(failure(() => decodeTimeoutQC(bytes)).offset).toBeLessThan(100)
  })
})

describe('signed messages', () => {
  const committee = testCommittee(2, { seed: 'signed' })
  const { scheme } = committee
  const signed = committee.sign(0, { type: 'replicaCommit', value: committee.commit(1n, 2n) })

  it('signed message › encoded and decoded › is the same', () => {
    expect(decodeSigned(encodeSigned(signed), scheme)).toEqual(signed)
  })

  it('signed message › with a key or signature of another length › is refused as BAD_LENGTH', () => {
    const short = { ...signed, sig: signed.sig.subarray(1) }
    const long = { ...signed, key: new Uint8Array(96) }
    for (const bytes of [short, long].map(encodeSigned)) {
      expect(failure(() => decodeSigned(bytes, scheme)).code).toBe('BAD_LENGTH')
    }
  })

  it('signed message › that is a session id › is refused as NOT_CONSENSUS', () => {
    const bytes = encodeWith((w) => {
      w.message(3, (m, v) => m.bytes(1, v), signed.sig)
      w.message(2, (m, v) => m.bytes(1, v), signed.key)
      w.message(1, (m, v) => m.bytes(2, v), Uint8Array.of(1))
    }, undefined)
    expect(failure(() => decodeSigned(bytes, scheme))).toEqual({ code: 'NOT_CONSENSUS', offset: 0 })
  })
})

describe('ownership of bytes', () => {
  const payload = new Uint8Array(5000).fill(7)
  const committee = testCommittee(1)
  const block = createFinalBlock(payload, committee.block(1n, payload).justification)

  it('decoded block › unless the input is owned › shares nothing with it', () => {
    const bytes = encodeBlock(block)
    const decoded = decodeBlock(bytes)
    bytes.fill(0)
    expect(decoded).toEqual(block)
  })

  it('decoded block › when the input is owned › has its payload as a view, all else as copies', () => {
    const bytes = encodeBlock(block)
    const decoded = decodeBlock(bytes, { ownsBytes: true })
    expect(decoded.payload.buffer).toBe(bytes.buffer)
    bytes.fill(0)
    expect(decoded.payload.every((byte) => byte === 0)).toBe(true)
    expect(decoded.kind === 'final' && decoded.justification).toEqual(block.justification)
  })

  it('decoder › given a Buffer › returns plain arrays that are copies', () => {
    const buffer = Buffer.from(encodeBlock(block))
    const decoded = decodeBlock(buffer)
    buffer.fill(0)
    expect(decoded).toEqual(block)
    expect(Object.getPrototypeOf(decoded.payload)).toBe(Uint8Array.prototype)
    const view = decodeBlock(Buffer.from(encodeBlock(block)), { ownsBytes: true })
    expect(Object.getPrototypeOf(view.payload)).toBe(Uint8Array.prototype)
  })

  it('encoded bytes › of any length › are an array of their own', () => {
    const bytes = encodeReplicaCommit(committee.commit(1n, 1n))
    expect(bytes.buffer.byteLength).toBe(bytes.length)
    expect(Object.getPrototypeOf(bytes)).toBe(Uint8Array.prototype)
  })
})

describe('large payloads', () => {
  it('proposal of 4 MiB › hashed › takes the payload as it lies, without a copy', () => {
    const payload = new Uint8Array(1 << 22).fill(1)
    const writer = new CanonicalWriter()
    writer.message(4, (w, v: Uint8Array) => w.bytes(1, v), payload)
    const parts = writer.parts()
    expect(parts.includes(payload)).toBe(true)
    expect(toHex(concatBytes(...parts).subarray(0, 10))).toBe('22858080020a80808002')
  })

  it('writer › of many large and small fields › joins them in order', () => {
    const big = (n: number): Uint8Array => new Uint8Array(3000).fill(n)
    const write = (w: CanonicalWriter): void => {
      w.bytes(5, big(5))
      w.uint32(4, 4)
      w.bytes(3, Uint8Array.of(3))
      w.bytes(2, big(2))
      w.bytes(1, new Uint8Array(900).fill(1))
    }
    const bytes = encodeWith((w) => w.message(9, write, undefined), undefined)
    const reader = new CanonicalReader(bytes)
    reader.message(9, (r) => {
      expect(r.bytes(1)).toEqual(new Uint8Array(900).fill(1))
      expect(r.bytes(2)).toEqual(big(2))
      expect(r.bytes(3)).toEqual(Uint8Array.of(3))
      expect(r.uint32(4)).toBe(4)
      expect(r.bytes(5)).toEqual(big(5))
    })
    const again = new CanonicalWriter()
    again.message(9, write, undefined)
    expect(again.length).toBe(bytes.length)
    expect(concatBytes(...again.parts())).toEqual(bytes)
  })

  it('proposal › with a payload on either side of the copying limit › hashes as its bytes do', () => {
    const committee = testCommittee(1)
    const justification = {
      type: 'commit',
      qc: committee.commitQc(committee.commit(1n, 1n)),
    } as const
    for (const n of [0, 1, 1023, 1024, 5000]) {
      const payload = new Uint8Array(n).fill(9)
      const msg = { type: 'leaderProposal', value: { payload, justification } } as const
      const bytes = encodeMsg({ type: 'consensus', value: msg })
      expect(hashMsg(msg)).toEqual(hashPayload(bytes))
      expect(decodeMsg(bytes)).toEqual({ type: 'consensus', value: msg })
    }
  })
})

describe('replica state bytes', () => {
  it('replica state › with an unknown phase or none › is refused', () => {
    const bytes = bytesOf('3a08080012020a003800')
    expect(encodeReplicaState(decodeReplicaState(bytes))).toEqual(bytes)
    const change =
      (hex: string): (() => unknown) =>
      () =>
        decodeReplicaState(bytesOf(hex))
    expect(failure(change('3a080800120222003800')).code).toBe('UNEXPECTED_FIELD')
    expect(failure(change('3a06080012003800')).code).toBe('MISSING_FIELD')
    expect(failure(change('3a0a0800120412001a003800')).code).toBe('UNEXPECTED_FIELD')
  })

  it('commit vote › of the golden vector cut anywhere › is refused', () => {
    const bytes = goldBytes('replica_commit_canonical')
    for (let n = 0; n < bytes.length; n++) {
      expect(() => decodeReplicaCommit(bytes.subarray(0, n))).toThrow(DecodeError)
    }
  })
})
