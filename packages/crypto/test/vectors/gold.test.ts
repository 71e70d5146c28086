import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { blsMinSig, fromHex, keccak256, loadCryptoBackends, toHex } from '../../src/index.js'

interface Gold {
  readonly validators_in_schedule_order: readonly { secret: string; public: string }[]
  readonly [name: string]: unknown
}

const gold = JSON.parse(readFileSync(new URL('./gold.json', import.meta.url), 'utf8')) as Gold
const text = (name: string): string => {
  const value = gold[name]
  if (typeof value !== 'string') throw new TypeError(`gold.json has no text ${name}`)
  return value
}
const bytes = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array(0)
const validators = gold.validators_in_schedule_order
const secret0 = validators.find(({ public: key }) => key.startsWith('82e3ad5e'))?.secret ?? ''

await loadCryptoBackends()

describe.each(blsMinSig.backends)('golden values by %s', (backend) => {
  const scheme = blsMinSig.withBackend(backend) ?? blsMinSig.current

  test('public keys', () => {
    for (const validator of validators) {
      expect(toHex(scheme.publicKey(bytes(validator.secret)))).toBe(validator.public)
    }
  })

  test.each(['replica_commit', 'replica_new_view', 'replica_timeout', 'leader_proposal'])(
    '%s › hash and signature',
    (message) => {
      const hash = keccak256(bytes(text(`${message}_msg_canonical`)))
      expect(toHex(hash)).toBe(text(`${message}_msg_hash`))
      expect(toHex(scheme.sign(bytes(secret0), hash))).toBe(text(`${message}_sig_by_key0`))
    },
  )

  test.each(['commit', 'timeout'])('%s certificate › aggregate of all five', (kind) => {
    const hash = bytes(text(`replica_${kind}_msg_hash`))
    const parts = validators.map(({ secret }, index) => ({
      index,
      signature: scheme.sign(bytes(secret), hash),
    }))
    const aggregate = scheme.aggregate(parts) ?? new Uint8Array(0)
    expect(toHex(aggregate)).toBe(text(`${kind}_qc_agg_sig`))
    const claims = validators.map((validator, index) => {
      const key = scheme.importPublicKey(bytes(validator.public))
      if (key === undefined) throw new Error('the key is valid')
      return { index, key, message: hash }
    })
    expect(scheme.verifyAggregate(claims, aggregate)).toBe(true)
  })

  test('the empty aggregate', () => {
    expect(toHex(scheme.emptyAggregate)).toBe(text('infinity_sig'))
  })
})
