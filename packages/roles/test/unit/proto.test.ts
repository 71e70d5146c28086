import { createHash } from 'node:crypto'
import { toHex } from '@zkstack/crypto'
import { describe, expect, it } from 'vitest'
import { decodeView, encodeMsg, encodeView } from '../../src/index.js'
import { fromLong, randomMsg, toLong, wire } from '../../testing/index.js'
import { goldBytes, goldHash } from '../helpers/gold.js'
import { loadDescriptor } from '../helpers/descriptor.js'
import { printSeedOnFailure, testRandom } from '../helpers/seed.js'

/** Changes only with the wire format, which hashes and signatures depend on. */
const FROZEN = 'c8d7c115eed8c38888e6afbc1dad3df0606a41bc603dd35c9cba5c2007110d97'

printSeedOnFailure()

/** The description without comments, file names and other things that do not change bytes. */
function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join()}]`
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${canonicalJson(v)}`).join()}}`
}

describe('wire types', () => {
  it('description › of all wire types › is the frozen one', () => {
    const text = canonicalJson(loadDescriptor().toJSON())
    expect(createHash('sha256').update(text).digest('hex')).toBe(FROZEN)
  })

  it('generated module › fed any message › reads and writes the same bytes', () => {
    const random = testRandom('generated module')
    for (let i = 0; i < 100; i++) {
      const bytes = encodeMsg(randomMsg(random))
      const { Msg } = wire.roles.validator
      expect(toHex(Msg.encode(Msg.decode(bytes)).finish())).toBe(toHex(bytes))
    }
    for (const name of ['leader_proposal_msg_canonical', 'replica_timeout_msg_canonical']) {
      const bytes = goldBytes(name)
      const { Msg } = wire.roles.validator
      expect(toHex(Msg.encode(Msg.decode(bytes)).finish())).toBe(toHex(bytes))
    }
  })
})

describe('the border to Long', () => {
  const numbers = [0n, 1n, 2n ** 32n, 2n ** 53n - 1n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n]
  const { ViewV2 } = wire.roles.validator

  it.each(numbers)('number %d › through Long and back › is exact', (number) => {
    expect(fromLong(toLong(number))).toBe(number)
  })

  it.each(numbers)('number %d › written by either codec › is read by the other', (number) => {
    const view = { genesis: goldHash('genesis_hash'), number, epoch: number }
    const message = {
      genesis: { keccak256: view.genesis },
      number: toLong(number),
      epoch: toLong(number),
    }
    expect(toHex(ViewV2.encode(message).finish())).toBe(toHex(encodeView(view)))
    const decoded = ViewV2.decode(encodeView(view)).number
    expect(decoded && fromLong(decoded)).toBe(number)
    expect(decodeView(ViewV2.encode(message).finish())).toEqual(view)
  })

  it('number › beyond 64 bits › is a RangeError', () => {
    expect(() => toLong(-1n)).toThrow(RangeError)
    expect(() => toLong(2n ** 64n)).toThrow(RangeError)
  })
})
