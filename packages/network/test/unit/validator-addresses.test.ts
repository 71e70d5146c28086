import { testCommittee } from '@zkstack/roles/testing'
import type { NetAddress } from '@zkstack/roles'
import { expect, test } from 'vitest'
import { decodeValidatorAddresses, encodeValidatorAddresses } from '../../src/codec.js'
import {
  validatorAddressDigest,
  verifyValidatorAddress,
  type ValidatorAddress,
} from '../../src/addresses/validator-address.js'
import { ValidatorAddresses } from '../../src/addresses/validator-addresses.js'

const committee = testCommittee(6)
const stranger = testCommittee(1, { seed: 'stranger' }).keys[0]
const { genesis } = committee
const { scheme } = genesis
const genesisHash = genesis.hash

interface Change {
  readonly version?: bigint
  readonly seconds?: bigint
  readonly port?: number
}

function announce(who: number | 'stranger', change: Change = {}): ValidatorAddress {
  const secret = who === 'stranger' ? stranger : committee.keys[who]
  if (!secret) throw new TypeError('no such validator')
  const address: NetAddress = {
    addr: { ip: Uint8Array.of(127, 0, 0, 1), port: change.port ?? 3054 },
    version: change.version ?? 1n,
    timestamp: { seconds: change.seconds ?? 1_000n, nanos: 0 },
  }
  const body = { validatorKey: secret.publicKey, nodeKey: new Uint8Array(32).fill(1), address }
  return { ...body, signature: secret.sign(validatorAddressDigest(genesisHash, body)) }
}

/** A table that counts the signatures it checks. */
function newTable() {
  const table = new ValidatorAddresses()
  const counts = { verified: 0 }
  const judge = {
    isMember: (key: Uint8Array) => genesis.schedule?.indexOf(key) !== undefined,
    verify: (announced: ValidatorAddress) => {
      counts.verified++
      return verifyValidatorAddress(announced, { genesisHash, scheme })
    },
  }
  return {
    counts,
    table,
    merge: (...list: ValidatorAddress[]) => {
      const merging = table.merge(list, judge)
      for (let news = 0; ; news++) {
        const step = merging.next()
        if (step.done === true) return { news, fault: step.value }
      }
    },
  }
}

const bad = (announced: ValidatorAddress): ValidatorAddress => ({
  ...announced,
  address: { ...announced.address, addr: { ip: Uint8Array.of(6, 6, 6, 6), port: 666 } },
})

test.each<[string, Change, Change, number]>([
  ['a newer version', { version: 1n }, { version: 2n, seconds: 1n }, 1],
  ['the same version, a newer time', { seconds: 10n }, { seconds: 11n }, 1],
  ['the same version and time', {}, { port: 1 }, 0],
  ['the same version, an older time', { seconds: 10n }, { seconds: 9n }, 0],
  ['an older version, a newer time', { version: 2n }, { version: 1n, seconds: 9_999n }, 0],
])('validator addresses › %s › %o, then %o: %d is new', (_, first, second, news) => {
  const { merge, counts } = newTable()
  expect(merge(announce(0, first))).toEqual({ news: 1, fault: undefined })
  expect(merge(announce(0, second))).toEqual({ news, fault: undefined })
  // what is not newer is not worth a check
  expect(counts.verified).toBe(1 + news)
})

test('validator addresses › of who is in no committee › are passed over unverified', () => {
  const { merge, counts, table } = newTable()
  expect(merge(announce('stranger'), announce(1))).toEqual({ news: 1, fault: undefined })
  expect(counts.verified).toBe(1)
  expect(table.all.length).toBe(1)
})

test('validator addresses › a validator twice in one list › spoils it before anything is verified', () => {
  const { merge, counts } = newTable()
  const twice = [announce(0), announce(1), announce(0, { version: 2n })]
  expect(merge(...twice)).toEqual({ news: 0, fault: 'BAD_ADDRESS_LIST' })
  expect(counts.verified).toBe(0)
})

test('validator addresses › a wrong signature › ends the list; what came before it counts', () => {
  const { merge, counts, table } = newTable()
  expect(merge(announce(0), bad(announce(1)), announce(2))).toEqual({
    news: 1,
    fault: 'BAD_ADDRESS',
  })
  expect(counts.verified).toBe(2)
  expect(table.all.length).toBe(1)
})

test.each<[string, (a: ValidatorAddress) => ValidatorAddress]>([
  ['another node key', (a) => ({ ...a, nodeKey: new Uint8Array(32).fill(2) })],
  ['another validator', (a) => ({ ...a, validatorKey: announce(1).validatorKey })],
  ['a key of another length', (a) => ({ ...a, validatorKey: new Uint8Array(5) })],
  ['a signature of another length', (a) => ({ ...a, signature: a.signature.slice(1) })],
  ['an address that was changed', bad],
])('validator address › %s › does not verify', (_, change) => {
  expect(verifyValidatorAddress(announce(0), { genesisHash, scheme })).toBe(true)
  expect(verifyValidatorAddress(change(announce(0)), { genesisHash, scheme })).toBe(false)
})

test('validator address › of another chain › does not verify', () => {
  const other = new Uint8Array(32)
  expect(verifyValidatorAddress(announce(0), { genesisHash: other, scheme })).toBe(false)
})

test('validator addresses › who has left the committee › is forgotten', () => {
  const { merge, table } = newTable()
  merge(announce(0), announce(1))
  table.retain((key) => key === announce(0).validatorKey || key[0] === announce(0).validatorKey[0])
  expect(table.of(announce(0).validatorKey)).toBeDefined()
  expect(table.all.length).toBe(1)
})

test('validator addresses › on the wire › come back as they were', () => {
  const list = [announce(0), announce(1, { version: 2n ** 64n - 1n })]
  expect(decodeValidatorAddresses(encodeValidatorAddresses(list))).toEqual(list)
})

test('validator addresses › cut or with a node key of 31 bytes › are a DecodeError', () => {
  const bytes = encodeValidatorAddresses([announce(0)])
  for (let length = 1; length < bytes.length; length++) {
    expect(() => decodeValidatorAddresses(bytes.subarray(0, length))).toThrow(
      expect.objectContaining({ name: 'DecodeError' }),
    )
  }
  const short = encodeValidatorAddresses([{ ...announce(0), nodeKey: new Uint8Array(31) }])
  expect(() => decodeValidatorAddresses(short)).toThrow(
    expect.objectContaining({ code: 'BAD_LENGTH' }),
  )
})
