import { loadCryptoBackends, signatureScheme, toHex } from '@zkstack/crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Genesis, GenesisSpec } from '../../src/index.js'
import {
  createGenesis,
  decodeGenesis,
  defaultLeaderSelection,
  encodeGenesis,
  encodeSchedule,
  genesisToJson,
  parseGenesis,
  sameGenesis,
  verifyProofsOfPossession,
} from '../../src/index.js'
import { testCommittee, unwrap } from '../../testing/index.js'
import { bytesOf, gold, goldBytes } from '../helpers/gold.js'

const committee = testCommittee(3, { seed: 'genesis', weights: [1n, 2n ** 60n, 3n] })
const { genesis } = committee
const numbers = { chainId: 1n, forkNumber: 2n, firstBlock: 3n }

function goldGenesis(change: Partial<GenesisSpec> = {}): Genesis {
  const validators = gold.validators_in_schedule_order.map((v) => ({
    key: bytesOf(v.public),
    weight: BigInt(v.weight),
    leader: true,
  }))
  const proofsOfPossession = gold.validators_in_schedule_order.map((v) =>
    goldBytes(`pop_key${v.input_index}`),
  )
  const schedule = { validators, leaderSelection: defaultLeaderSelection }
  return unwrap(createGenesis({ ...numbers, schedule, proofsOfPossession, ...change }))
}

describe('genesis', () => {
  it('genesis › encoded and decoded › has the same hash, scheme and schedule', () => {
    const decoded = decodeGenesis(encodeGenesis(genesis))
    expect(sameGenesis(decoded, genesis)).toBe(true)
    expect(decoded.scheme.id).toBe(2)
    expect(toHex(decoded.schedule?.hash ?? new Uint8Array())).toBe(toHex(committee.schedule.hash))
    expect(decoded.proofsOfPossession).toEqual([])
  })

  it('genesis › without a schedule › leaves it to the execution layer', () => {
    const dynamic = unwrap(createGenesis({ ...numbers, signatureScheme: 1 }))
    expect(dynamic.schedule).toBeUndefined()
    expect(toHex(encodeGenesis(dynamic))).toBe('2801300238034002' + '5801')
    expect(decodeGenesis(encodeGenesis(dynamic)).scheme.name).toBe('bls12_381_min_pk')
    expect(verifyProofsOfPossession(dynamic).ok).toBe(true)
  })

  it('genesis › of scheme 0 › leaves field 11 out', () => {
    expect(toHex(encodeGenesis(unwrap(createGenesis(numbers))))).toBe('2801300238034002')
    expect(decodeGenesis(bytesOf('2801300238034002')).scheme.name).toBe('bls12_381')
  })

  it('genesis bytes › with scheme 0 written out, an unknown scheme or another version › are refused', () => {
    const decode = (hex: string) => (): unknown => decodeGenesis(bytesOf(hex))
    const code = (text: string): unknown => expect.objectContaining({ code: text }) as unknown
    expect(decode('28013002380340025800')).toThrow(code('EXPLICIT_DEFAULT'))
    expect(decode('28013002380340025803')).toThrow(code('UNKNOWN_SCHEME'))
    expect(decode('280130023803400258ff01')).toThrow(code('UNKNOWN_SCHEME'))
    expect(decode('2801300238034001')).toThrow(code('BAD_VERSION'))
    expect(decode('2801300238034003')).toThrow(code('BAD_VERSION'))
    expect(decode('280130023803')).toThrow(code('MISSING_FIELD'))
  })

  it('genesis bytes › naming one scheme with keys of another › are refused by the length of the keys', () => {
    const bytes = encodeGenesis(genesis)
    bytes[bytes.length - 1] = 1
    expect(() => decodeGenesis(bytes)).toThrow(expect.objectContaining({ code: 'BAD_LENGTH' }))
    expect(() => decodeGenesis(bytes.subarray(0, -2))).toThrow(
      expect.objectContaining({ code: 'BAD_LENGTH' }),
    )
  })

  it('genesis bytes › with something behind the last field of the schedule › are refused', () => {
    const schedule = toHex(encodeSchedule(committee.schedule))
    const bytes = (body: string): Uint8Array => {
      const { length } = bytesOf(body)
      const size = toHex(Uint8Array.of((length & 0x7f) | 0x80, length >> 7))
      return bytesOf(`280130023803400252${size}${body}5802`)
    }
    expect(decodeGenesis(bytes(schedule)).schedule?.hash).toEqual(committee.schedule.hash)
    expect(() => decodeGenesis(bytes(`${schedule}1800`))).toThrow(
      expect.objectContaining({ code: 'UNEXPECTED_FIELD' }),
    )
  })

  it('genesis › that differs in any field › has another hash', () => {
    const schedule = {
      validators: committee.schedule.validators,
      leaderSelection: defaultLeaderSelection,
    }
    const specs: GenesisSpec[] = [
      numbers,
      { ...numbers, chainId: 9n },
      { ...numbers, forkNumber: 9n },
      { ...numbers, firstBlock: 9n },
      { ...numbers, signatureScheme: 1 },
      { ...numbers, signatureScheme: 2 },
      { ...numbers, signatureScheme: 2, schedule },
    ]
    const hashes = specs.map((spec) => toHex(unwrap(createGenesis(spec)).hash))
    expect(new Set(hashes).size).toBe(hashes.length)
  })

  it('genesis › that cannot be › is refused with the reason', () => {
    expect(createGenesis({ ...numbers, signatureScheme: 3 })).toMatchObject({
      error: { code: 'UNKNOWN_SCHEME', id: 3 },
    })
    expect(createGenesis({ ...numbers, forkNumber: 2n ** 64n })).toMatchObject({
      error: { code: 'OUT_OF_RANGE', field: 'forkNumber' },
    })
    const schedule = { validators: [], leaderSelection: defaultLeaderSelection }
    expect(createGenesis({ ...numbers, schedule })).toMatchObject({
      error: { code: 'BAD_SCHEDULE', cause: { code: 'NO_VALIDATORS' } },
    })
  })
})

describe('proofs of possession', () => {
  beforeAll(() => loadCryptoBackends())
  const proofs = gold.validators_in_schedule_order.map((v) => goldBytes(`pop_key${v.input_index}`))

  it('proofs › of every validator, in whatever order › are accepted (rule 24)', () => {
    const straight = goldGenesis()
    expect(verifyProofsOfPossession(straight)).toEqual({ ok: true, value: undefined })
    const validators = (straight.schedule?.validators ?? []).toReversed()
    const schedule = { validators, leaderSelection: defaultLeaderSelection }
    const reversed = goldGenesis({ schedule, proofsOfPossession: proofs.toReversed() })
    expect(reversed.proofsOfPossession).toEqual(straight.proofsOfPossession)
    expect(sameGenesis(straight, reversed)).toBe(true)
  })

  it('proofs › absent, of another key, or a plain signature of the key › are refused (rule 24)', () => {
    expect(verifyProofsOfPossession(goldGenesis({ proofsOfPossession: [] }))).toMatchObject({
      error: { code: 'MISSING_PROOF', index: 0 },
    })
    const swapped = [proofs[1], proofs[0], ...proofs.slice(2)] as Uint8Array[]
    expect(verifyProofsOfPossession(goldGenesis({ proofsOfPossession: swapped }))).toMatchObject({
      error: { code: 'BAD_PROOF', index: 0 },
    })
    const first = gold.validators_in_schedule_order[0]
    const bls = signatureScheme(0)
    const plain = bls?.sign(bytesOf(first?.secret ?? ''), bytesOf(first?.public ?? ''))
    const signed = [plain, ...proofs.slice(1)] as Uint8Array[]
    expect(verifyProofsOfPossession(goldGenesis({ proofsOfPossession: signed }))).toMatchObject({
      error: { code: 'BAD_PROOF', index: 0 },
    })
  })

  it('proofs › of Ed25519 validators › are not needed', () => {
    expect(verifyProofsOfPossession(genesis).ok).toBe(true)
  })

  it('proofs › fewer than validators › make no genesis', () => {
    const validators = committee.schedule.validators
    const schedule = { validators, leaderSelection: defaultLeaderSelection }
    const result = createGenesis({
      ...numbers,
      signatureScheme: 2,
      schedule,
      proofsOfPossession: [new Uint8Array()],
    })
    expect(result).toMatchObject({ error: { code: 'PROOFS_MISMATCH', got: 1, want: 3 } })
  })
})

describe('genesis file', () => {
  const text = genesisToJson(goldGenesis())
  /** The file with the value at `path` replaced, or removed by `undefined`. */
  const edited = (...edits: readonly (readonly [path: string, value: unknown])[]): string => {
    const file = JSON.parse(text) as object
    for (const [path, value] of edits) {
      const names = path.split('.')
      const last = names.pop() ?? ''
      const parent = names.reduce<unknown>((at, name) => Reflect.get(at as object, name), file)
      if (value === undefined) Reflect.deleteProperty(parent as object, last)
      else Reflect.set(parent as object, last, value)
    }
    return JSON.stringify(file)
  }
  const errorOf = (source: string): unknown => {
    const result = parseGenesis(source)
    return result.ok ? undefined : { code: result.error.code, path: result.error.path }
  }

  it('genesis file › written and read › is the same, with its proofs', () => {
    for (const original of [goldGenesis(), genesis, unwrap(createGenesis(numbers))]) {
      const read = unwrap(parseGenesis(genesisToJson(original)))
      expect(sameGenesis(read, original)).toBe(true)
      expect(read.proofsOfPossession).toEqual(original.proofsOfPossession)
      expect(read.scheme.id).toBe(original.scheme.id)
    }
  })

  it('genesis file › with numbers instead of decimal strings › is the same', () => {
    const file = edited(['chainId', 1], ['forkNumber', 2], ['firstBlock', 3])
    expect(sameGenesis(unwrap(parseGenesis(file)), goldGenesis())).toBe(true)
  })

  it('genesis file › with a missing proof › keeps the place of the others', () => {
    const proofsOfPossession = goldGenesis().proofsOfPossession.map((p, i) =>
      i === 1 ? new Uint8Array() : p,
    )
    const read = unwrap(parseGenesis(genesisToJson(goldGenesis({ proofsOfPossession }))))
    expect(read.proofsOfPossession).toEqual(proofsOfPossession)
  })

  const { key } = (JSON.parse(text) as { schedule: { validators: [{ key: string }] } }).schedule
    .validators[0]
  const proofs = goldGenesis().proofsOfPossession.map(() => null)

  it.each([
    ['a field that is unknown', 'UNKNOWN_FIELD', 'gas', [['gas', 1]]],
    [
      'an unknown field inside',
      'UNKNOWN_FIELD',
      'schedule.validators[1].name',
      [['schedule.validators.1.name', 'x']],
    ],
    ['no chain id', 'MISSING_FIELD', 'chainId', [['chainId', undefined]]],
    ['a negative number', 'BAD_FIELD', 'firstBlock', [['firstBlock', -1]]],
    ['a fraction', 'BAD_FIELD', 'firstBlock', [['firstBlock', 1.5]]],
    ['a number that is not exact', 'BAD_FIELD', 'firstBlock', [['firstBlock', 2 ** 53]]],
    ['a number beyond 64 bits', 'BAD_FIELD', 'chainId', [['chainId', '18446744073709551616']]],
    ['a number in hexadecimal', 'BAD_FIELD', 'chainId', [['chainId', '0x10']]],
    ['another version', 'BAD_FIELD', 'protocolVersion', [['protocolVersion', 1]]],
    ['an unknown scheme', 'BAD_FIELD', 'signatureScheme', [['signatureScheme', 'rsa']]],
    [
      'keys of another scheme',
      'BAD_FIELD',
      'schedule.validators[0].key',
      [['signatureScheme', 'ed25519']],
    ],
    ['a list in place of an object', 'BAD_FIELD', 'schedule', [['schedule', []]]],
    [
      'an object in place of a list',
      'BAD_FIELD',
      'schedule.validators',
      [['schedule.validators', {}]],
    ],
    ['a key twice', 'BAD_GENESIS', 'schedule.validators[2]', [['schedule.validators.2.key', key]]],
    [
      'a leader flag that is none',
      'BAD_FIELD',
      'schedule.validators[0].leader',
      [['schedule.validators.0.leader', 1]],
    ],
    [
      'an unknown mode',
      'BAD_FIELD',
      'schedule.leaderSelection.mode',
      [['schedule.leaderSelection.mode', 'sticky']],
    ],
    [
      'no validators',
      'BAD_GENESIS',
      'schedule.validators',
      [
        ['schedule.validators', []],
        ['proofsOfPossession', []],
      ],
    ],
    [
      'too few proofs',
      'BAD_GENESIS',
      'proofsOfPossession',
      [['proofsOfPossession', proofs.slice(1)]],
    ],
    [
      'a proof of another sort',
      'BAD_FIELD',
      'proofsOfPossession[0]',
      [['proofsOfPossession.0', key]],
    ],
    ['proofs without a schedule', 'BAD_FIELD', 'proofsOfPossession', [['schedule', undefined]]],
  ] as const)('genesis file › with %s › is refused as %s at %s', (_, code, path, edits) => {
    expect(errorOf(edited(...edits))).toEqual({ code, path })
  })

  it('genesis file › that is no JSON, or no object › is refused', () => {
    expect(errorOf('{')).toEqual({ code: 'BAD_JSON', path: '' })
    for (const source of ['null', '[]', '"x"', '1']) {
      expect(errorOf(source)).toEqual({ code: 'BAD_FIELD', path: '' })
    }
    expect(errorOf('{"__proto__": 1}')).toEqual({ code: 'UNKNOWN_FIELD', path: '__proto__' })
  })
})
