import { createDecipheriv, pbkdf2, scrypt, type ScryptOptions } from 'node:crypto'
import { promisify } from 'node:util'
import { scryptAsync } from '@noble/hashes/scrypt.js'
import { bytesEqual, concatBytes, err, fromHex, keccak256, ok, type Result } from '@zkstack/crypto'
import { keySigner } from './key-signer.js'
import type { L1Signer } from './l1-signer.js'

/** Why a keystore gives no key. */
export interface KeystoreError {
  /**
   * `BAD_KEYSTORE`: the text is no keystore of version 3. `UNSUPPORTED`: a cipher or derivation that is not defined for it, or one
   * dearer than is allowed. `WRONG_PASSWORD`: or a damaged file, which looks the same.
   */
  readonly code: 'BAD_KEYSTORE' | 'UNSUPPORTED' | 'WRONG_PASSWORD'
  readonly message: string
}

/** Bytes that a key derivation may take; the customary parameters take 256 MiB. */
const maxScryptBytes = 1024 * 2 ** 20

/** Customary are 262 144. */
const maxPbkdf2Rounds = 10_000_000

const maxParallel = 16
const derivedBytes = 32

/**
 * The private key, 32 bytes, in a keystore file of version 3. Takes about a second, off the main thread.
 *
 * @see https://ethereum.org/developers/docs/data-structures-and-encoding/web3-secret-storage
 */
export async function decryptKeystore(
  text: string,
  password: string,
): Promise<Result<Uint8Array, KeystoreError>> {
  try {
    const { ciphertext, iv, mac, derive } = readKeystore(text)
    const derived = await derive(new TextEncoder().encode(password))
    if (!bytesEqual(keccak256(derived.subarray(16, 32), ciphertext), mac))
      return err({ code: 'WRONG_PASSWORD', message: 'the checksum does not fit the password' })
    const cipher = createDecipheriv('aes-128-ctr', derived.subarray(0, 16), iv)
    return ok(concatBytes(cipher.update(ciphertext), cipher.final()))
  } catch (e) {
    if (e instanceof KeystoreProblem) return err({ code: e.code, message: e.message })
    throw e
  }
}

/** A signer with the key of a keystore file. */
export async function keystoreSigner(
  text: string,
  password: string,
): Promise<Result<L1Signer, KeystoreError>> {
  const key = await decryptKeystore(text, password)
  return key.ok ? ok(keySigner(key.value)) : key
}

const nativePbkdf2 = promisify(pbkdf2)
const nativeScrypt = promisify<Uint8Array, Uint8Array, number, ScryptOptions, Uint8Array>(scrypt)

class KeystoreProblem extends Error {
  constructor(
    readonly code: KeystoreError['code'],
    message: string,
  ) {
    super(message)
  }
}

type Derive = (password: Uint8Array) => Promise<Uint8Array>

interface Keystore {
  readonly ciphertext: Uint8Array
  readonly iv: Uint8Array
  readonly mac: Uint8Array
  readonly derive: Derive
}

function readKeystore(text: string): Keystore {
  const file = objectOf(parse(text), 'keystore')
  if (file['version'] !== 3) throw new KeystoreProblem('BAD_KEYSTORE', 'version: expected 3')
  const crypto = objectOf(file['crypto'] ?? file['Crypto'], 'crypto')
  if (crypto['cipher'] !== 'aes-128-ctr')
    throw new KeystoreProblem('UNSUPPORTED', 'crypto.cipher: expected aes-128-ctr')
  const cipher = objectOf(crypto['cipherparams'], 'crypto.cipherparams')
  return {
    ciphertext: bytesOf(crypto['ciphertext'], 'crypto.ciphertext', 32),
    iv: bytesOf(cipher['iv'], 'crypto.cipherparams.iv', 16),
    mac: bytesOf(crypto['mac'], 'crypto.mac', 32),
    derive: derivation(crypto['kdf'], objectOf(crypto['kdfparams'], 'crypto.kdfparams')),
  }
}

function derivation(kdf: unknown, params: Readonly<Record<string, unknown>>): Derive {
  if (params['dklen'] !== derivedBytes)
    throw new KeystoreProblem('UNSUPPORTED', `crypto.kdfparams.dklen: expected ${derivedBytes}`)
  const salt = bytesOf(params['salt'], 'crypto.kdfparams.salt')
  if (kdf === 'scrypt') return scryptDerivation(params, salt)
  if (kdf === 'pbkdf2') return pbkdf2Derivation(params, salt)
  throw new KeystoreProblem('UNSUPPORTED', 'crypto.kdf: expected scrypt or pbkdf2')
}

function scryptDerivation(params: Readonly<Record<string, unknown>>, salt: Uint8Array): Derive {
  const N = countOf(params['n'], 'n', maxScryptBytes)
  const r = countOf(params['r'], 'r', maxScryptBytes)
  const p = countOf(params['p'], 'p', maxParallel)
  const bytes = 128 * r * (N + p)
  if (bytes > maxScryptBytes)
    throw new KeystoreProblem('UNSUPPORTED', `crypto.kdfparams: scrypt would take ${bytes} bytes`)
  if (N < 2 || !Number.isInteger(Math.log2(N)))
    throw new KeystoreProblem('BAD_KEYSTORE', 'crypto.kdfparams.n: expected a power of two')
  // OpenSSL keeps to the bound of RFC 7914, which a file of the definition itself exceeds.
  if (Math.log2(N) >= 16 * r)
    return (password) =>
      scryptAsync(password, salt, { N, r, p, dkLen: derivedBytes, maxmem: 2 * maxScryptBytes })
  const options = { N, r, p, maxmem: bytes + 2 ** 20 }
  return (password) => nativeScrypt(password, salt, derivedBytes, options)
}

function pbkdf2Derivation(params: Readonly<Record<string, unknown>>, salt: Uint8Array): Derive {
  const rounds = countOf(params['c'], 'c', maxPbkdf2Rounds)
  if (params['prf'] !== 'hmac-sha256')
    throw new KeystoreProblem('UNSUPPORTED', 'crypto.kdfparams.prf: expected hmac-sha256')
  return (password) => nativePbkdf2(password, salt, rounds, derivedBytes, 'sha256')
}

function countOf(value: unknown, name: string, most: number): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1)
    throw new KeystoreProblem('BAD_KEYSTORE', `crypto.kdfparams.${name}: expected a number`)
  if (value > most)
    throw new KeystoreProblem('UNSUPPORTED', `crypto.kdfparams.${name}: at most ${most} is allowed`)
  return value
}

function objectOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>
  throw new KeystoreProblem('BAD_KEYSTORE', `${what}: expected an object`)
}

function bytesOf(value: unknown, what: string, length?: number): Uint8Array {
  const bytes = typeof value === 'string' ? fromHex(value.replace(/^0x/, '')) : undefined
  if (bytes === undefined || (length !== undefined && bytes.length !== length))
    throw new KeystoreProblem(
      'BAD_KEYSTORE',
      `${what}: expected ${length === undefined ? '' : `${length} `}bytes in hexadecimal`,
    )
  return bytes
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new KeystoreProblem('BAD_KEYSTORE', 'the text is no JSON')
  }
}
