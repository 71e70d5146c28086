import { generateKeyPairSync, createVerify } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { realClock } from '@zkstack/concurrency'
import { hash32, loadCryptoBackends } from '@zkstack/crypto'
import { googleKmsKeyName, keySigner } from '@zkstack/l1'
import { anvilKey, startFakeKms, type FakeKms } from '@zkstack/l1/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readSigners, type SignerSurroundings } from '../../src/settle/read-settle-files.js'
import type { SignerConfig } from '../../src/settle/settle-config.js'

const key = { project: 'p', location: 'l', keyRing: 'r', key: 'settler', version: '2' }
const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})

let kms: FakeKms
let folder: string
let tokenUri: string
let stopTokens: () => void
const asked: URLSearchParams[] = []

beforeAll(async () => {
  await loadCryptoBackends()
  kms = await startFakeKms(googleKmsKeyName(key), anvilKey(3))
  folder = await mkdtemp(join(tmpdir(), 'zkstack-signers-'))
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (part: Buffer) => (body += part.toString()))
    request.on('end', () => {
      asked.push(new URLSearchParams(body))
      kms.token = `token-${asked.length}`
      response.end(JSON.stringify({ access_token: kms.token, expires_in: 3600 }))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  tokenUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`
  stopTokens = () => server.close()
})
afterAll(async () => {
  stopTokens()
  await kms[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

const surroundings: SignerSurroundings = {
  env: {},
  clock: realClock,
  signal: new AbortController().signal,
}

async function configured(fields: object): Promise<SignerConfig> {
  const credentials = join(folder, 'account.json')
  const account = { type: 'service_account', client_email: 'node@p.example', ...fields }
  await writeFile(credentials, JSON.stringify(account), { mode: 0o600 })
  return { type: 'googleKms', keys: [key], credentials, endpoint: kms.url }
}

describe('keys in Google Cloud KMS', () => {
  test('a service account’s token is asked for once, and again when it is not taken any more', async () => {
    const config = await configured({ private_key: privateKey, token_uri: tokenUri })
    const [signer] = await readSigners(config, surroundings)
    expect(signer.address).toEqual(keySigner(anvilKey(3)).address)
    const digest = hash32(new Uint8Array(32).fill(7))
    const call = { signal: surroundings.signal }
    expect(await signer.signDigest(digest, call)).toEqual(
      await keySigner(anvilKey(3)).signDigest(digest, call),
    )
    expect(asked).toHaveLength(1)
    const [header = '', claims = '', signature = ''] = asked[0]?.get('assertion')?.split('.') ?? []
    const isSigned = createVerify('RSA-SHA256')
      .update(`${header}.${claims}`)
      .verify(publicKey, signature, 'base64url')
    expect(isSigned).toBe(true)
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
      iss: 'node@p.example',
      aud: tokenUri,
      scope: 'https://www.googleapis.com/auth/cloudkms',
    })
    kms.token = 'another'
    expect((await signer.signDigest(digest, call)).ok).toBe(true)
    expect(asked).toHaveLength(2)
  })

  test('credentials that are none, a key that is not there › the configuration is refused', async () => {
    await expect(readSigners(await configured({}), surroundings)).rejects.toThrow(
      /auth\.gcpkms\.credentials/,
    )
    const config = await configured({ private_key: privateKey, token_uri: tokenUri })
    const other = { ...config, keys: [{ ...key, version: '3' }] }
    await expect(readSigners(other, surroundings)).rejects.toThrow(/auth\.gcpkms: .*404/)
  })
})
