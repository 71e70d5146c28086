import { afterEach, describe, expect, test } from 'vitest'
import {
  availableSchemes,
  blsMinPk,
  blsMinSig,
  bn254,
  cryptoBackends,
  ed25519Scheme,
  hashBackend,
  keccak256,
  loadCryptoBackends,
  signatureScheme,
} from '../../src/index.js'

const fastest = {
  hash: 'hash-wasm',
  blsMinSig: 'mcl',
  blsMinPk: 'blst',
  ed25519: 'node',
  bn254: 'mcl',
} as const

describe('loadCryptoBackends', () => {
  test('before it is called › noble serves', () => {
    expect(cryptoBackends()).toMatchObject({
      hash: 'noble',
      blsMinSig: 'noble',
      blsMinPk: 'noble',
      bn254: 'noble',
    })
    expect(availableSchemes().every(({ backend }) => backend === 'noble')).toBe(true)
  })

  afterEach(() => loadCryptoBackends(fastest))

  test('called › the fastest of each kind serves, and nothing failed to load', async () => {
    await loadCryptoBackends()
    expect(cryptoBackends()).toEqual({ ...fastest, failures: new Map() })
    expect(hashBackend()).toBe('hash-wasm')
  })

  test('with a choice › the choice lasts over calls without one', async () => {
    await loadCryptoBackends({ blsMinSig: 'noble', blsMinPk: 'mcl' })
    await loadCryptoBackends()
    expect(cryptoBackends()).toMatchObject({ ...fastest, blsMinSig: 'noble', blsMinPk: 'mcl' })
    expect(signatureScheme(0)?.backend).toBe('noble')
  })

  test('with a choice for BN254 alone › nothing else changes', async () => {
    await loadCryptoBackends({ bn254: 'noble' })
    expect(cryptoBackends()).toMatchObject({ ...fastest, bn254: 'noble' })
    expect(bn254.current.backend).toBe('noble')
    expect(bn254.backends).toEqual(['noble', 'mcl'])
  })

  test('with a backend that there is not › RangeError, and nothing changes', async () => {
    const choose = { hash: 'noble', blsMinPk: 'nowhere' } as unknown as { hash: 'noble' }
    await expect(loadCryptoBackends(choose)).rejects.toThrow(RangeError)
    expect(cryptoBackends()).toMatchObject(fastest)
  })

  test('called twice at once › loads once', async () => {
    await Promise.all([loadCryptoBackends(), loadCryptoBackends()])
    const names = availableSchemes().map(({ name, backend }) => `${name}/${backend}`)
    expect(names).toEqual([
      'bls12_381/noble',
      'bls12_381/mcl',
      'bls12_381_min_pk/noble',
      'bls12_381_min_pk/mcl',
      'bls12_381_min_pk/blst',
      'ed25519/noble',
      'ed25519/node',
    ])
  })
})

describe('signatureScheme', () => {
  test('known and unknown ids and backends', async () => {
    await loadCryptoBackends()
    expect(signatureScheme(0)).toBe(blsMinSig.current)
    expect(signatureScheme(1)).toBe(blsMinPk.current)
    expect(signatureScheme(2)).toBe(ed25519Scheme.current)
    expect(signatureScheme(1, { backend: 'noble' })).toBe(blsMinPk.withBackend('noble'))
    expect(signatureScheme(3)).toBeUndefined()
    expect(signatureScheme(0, { backend: 'blst' })).toBeUndefined()
  })

  test('a handle made by one backend › serves another of the same scheme, and no other scheme', async () => {
    await loadCryptoBackends()
    const message = keccak256()
    for (const family of [blsMinSig, blsMinPk, ed25519Scheme]) {
      const noble = family.withBackend('noble') ?? family.current
      const secret = new Uint8Array(32).fill(3)
      const key = noble.importPublicKey(noble.publicKey(secret))
      if (key === undefined) throw new Error('the key is valid')
      expect(family.current.verify(key, message, noble.sign(secret, message))).toBe(true)
      const other = family === blsMinSig ? blsMinPk : blsMinSig
      const signature = other.current.sign(secret, message)
      expect(() => other.current.verify(key, message, signature)).toThrow(TypeError)
    }
  })
})
