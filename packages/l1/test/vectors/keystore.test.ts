import { readFileSync } from 'node:fs'
import { toHex } from '@zkstack/crypto'
import { describe, expect, it } from 'vitest'
import { decryptKeystore, keystoreSigner } from '../../src/index.js'

interface Vectors {
  readonly password: string
  readonly secret: string
  readonly address: string
  readonly files: Readonly<
    Record<'pbkdf2' | 'scrypt', { readonly crypto: Crypto; readonly version: number }>
  >
}

interface Crypto {
  readonly mac: string
  readonly kdfparams: Readonly<Record<string, unknown>>
}

const vectors = JSON.parse(
  readFileSync(new URL('keystore.json', import.meta.url), 'utf8'),
) as Vectors
const { pbkdf2, scrypt } = vectors.files
const codeOf = async (file: unknown, password = vectors.password) => {
  const key = await decryptKeystore(
    typeof file === 'string' ? file : JSON.stringify(file),
    password,
  )
  return key.ok ? 'ok' : key.error.code
}

describe('keystore', () => {
  it.each(['pbkdf2', 'scrypt'] as const)(
    'of the definition with %s › gives its secret',
    async (kdf) => {
      const key = await decryptKeystore(JSON.stringify(vectors.files[kdf]), vectors.password)
      expect(key.ok && toHex(key.value)).toBe(vectors.secret)
    },
  )

  it('becomes a signer of its address', async () => {
    const signer = await keystoreSigner(JSON.stringify(pbkdf2), vectors.password)
    expect(signer.ok && toHex(signer.value.address)).toBe(vectors.address)
  })

  it('another password, or a flipped bit › is WRONG_PASSWORD', async () => {
    expect(await codeOf(pbkdf2, 'testpassworD')).toBe('WRONG_PASSWORD')
    const mac = pbkdf2.crypto.mac.replace(/^5/, '4')
    expect(await codeOf({ ...pbkdf2, crypto: { ...pbkdf2.crypto, mac } })).toBe('WRONG_PASSWORD')
  })

  it('what is no keystore of version 3 › is BAD_KEYSTORE, and no exception', async () => {
    const texts = ['', '{', '[]', 'null', '{}', '{"version":3}', '{"version":3,"crypto":[]}']
    for (const text of texts) expect(await codeOf(text)).toMatch(/BAD_KEYSTORE|UNSUPPORTED/)
    expect(await codeOf({ ...pbkdf2, version: 1 })).toBe('BAD_KEYSTORE')
    const short = { ...pbkdf2.crypto, ciphertext: '00' }
    expect(await codeOf({ ...pbkdf2, crypto: short })).toBe('BAD_KEYSTORE')
  })

  it('a derivation that would take all memory or all day › is UNSUPPORTED, before it is begun', async () => {
    const dear = [
      { ...scrypt.crypto.kdfparams, n: 2 ** 40 },
      { ...scrypt.crypto.kdfparams, r: 2 ** 20 },
      { ...scrypt.crypto.kdfparams, p: 1_000 },
      { ...scrypt.crypto.kdfparams, dklen: 64 },
    ]
    for (const kdfparams of dear)
      expect(await codeOf({ ...scrypt, crypto: { ...scrypt.crypto, kdfparams } })).toBe(
        'UNSUPPORTED',
      )
    const rounds = { ...pbkdf2.crypto.kdfparams, c: 1e12 }
    const slow = { ...pbkdf2, crypto: { ...pbkdf2.crypto, kdfparams: rounds } }
    expect(await codeOf(slow)).toBe('UNSUPPORTED')
  })
})
