import { secp256k1 } from '@noble/curves/secp256k1.js'
import { keccak256, toHex } from '@zkstack/crypto'
import { anvilKey, startFakeKms, type FakeKms } from '@zkstack/l1/testing'
import { recoverSigner } from '@zkstack/pessimistic-proof'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  googleKmsKeyName,
  googleKmsSigner,
  keySigner,
  type GoogleKmsOptions,
  type L1Signer,
} from '../../src/index.js'
import { addr } from '../helpers/hex.js'

const key = { project: 'p', location: 'global', keyRing: 'ring', key: 'settlement', version: '3' }
const name = 'projects/p/locations/global/keyRings/ring/cryptoKeys/settlement/cryptoKeyVersions/3'
const local = keySigner(anvilKey(1))
const call = { signal: new AbortController().signal }
const digest = keccak256(Uint8Array.of(1))

let kms: FakeKms
let renewals: boolean[]

beforeAll(async () => {
  kms = await startFakeKms(name, anvilKey(1))
})
beforeEach(() => {
  Object.assign(kms, { token: 'token-1', highS: false, fault: () => undefined })
  kms.requests.length = 0
  renewals = []
})
afterAll(() => kms[Symbol.asyncDispose]())

function options(o: Partial<GoogleKmsOptions> = {}): GoogleKmsOptions {
  return {
    key,
    baseUrl: kms.url,
    accessToken: async ({ renew }) => {
      renewals.push(renew)
      return renew ? 'token-2' : 'token-1'
    },
    ...o,
  }
}

async function signer(o: Partial<GoogleKmsOptions> = {}): Promise<L1Signer> {
  const made = await googleKmsSigner(options(o), call)
  if (!made.ok) throw new Error(made.error.message)
  return made.value
}

describe('a signer of Google Cloud KMS', () => {
  it('has the address of the public key, under the path of the key version', async () => {
    expect(googleKmsKeyName(key)).toBe(name)
    expect(toHex((await signer()).address)).toBe(toHex(local.address))
    expect(kms.requests).toEqual([`GET /v1/${name}/publicKey`])
  })

  it.each([false, true])(
    'signs, high s: %s › a low s that recovers to the address',
    async (highS) => {
      kms.highS = highS
      const signed = await (await signer()).signDigest(digest, call)
      if (!signed.ok) throw new Error(signed.error.message)
      expect(signed.value.s).toBeLessThanOrEqual(secp256k1.Point.Fn.ORDER / 2n)
      expect(toHex(recoverSigner(signed.value, digest) ?? addr(0))).toBe(toHex(local.address))
    },
  )

  it('signs a transaction › the very bytes that a local key gives', async () => {
    const fees = { maxFeePerGas: 3n, maxPriorityFeePerGas: 1n, gasLimit: 21_000n }
    const calldata = Uint8Array.of(1, 2)
    const transaction = { chainId: 1337n, nonce: 7n, to: addr(5), calldata, value: 9n, ...fees }
    const remote = await (await signer()).signTransaction(transaction, call)
    expect(remote).toEqual(await local.signTransaction(transaction, call))
    expect(remote.ok && remote.value.bytes[0]).toBe(2)
  })

  it('a token has expired › it is renewed once', async () => {
    const kmsSigner = await signer()
    kms.token = 'token-2'
    expect(await kmsSigner.signDigest(digest, call)).toMatchObject({ ok: true })
    expect(renewals).toEqual([false, false, true])
    kms.token = 'token-3'
    const refused = await kmsSigner.signDigest(digest, call)
    expect(refused).toMatchObject({ error: { code: 'REFUSED', retry: false } })
  })

  it.each([
    [{ type: 'status', status: 503 }, 'UNAVAILABLE', true],
    [{ type: 'status', status: 429 }, 'UNAVAILABLE', true],
    [{ type: 'hang' }, 'UNAVAILABLE', true],
    [{ type: 'status', status: 403 }, 'REFUSED', false],
    [{ type: 'otherKey' }, 'INCONSISTENT', true],
    [{ type: 'otherDigest' }, 'INCONSISTENT', true],
    [{ type: 'body', body: '{"signature":"MEUC"}' }, 'INCONSISTENT', true],
    [{ type: 'body', body: 'no JSON' }, 'INCONSISTENT', true],
    [{ type: 'body', body: `"${'x'.repeat(70_000)}"` }, 'INCONSISTENT', true],
  ] as const)('%o › %s, and no signature', async (fault, code, retry) => {
    const kmsSigner = await signer({ timeoutMs: fault.type === 'hang' ? 3_000 : 10_000 })
    kms.fault = () => fault
    expect(await kmsSigner.signDigest(digest, call)).toMatchObject({
      ok: false,
      error: { code, retry },
    })
  })

  it('a public key of another curve › no signer', async () => {
    const pem = '-----BEGIN PUBLIC KEY-----\\nMCowBQYDK2VwAyEA\\n-----END PUBLIC KEY-----\\n'
    kms.fault = () => ({ type: 'body', body: `{"pem":"${pem}"}` })
    expect(await googleKmsSigner(options(), call)).toMatchObject({
      error: { code: 'INCONSISTENT' },
    })
  })

  it('a name with a slash › is a mistake of the caller', () => {
    expect(() => googleKmsKeyName({ ...key, version: '1/../2' })).toThrow(RangeError)
  })
})
