import { readFileSync } from 'node:fs'
import { ed25519, ed25519Scheme, fromHex, toHex } from '@zkstack/crypto'
import { NodeSecretKey } from '@zkstack/roles'
import { expect, test } from 'vitest'
import { helloDigest } from '../../src/hello/hello-digest.js'
import { formatPeerId, nodeKeyOfPeerId, parsePeerId, peerIdMultihash } from '../../src/peer-id.js'

interface Vectors {
  readonly nodeSeedInitiator: string
  readonly nodeSeedResponder: string
  readonly initiatorPeerId: string
  readonly responderPeerId: string
  readonly genesisHash: string
  readonly initiatorNonce: string
  readonly responderNonce: string
  readonly signers: readonly {
    readonly role: 'initiator' | 'responder'
    readonly validatorSeed: string
    readonly validatorKey: string
    readonly digest: string
    readonly signature: string
  }[]
}

const vectors = JSON.parse(readFileSync(new URL('hello.json', import.meta.url), 'utf8')) as Vectors

function bytes(hex: string): Uint8Array {
  const decoded = fromHex(hex)
  if (!decoded) throw new TypeError(`not hex: ${hex}`)
  return decoded
}

const transcript = {
  genesisHash: bytes(vectors.genesisHash),
  initiatorPeerId: bytes(vectors.initiatorPeerId),
  responderPeerId: bytes(vectors.responderPeerId),
  initiatorNonce: bytes(vectors.initiatorNonce),
  responderNonce: bytes(vectors.responderNonce),
}

for (const { role, ...signer } of vectors.signers) {
  test(`hello › signed by the ${role} › has the digest and signature of the vector`, () => {
    const digest = helloDigest(transcript, { validatorKey: bytes(signer.validatorKey), role })
    expect(toHex(digest)).toBe(signer.digest)
    expect(toHex(ed25519Scheme.current.sign(bytes(signer.validatorSeed), digest))).toBe(
      signer.signature,
    )
    expect(ed25519.verify(bytes(signer.validatorKey), digest, bytes(signer.signature))).toBe(true)
  })
}

test('hello › any one part differs › the digest differs', () => {
  const signer = {
    validatorKey: bytes(vectors.signers[0]?.validatorKey ?? ''),
    role: 'initiator',
  } as const
  const digests = [toHex(helloDigest(transcript, signer))]
  for (const part of Object.keys(transcript) as (keyof typeof transcript)[]) {
    const changed = transcript[part].slice()
    changed[0] = (changed[0] ?? 0) ^ 1
    digests.push(toHex(helloDigest({ ...transcript, [part]: changed }, signer)))
  }
  digests.push(toHex(helloDigest(transcript, { ...signer, role: 'responder' })))
  digests.push(toHex(helloDigest(transcript, { ...signer, validatorKey: new Uint8Array(32) })))
  expect(new Set(digests).size).toBe(digests.length)
})

test('hello › bytes move from one length-prefixed part to the next › the digest differs', () => {
  const signer = { validatorKey: new Uint8Array(4), role: 'initiator' } as const
  const a = helloDigest(
    { ...transcript, initiatorPeerId: Uint8Array.of(1, 2), responderPeerId: Uint8Array.of(3) },
    signer,
  )
  const b = helloDigest(
    { ...transcript, initiatorPeerId: Uint8Array.of(1), responderPeerId: Uint8Array.of(2, 3) },
    signer,
  )
  expect(toHex(a)).not.toBe(toHex(b))
})

test.each([
  [
    vectors.nodeSeedInitiator,
    vectors.initiatorPeerId,
    '12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5',
  ],
  [
    vectors.nodeSeedResponder,
    vectors.responderPeerId,
    '12D3KooWJWoaqZhDaoEFshF7Rh1bpY9ohihFhzcW6d69Lr2NASuq',
  ],
])(
  'PeerId › of the node seed %s › is the known one, and gives the key back',
  (seed, multihash, text) => {
    const { publicKey } = new NodeSecretKey(bytes(seed))
    expect(toHex(peerIdMultihash(publicKey))).toBe(multihash)
    expect(formatPeerId(publicKey)).toBe(text)
    expect(nodeKeyOfPeerId(bytes(multihash))).toEqual(publicKey)
    expect(parsePeerId(text)).toEqual(publicKey)
  },
)

test.each([
  '',
  '12D3KooW',
  'QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N',
  '0OIl',
  '1'.repeat(60),
])('PeerId › from the text "%s" › is none of an Ed25519 key', (text) => {
  expect(parsePeerId(text)).toBeUndefined()
})
