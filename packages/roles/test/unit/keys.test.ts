import { inspect } from 'node:util'
import { seededRandom } from '@zkstack/concurrency'
import { availableSchemes, ed25519, signatureScheme, toHex } from '@zkstack/crypto'
import { describe, expect, it } from 'vitest'
import * as roles from '../../src/index.js'
import { unwrap } from '../../testing/index.js'
import { bytesOf, gold } from '../helpers/gold.js'

const [first] = gold.validators_in_schedule_order
const secretHex = first?.secret ?? ''
const publicHex = first?.public ?? ''
const random = seededRandom('keys')

describe('validator keys', () => {
  it('secret key › parsed from text › has its public key and writes the same text', () => {
    const text = `validator:secret:bls12_381:${secretHex}`
    const key = unwrap(roles.parseValidatorKey(text))
    expect(toHex(key.publicKey)).toBe(publicHex)
    expect(key.exposeText()).toBe(text)
    expect(
      unwrap(
        roles.parseValidatorKey(text.toUpperCase().replace(/^.*:/, 'validator:secret:bls12_381:')),
      ).exposeText(),
    ).toBe(text)
  })

  it('secret key › printed in any way › shows its public key alone', () => {
    const validator = new roles.ValidatorSecretKey(
      availableSchemes()[0] as never,
      bytesOf(secretHex),
    )
    const nodeKey = roles.generateNodeKey(random)
    for (const key of [validator, nodeKey]) {
      const secret = key.exposeText().split(':').at(-1) ?? ''
      const printed = [
        String(key),
        key.toString(),
        JSON.stringify({ key }),
        inspect(key),
        inspect({ deep: [key] }, { depth: 9, showHidden: true }),
        Object.keys(key).join(),
      ]
      for (const text of printed) expect(text.toLowerCase()).not.toContain(secret)
      expect(inspect(key)).toBe(String(key))
      expect(JSON.stringify(key)).toBe(JSON.stringify(String(key)))
    }
    expect(String(validator)).toBe(`<secret for validator:public:bls12_381:${publicHex}>`)
    expect(String(nodeKey)).toMatch(/^<secret for node:public:ed25519:[0-9a-f]{64}>$/)
  })

  it('secret key › of each scheme › round-trips as text, signs, and its text is no key of another scheme', () => {
    for (const id of [0, 1, 2]) {
      const scheme = signatureScheme(id)
      if (scheme === undefined) throw new TypeError(`no scheme ${id}`)
      const key = roles.generateValidatorKey(scheme, random)
      expect(unwrap(roles.parseValidatorKey(key.exposeText())).publicKey).toEqual(key.publicKey)
      expect(key.sign(new Uint8Array(32)).length).toBe(scheme.signatureBytes)
      const other = signatureScheme((id + 1) % 3)
      expect(roles.parseValidatorKey(key.exposeText(), other)).toMatchObject({
        error: { code: 'UNKNOWN_SCHEME' },
      })
      const text = roles.formatValidatorPublicKey(key.publicKey, scheme)
      expect(text.startsWith(`validator:public:${scheme.name}:`)).toBe(true)
      expect(roles.parseValidatorPublicKey(text)).toEqual({
        ok: true,
        value: { scheme: scheme.name, bytes: key.publicKey },
      })
    }
  })

  it.each([
    [`validator:public:bls12_381:${secretHex}`, 'BAD_PREFIX'],
    [`node:secret:ed25519:${secretHex}`, 'BAD_PREFIX'],
    [` validator:secret:bls12_381:${secretHex}`, 'BAD_PREFIX'],
    [`validator:secret:bls12_377:${secretHex}`, 'UNKNOWN_SCHEME'],
    [`validator:secret:${secretHex}`, 'UNKNOWN_SCHEME'],
    [`validator:secret:bls12_381:0x${secretHex}`, 'BAD_HEX'],
    [`validator:secret:bls12_381:${secretHex} `, 'BAD_HEX'],
    [`validator:secret:bls12_381:${secretHex}00`, 'BAD_LENGTH'],
    [`validator:secret:bls12_381:${'00'.repeat(32)}`, 'BAD_KEY'],
    [`validator:secret:bls12_381:${'ff'.repeat(32)}`, 'BAD_KEY'],
  ])('secret key › from the wrong text %s › is refused as %s without quoting it', (text, code) => {
    const result = roles.parseValidatorKey(text)
    expect(result).toMatchObject({ ok: false, error: { code } })
    expect(JSON.stringify(result)).not.toContain(secretHex.slice(0, 16))
  })

  it('signatures, aggregates and proofs › as text › round-trip under their own prefix only', () => {
    const bls = signatureScheme(0)
    if (bls === undefined) throw new TypeError('no BLS')
    const bytes = Uint8Array.from({ length: 48 }, (_, i) => i)
    const forms = [
      ['signature', roles.formatValidatorSignature, roles.parseValidatorSignature],
      ['aggregate_signature', roles.formatAggregateSignature, roles.parseAggregateSignature],
      ['pop', roles.formatProofOfPossession, roles.parseProofOfPossession],
    ] as const
    for (const [kind, format, parse] of forms) {
      const text = format(bytes, bls)
      expect(text).toBe(`validator:${kind}:bls12_381:${toHex(bytes)}`)
      expect(parse(text)).toEqual({ ok: true, value: { scheme: 'bls12_381', bytes } })
      for (const [other, , parseOther] of forms) {
        if (other !== kind)
          expect(parseOther(text)).toMatchObject({ error: { code: 'BAD_PREFIX' } })
      }
    }
  })

  it('Ed25519 aggregate › of any number of signatures › round-trips as text', () => {
    const scheme = signatureScheme(2)
    if (scheme === undefined) throw new TypeError('no Ed25519')
    for (const signers of [0, 1, 3]) {
      const bytes = new Uint8Array(64 * signers).fill(signers)
      const text = roles.formatAggregateSignature(bytes, scheme)
      expect(unwrap(roles.parseAggregateSignature(text)).bytes).toEqual(bytes)
    }
  })
})

describe('hashes', () => {
  it('hash › as text › round-trips under its own prefix only', () => {
    const hash = roles.hashPayload(Uint8Array.of(1))
    const forms = [
      ['validator_msg', roles.formatMsgHash, roles.parseMsgHash],
      ['genesis_hash', roles.formatGenesisHash, roles.parseGenesisHash],
      ['payload', roles.formatPayloadHash, roles.parsePayloadHash],
    ] as const
    for (const [name, format, parse] of forms) {
      expect(format(hash)).toBe(`${name}:keccak256:${toHex(hash)}`)
      expect(unwrap(parse(format(hash)))).toEqual(hash)
      expect(parse(`x${format(hash)}`)).toMatchObject({ error: { code: 'BAD_PREFIX' } })
      expect(parse(format(hash).slice(2))).toMatchObject({ error: { code: 'BAD_PREFIX' } })
      expect(parse(format(hash).slice(0, -2))).toMatchObject({ error: { code: 'BAD_LENGTH' } })
    }
  })
})

describe('node keys', () => {
  const text =
    'node:secret:ed25519:9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60'

  it('node key › parsed from text › has the public key of RFC 8032', () => {
    const key = unwrap(roles.parseNodeKey(text))
    expect(roles.formatNodePublicKey(key.publicKey)).toBe(
      'node:public:ed25519:d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    )
    expect(key.exposeText()).toBe(text)
    expect(ed25519.verify(key.publicKey, Uint8Array.of(1), key.sign(Uint8Array.of(1)))).toBe(true)
    key.exposeSeed().fill(0)
    expect(key.exposeText()).toBe(text)
  })

  it('node public key › as text › round-trips; a point of small order or a secret is refused', () => {
    const { publicKey } = roles.generateNodeKey(random)
    expect(unwrap(roles.parseNodePublicKey(roles.formatNodePublicKey(publicKey)))).toEqual(
      publicKey,
    )
    expect(roles.parseNodePublicKey(`node:public:ed25519:01${'00'.repeat(31)}`)).toMatchObject({
      error: { code: 'BAD_KEY' },
    })
    expect(roles.parseNodePublicKey(text)).toMatchObject({ error: { code: 'BAD_PREFIX' } })
    expect(roles.parseNodeKey(`${text}00`)).toMatchObject({ error: { code: 'BAD_LENGTH' } })
  })

  it('session id › signed by a node › verifies, and not under another key or for another session', () => {
    const key = roles.generateNodeKey(random)
    const signed = roles.signNodeMsg({ type: 'sessionId', value: Uint8Array.of(1, 2) }, key)
    expect(roles.verifyNodeSigned(signed)).toBe(true)
    const decoded = roles.decodeNodeSigned(roles.encodeNodeSigned(signed))
    expect(decoded).toEqual(signed)
    const other = roles.generateNodeKey(random).publicKey
    expect(roles.verifyNodeSigned({ ...signed, key: other })).toBe(false)
    const msg = { type: 'sessionId', value: Uint8Array.of(1, 3) } as const
    expect(roles.verifyNodeSigned({ ...signed, msg })).toBe(false)
  })
})

describe('namespaces', () => {
  it('validator and node › as namespaces › hold what the package exports flat', () => {
    expect(roles.validator.hashMsg).toBe(roles.hashMsg)
    expect(roles.node.NodeSecretKey).toBe(roles.NodeSecretKey)
  })
})
