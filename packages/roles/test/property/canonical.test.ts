import { DecodeError, toHex } from '@zkstack/crypto'
import { describe, expect, it } from 'vitest'
import { codecs } from '../helpers/codecs.js'
import { loadDescriptor } from '../helpers/descriptor.js'
import { printSeedOnFailure, testRandom } from '../helpers/seed.js'
import { shuffleFields } from '../helpers/shuffle-fields.js'

const descriptor = loadDescriptor()
printSeedOnFailure()

describe.each(codecs)('$name', ({ name, wireType, generate, encode, decode }) => {
  it(`${name} › encoded and decoded › is the same value and encodes to the same bytes`, () => {
    const random = testRandom(`round trip ${name}`)
    for (let i = 0; i < 30; i++) {
      const bytes = encode(generate(random))
      expect(toHex(encode(decode(bytes)))).toBe(toHex(bytes))
    }
  })

  it(`${name} › fields shuffled recursively › decode to the same canonical bytes or are refused`, () => {
    const random = testRandom(`shuffle ${name}`)
    const type = descriptor.lookupType(wireType)
    for (let i = 0; i < 60; i++) {
      const bytes = encode(generate(random))
      const shuffled = shuffleFields(bytes, type, random)
      expect(shuffled.length).toBe(bytes.length)
      if (toHex(shuffled) === toHex(bytes)) {
        expect(toHex(encode(decode(shuffled)))).toBe(toHex(bytes))
      } else {
        expect(() => decode(shuffled)).toThrow(DecodeError)
      }
    }
  })

  it(`${name} › read and written by the generated codec › is the same bytes`, () => {
    const random = testRandom(`generated ${name}`)
    const type = descriptor.lookupType(wireType)
    for (let i = 0; i < 30; i++) {
      const bytes = encode(generate(random))
      expect(toHex(type.encode(type.decode(bytes)).finish())).toBe(toHex(bytes))
    }
  })
})
