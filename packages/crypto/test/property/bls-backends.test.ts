import { describe, expect, test } from 'vitest'
import { blsMinPk, blsMinSig, keccak256, loadCryptoBackends, toHex } from '../../src/index.js'
import type { SignatureScheme } from '../../src/index.js'

const seed = process.env['SEED'] ?? String(Math.floor(Math.random() * 1e9))
const rounds = 12

await loadCryptoBackends()

/** Pseudo-random bytes of this run: `n` of them for each label. */
function random(label: string, n: number): Uint8Array {
  const bytes = new Uint8Array(n)
  for (let i = 0; i < n; i += 32) {
    const block = keccak256(new TextEncoder().encode(`${seed}/${label}/${i}`))
    bytes.set(block.subarray(0, n - i), i)
  }
  return bytes
}

/** A point's encoding with something done to it: flags, coordinates, or all of it. */
function mutate(point: Uint8Array, round: number, label: string): Uint8Array {
  const noise = random(label, point.length)
  const copy = Uint8Array.from(point)
  const at = (noise[1] ?? 0) % copy.length
  switch (round % 6) {
    case 1:
      copy[0] = (copy[0] ?? 0) ^ 0x20
      break
    case 2:
      copy[0] = (copy[0] ?? 0) ^ ((noise[0] ?? 0) & 0xe0)
      break
    case 3:
      copy[at] = (copy[at] ?? 0) ^ (1 << ((noise[2] ?? 0) & 7))
      break
    case 4:
      copy.set(noise)
      copy[0] = ((copy[0] ?? 0) & 0x1f) | 0x80
      break
    case 5:
      copy.set(noise)
      copy.set([0x80, 0], 0)
      break
  }
  return copy
}

/** Everything that a scheme says of one case, as text. */
function verdicts(scheme: SignatureScheme, round: number): string {
  const label = `${scheme.name}/${round}`
  let draws = 0
  const secrets = [0, 1].map(() =>
    scheme.generateSecretKey((n) => random(`${label}/secret ${draws++}`, n)),
  )
  const message = random(`${label}/message`, 32)
  const [first, second] = secrets.map((secret) => scheme.publicKey(secret))
  const [good, other] = secrets.map((secret) => scheme.sign(secret, message))
  if (first === undefined || second === undefined) throw new Error('there are two keys')
  if (good === undefined || other === undefined) throw new Error('there are two signatures')
  const signature = mutate(good, round, `${label}/signature`)
  const key = mutate(first, round, `${label}/key`)
  const a = scheme.importPublicKey(first)
  const b = scheme.importPublicKey(second)
  if (a === undefined || b === undefined) throw new Error('the keys are valid')
  const imported = scheme.importPublicKey(key)
  const sum = scheme.aggregate([
    { index: 0, signature },
    { index: 4, signature: other },
  ])
  const claims = [
    { index: 0, key: imported ?? a, message },
    { index: 4, key: b, message },
  ]
  return [
    toHex(good),
    imported !== undefined,
    scheme.isCanonicalSignature(signature),
    scheme.verify(a, message, signature),
    imported !== undefined && scheme.verify(imported, message, good),
    sum === undefined ? 'none' : toHex(sum),
    sum !== undefined && scheme.verifyAggregate(claims, sum),
  ].join(' ')
}

describe.each([blsMinSig, blsMinPk])('$name, SEED=' + seed, (family) => {
  test.each(family.backends.filter((backend) => backend !== 'noble'))(
    'mutated keys and signatures › %s says what noble says',
    (backend) => {
      const oracle = family.withBackend('noble') ?? family.current
      const scheme = family.withBackend(backend) ?? family.current
      for (let round = 0; round < rounds; round++) {
        expect(verdicts(scheme, round), `round ${round}`).toBe(verdicts(oracle, round))
      }
    },
  )
})
