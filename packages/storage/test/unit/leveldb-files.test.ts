import { describe, expect, it } from 'vitest'
import { crc32c, maskedCrc32c } from '../../src/leveldb-files/crc32c.js'
import { checkLogs } from '../../src/leveldb-files/check-log.js'
import { checkTable } from '../../src/leveldb-files/check-table.js'
import { readManifest } from '../../src/leveldb-files/read-manifest.js'

const ascii = (text: string) => new TextEncoder().encode(text)

describe('crc32c', () => {
  // RFC 3720, B.4, and the usual check value.
  it.each([
    [ascii('123456789'), 0xe3069283],
    [new Uint8Array(32), 0x8a9136aa],
    [new Uint8Array(32).fill(0xff), 0x62a8ab43],
    [Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
    [Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
  ])('known answers › are met', (bytes, wanted) => {
    expect(crc32c(bytes)).toBe(wanted)
  })

  it('the masked form › is the rotated checksum plus LevelDB’s constant', () => {
    const bytes = ascii('foo')
    const crc = crc32c(bytes)
    const masked = maskedCrc32c(bytes, 0, bytes.length)
    const rotated = (masked - 0xa282ead8) >>> 0
    expect(((rotated >>> 17) | (rotated << 15)) >>> 0).toBe(crc)
  })
})

describe('database files', () => {
  it('bytes that are no table › are STORE_CORRUPT', () => {
    for (const length of [0, 10, 48, 5000]) {
      const check = () => checkTable('000001.ldb', new Uint8Array(length))
      expect(check).toThrow(expect.objectContaining({ code: 'STORE_CORRUPT' }))
    }
  })

  it('a manifest that ends within a record › ends before it', () => {
    for (const bytes of [new Uint8Array(), Uint8Array.of(1, 2, 3, 4, 200, 0, 1, 9)])
      expect(readManifest('MANIFEST-000001', bytes)).toEqual({ tables: [], logNumber: 0 })
  })

  it('a manifest with zeros in it › is STORE_CORRUPT', () => {
    const read = () => readManifest('MANIFEST-000001', new Uint8Array(100))
    expect(read).toThrow(expect.objectContaining({ code: 'STORE_CORRUPT' }))
  })
})

describe('the logs of a database', () => {
  const types = { full: 1, first: 2, middle: 3, last: 4 }
  const blockBytes = 32_768

  /** A block of a log: records one after another, and zeros up to its end. */
  function blockOf(...records: readonly (readonly [keyof typeof types, number])[]): Uint8Array {
    const block = new Uint8Array(blockBytes)
    const view = new DataView(block.buffer)
    let at = 0
    for (const [type, length] of records) {
      view.setUint16(at + 4, length, true)
      view.setUint8(at + 6, types[type])
      block.fill(at + 1, at + 7, at + 7 + length)
      view.setUint32(at, maskedCrc32c(block, at + 6, at + 7 + length), true)
      at += 7 + length
    }
    return block
  }

  function damaged(block: Uint8Array, at: number): Uint8Array {
    const copy = block.slice()
    copy[at] = (copy[at] ?? 0) ^ 1
    return copy
  }

  const check = (...logs: readonly (readonly Uint8Array[])[]) => {
    checkLogs(logs.map((blocks, i) => ({ path: `${i}.log`, bytes: Buffer.concat(blocks) })))
  }
  const corrupt: unknown = expect.objectContaining({ code: 'STORE_CORRUPT' })
  const rest = blockBytes - 14 - 100
  const start = blockOf(['full', 100], ['first', rest])
  const middle = blockOf(['middle', blockBytes - 7])
  const end = blockOf(['last', 100]).subarray(0, 107)
  const others = blockOf(['full', 100], ['full', rest])

  it('whole, or cut short anywhere › are left to LevelDB', () => {
    check([start, middle, end], [others])
    const log = Buffer.concat([start, middle, end])
    for (let cut = 0; cut < log.length; cut += 997) check([log.subarray(0, cut)])
  })

  it('a last write of which some parts reached the disk › is left to LevelDB, since nobody was told of it', () => {
    for (const at of [0, 6, 110, 113, 200, blockBytes - 1]) check([damaged(start, at), middle, end])
    check([start, damaged(middle, 50), end])
    check([start, new Uint8Array(blockBytes), end])
  })

  it('a damaged write before a whole one › is STORE_CORRUPT, also when that is in another file', () => {
    for (const at of [0, 4, 6, 50, 110, blockBytes - 1]) {
      expect(() => check([damaged(start, at), others])).toThrow(corrupt)
      expect(() => check([damaged(start, at), middle, end], [others])).toThrow(corrupt)
    }
    expect(() => check([others, damaged(start, 120)], [], [others])).toThrow(corrupt)
  })
})
