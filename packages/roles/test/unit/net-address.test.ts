import { describe, expect, it } from 'vitest'
import type { NetAddress } from '../../src/index.js'
import {
  decodeAnySigned,
  decodeSigned,
  encodeAnySigned,
  encodeNetAddress,
  decodeNetAddress,
  formatSocketAddress,
  isNewerNetAddress,
  normalizeTimestamp,
  parseSocketAddress,
  signAnyMsg,
  verifyAnySigned,
} from '../../src/index.js'
import { testCommittee } from '../../testing/index.js'
import { bytesOf } from '../helpers/gold.js'

const committee = testCommittee(1)
const address: NetAddress = {
  addr: { ip: Uint8Array.of(127, 0, 0, 1), port: 3054 },
  version: 1n,
  timestamp: { seconds: 1_700_000_000n, nanos: 500_000_000 },
}

describe('net address', () => {
  it('net address › of a higher version, or the same and a later time › is newer', () => {
    const at = (version: bigint, seconds: bigint, nanos: number): NetAddress => ({
      ...address,
      version,
      timestamp: { seconds, nanos },
    })
    const ascending = [at(0n, 9n, 9), at(1n, -5n, 9), at(1n, 3n, 0), at(1n, 3n, 1), at(2n, 0n, 0)]
    for (const [i, a] of ascending.entries()) {
      for (const [j, b] of ascending.entries()) expect(isNewerNetAddress(a, b)).toBe(i > j)
    }
  })

  it('net address › with a time before 1970 › takes ten bytes for the seconds and comes back', () => {
    const early = { ...address, timestamp: { seconds: -1n, nanos: 999_999_999 } }
    expect(decodeNetAddress(encodeNetAddress(early))).toEqual(early)
  })

  it('net address › signed by a validator › is no consensus message', () => {
    const secret = committee.scheme.generateSecretKey((n) => new Uint8Array(n).fill(3))
    const signed = signAnyMsg({ type: 'netAddress', value: address }, secret, committee.scheme)
    expect(verifyAnySigned(signed, committee.scheme)).toBe(true)
    const bytes = encodeAnySigned(signed)
    expect(decodeAnySigned(bytes, committee.scheme)).toEqual(signed)
    expect(() => decodeSigned(bytes, committee.scheme)).toThrow(
      expect.objectContaining({ code: 'NOT_CONSENSUS' }),
    )
  })

  it.each([
    ['an IP of 5 bytes', '0a0a0a050102030405' + '10ee17' + '1001' + '1a0408001000'],
    ['a port beyond 16 bits', '0a0a0a047f000001' + '10808004' + '1001' + '1a0408001000'],
    [
      'a whole second of nanoseconds',
      '0a090a047f00000110ee17' + '1001' + '1a08' + '0800' + '108094ebdc03',
    ],
  ])('net address bytes › with %s › are refused', (_, hex) => {
    expect(() => decodeNetAddress(bytesOf(hex))).toThrow(
      expect.objectContaining({ name: 'DecodeError' }),
    )
  })

  it('net address › that cannot be encoded › is a RangeError', () => {
    const encode = (change: Partial<NetAddress>) => (): unknown =>
      encodeNetAddress({ ...address, ...change })
    expect(encode({ version: -1n })).toThrow(RangeError)
    expect(encode({ version: 2n ** 64n })).toThrow(RangeError)
    expect(encode({ addr: { ip: address.addr.ip, port: 65_536 } })).toThrow(RangeError)
    expect(encode({ addr: { ip: new Uint8Array(5), port: 1 } })).toThrow(RangeError)
    expect(encode({ timestamp: { seconds: 2n ** 63n, nanos: 0 } })).toThrow(RangeError)
    expect(encode({ timestamp: { seconds: 0n, nanos: 1_000_000_000 } })).toThrow(RangeError)
  })

  it.each([
    [0n, 0n, 0n, 0],
    [0n, -1n, -1n, 999_999_999],
    [12_345_678n, -3n, 12_345_677n, 999_999_997],
    [1n, 2_000_000_001n, 3n, 1],
    [-1n, -1_000_000_000n, -2n, 0],
  ])('time › of %d s and %d ns › is brought to %d s and %d ns', (s, ns, seconds, nanos) => {
    expect(normalizeTimestamp(s, ns)).toEqual({ seconds, nanos })
  })
})

describe('socket address', () => {
  it.each([
    ['127.0.0.1:3054', '7f000001', 3054],
    ['0.0.0.0:0', '00000000', 0],
    ['[::1]:80', '00000000000000000000000000000001', 80],
    ['[::]:65535', '00000000000000000000000000000000', 65_535],
    ['[2001:db8::1]:1', '20010db8000000000000000000000001', 1],
    ['[2001:db8:0:1:1:1:1:1]:1', '20010db8000000010001000100010001', 1],
    ['[2001:0:0:1::1]:1', '20010000000000010000000000000001', 1],
    ['[fe80::]:1', 'fe800000000000000000000000000000', 1],
    ['[1:2:3:4:5:6:7:8]:1', '00010002000300040005000600070008', 1],
    ['[10:10::]:1', '00100010000000000000000000000000', 1],
  ])('socket address › %s › is written and read', (text, hex, port) => {
    const socket = { ip: bytesOf(hex), port }
    expect(formatSocketAddress(socket)).toBe(text)
    expect(parseSocketAddress(text)).toEqual(socket)
  })

  it.each([
    ['[0:0:0:0:0:0:0:1]:80', '00000000000000000000000000000001'],
    ['[::ffff:1.2.3.4]:80', '00000000000000000000ffff01020304'],
    ['[2001:DB8::1]:80', '20010db8000000000000000000000001'],
  ])('socket address › %s, written otherwise › is read', (text, hex) => {
    expect(parseSocketAddress(text)).toEqual({ ip: bytesOf(hex), port: 80 })
  })

  it.each([
    '127.0.0.1',
    '127.0.0:1',
    '127.0.0.256:1',
    '127.0.0.01:1',
    '1.2.3.4:65536',
    '::1:80',
    '[::1]',
    '[1::2::3]:1',
    '[1:2:3:4:5:6:7]:1',
    '[1:2:3:4:5:6:7:8:9]:1',
    '[12345::]:1',
    '[1.2.3.4]:1',
    '[::1.2.3]:1',
    '[:::]:1',
    'host:80',
    '',
    '[1:2:3:4:5:6:7::8]:1',
    '[1.2.3.4::]:1',
  ])('socket address › from %s › is refused', (text) => {
    expect(parseSocketAddress(text)).toBeUndefined()
  })
})
