import { describe, expect, it } from 'vitest'
import { crc32c, maskedCrc32c } from '../../src/leveldb-files/crc32c.js'
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
    expect(readManifest('MANIFEST-000001', new Uint8Array())).toEqual([])
    expect(readManifest('MANIFEST-000001', Uint8Array.of(1, 2, 3, 4, 200, 0, 1, 9))).toEqual([])
  })

  it('a manifest with zeros in it › is STORE_CORRUPT', () => {
    const read = () => readManifest('MANIFEST-000001', new Uint8Array(100))
    expect(read).toThrow(expect.objectContaining({ code: 'STORE_CORRUPT' }))
  })
})
