import type { Random } from '@zkstack/concurrency'
import { DecodeError, toHex } from '@zkstack/crypto'
import { describe, expect, it } from 'vitest'
import { randomBelow } from '../../testing/index.js'
import { codecs, type TestedCodec } from '../helpers/codecs.js'
import { printSeedOnFailure, testRandom } from '../helpers/seed.js'

printSeedOnFailure()

/** Decodes; whatever is accepted must be canonical, and nothing but a DecodeError within the input may be thrown. */
function probe({ encode, decode }: TestedCodec, bytes: Uint8Array): 'accepted' | 'refused' {
  try {
    const value = decode(bytes)
    expect(toHex(encode(value))).toBe(toHex(bytes))
    return 'accepted'
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    expect(error.code).toMatch(/^[A-Z_]+$/)
    expect(error.offset).toBeGreaterThanOrEqual(0)
    expect(error.offset).toBeLessThanOrEqual(bytes.length)
    return 'refused'
  }
}

/** A copy with a few bytes changed, put in, taken out or repeated. */
function mutate(bytes: Uint8Array, random: Random): Uint8Array {
  const list = [...bytes]
  for (let i = 0; i <= randomBelow(random, 3); i++) {
    const at = randomBelow(random, list.length + 1)
    const byte = random.bytes(1)[0] ?? 0
    const near = list.slice(at, at + randomBelow(random, 8))
    const edits = [
      () => list.splice(at, 1, byte),
      () => list.splice(at, 0, byte),
      () => list.splice(at, near.length),
      () => list.splice(at, 0, ...near),
      () => list.splice(at, 1, (list[at] ?? 0) ^ (1 << randomBelow(random, 8))),
    ]
    edits[randomBelow(random, edits.length)]?.()
  }
  return Uint8Array.from(list)
}

describe.each(codecs)('fuzzing', (codec) => {
  const { name, generate, encode } = codec

  it(`${name} decoder › fed noise › throws only DecodeError`, () => {
    const random = testRandom(`noise ${name}`)
    for (let i = 0; i < 300; i++) probe(codec, random.bytes(randomBelow(random, 80)))
  })

  it(`${name} decoder › fed mutated bytes › refuses them or accepts canonical ones`, () => {
    const random = testRandom(`mutated ${name}`)
    for (let i = 0; i < 200; i++) probe(codec, mutate(encode(generate(random)), random))
  })

  it(`${name} decoder › fed truncated bytes › refuses them`, () => {
    const random = testRandom(`truncated ${name}`)
    for (let i = 0; i < 10; i++) {
      const bytes = encode(generate(random))
      for (let j = 0; j < 10; j++)
        probe(codec, bytes.subarray(0, randomBelow(random, bytes.length)))
    }
  })

  it(`${name} decoder › fed bytes with more behind › refuses them`, () => {
    const random = testRandom(`trailing ${name}`)
    for (let i = 0; i < 10; i++) {
      const bytes = encode(generate(random))
      const longer = new Uint8Array(bytes.length + 2)
      longer.set(bytes)
      longer.set([0x78, 0x01], bytes.length)
      expect(probe(codec, longer)).toBe('refused')
    }
  })
})
