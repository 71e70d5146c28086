import { beforeAll, describe, expect, test } from 'vitest'
import { loadCryptoBackends } from '@zkstack/crypto'
import * as entry from '../../src/index.js'
import {
  queueRandomTraffic,
  SeededBytes,
  TestBridge,
  testExit,
  wallet,
} from '../../testing/index.js'
import { authentications } from '../helpers/rich-certificate.js'
import { filled } from '../helpers/hex.js'

beforeAll(() => loadCryptoBackends())

/** A certificate of random traffic. */
function certificateOf(seed: string): string {
  const bridge = new TestBridge()
  bridge.addNetwork(1, authentications.v3)
  bridge.addNetwork(2, authentications.committee)
  queueRandomTraffic(bridge, { on: 1, from: 2 }, new SeededBytes(seed))
  return entry.certificateToJson(bridge.certify(1).certificate)
}

describe('the test kit', () => {
  test('makes equal certificates of equal seeds, and others of others', () => {
    expect(certificateOf('a')).toBe(certificateOf('a'))
    expect(certificateOf('a')).not.toBe(certificateOf('b'))
  })

  test('makes certificates that JSON and protobuf keep', () => {
    const text = certificateOf('c')
    const parsed = entry.parseCertificate(text)
    if (!parsed.ok) throw new Error(parsed.error.message)
    expect(entry.certificateToJson(parsed.value)).toBe(text)
    expect(entry.decodeCertificate(entry.encodeCertificate(parsed.value))).toEqual(parsed)
  })

  test('refuses what its bridge does not know, and what does not hold', () => {
    const bridge = new TestBridge()
    expect(() => bridge.certify(1)).toThrow('not known')
    bridge.addNetwork(1, authentications.v3)
    bridge.claim(1, { mainnetFlag: true, rollupIndex: 0, leafIndex: 0 })
    expect(() => bridge.certify(1)).toThrow('not known')
    bridge.addNetwork(2, authentications.v3)
    bridge.exit(2, testExit({ amount: 1n }))
    expect(() => bridge.settle(2)).toThrow('BalanceUnderflow')
  })

  test('has streams that do not depend on what was drawn from others', () => {
    const one = new SeededBytes('seed')
    const other = new SeededBytes('seed')
    other.hash()
    expect(one.split('x').hash()).toEqual(other.split('x').hash())
    expect(one.hash()).not.toEqual(other.hash())
    expect(() => one.pick([])).toThrow('items')
  })

  test('signs with any key', () => {
    const signer = wallet(filled(7))
    const digest = filled(8)
    expect(entry.recoverSigner(signer.sign(digest), digest)).toEqual(signer.address)
  })
})

test('the entry offers no rules but those of today', () => {
  const names = Object.keys(entry)
  for (const name of names) expect(name).not.toMatch(/under$|rules|program|executeTransition/i)
  expect(names).toContain('generatePessimisticProof')
})
