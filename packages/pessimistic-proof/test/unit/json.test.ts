import { toHex } from '@zkstack/crypto'
import { describe, expect, test } from 'vitest'
import { parseJson } from '../../src/codec/json/parse-json.js'
import { JsonNumber } from '../../src/codec/json/json-value.js'
import {
  certificateToJson,
  parseCertificate,
  parseWithdrawals,
  type AggchainData,
} from '../../src/index.js'
import { plainCertificate, realCertificate } from '../helpers/certificates.js'
import { filled } from '../helpers/hex.js'
import { loadVector } from '../helpers/load-vector.js'
import { errorOf, valueOf } from '../helpers/value-of.js'

type Members = Record<string, unknown>

const text = loadVector('certificates/cert_h0.json')

/** The first real certificate with a member changed, at a path of names and positions. */
function changed(path: readonly (string | number)[], value: unknown): string {
  const certificate = JSON.parse(text) as Members
  let holder: Members = certificate
  for (const step of path.slice(0, -1)) holder = holder[step] as Members
  const last = path.at(-1) as string
  if (value === undefined) delete holder[last]
  else holder[last] = value
  return JSON.stringify(certificate)
}

describe('JSON texts', () => {
  test('numbers keep all their digits', () => {
    expect(parseJson('[123456789012345678901234567890, 1.50, -0, 1e400]')).toEqual(
      ['123456789012345678901234567890', '1.50', '-0', '1e400'].map((n) => new JsonNumber(n)),
    )
  })

  test('members may have any name', () => {
    expect(parseJson(' {"__proto__" : [ ] , "a\\u0000\\"" : {} }\n')).toEqual(
      new Map<string, unknown>([
        ['__proto__', []],
        ['a\u0000"', new Map()],
      ]),
    )
  })

  test.each([
    ['', 'nothing'],
    ['{"a":1,"a":2}', 'a name twice'],
    ['{"a" 1}', 'no colon'],
    ['{a:1}', 'a bare name'],
    ['[1,]', 'a comma too many'],
    ['[1 2]', 'no comma'],
    ['[1', 'no end of a list'],
    ['{"a":1', 'no end of an object'],
    ['"a', 'no end of a string'],
    ['"a\\', 'an escape without end'],
    ['"\\x"', 'an unknown escape'],
    ['"\n"', 'a control character'],
    ['01', 'a leading zero'],
    ['+1', 'a plus'],
    ['.5', 'no digit before the point'],
    ['NaN', 'no JSON word'],
    ['tru', 'half a word'],
    ['1 1', 'two values'],
    ['\u00a01', 'a blank that is none'],
    ['[', 'an open list'],
    ['['.repeat(100_000), 'too many levels'],
  ])('%j is refused: %s', (bad) => {
    expect(errorOf(parseCertificate(bad))).toMatchObject({ code: 'BAD_JSON', field: '' })
  })
})

describe('certificates in JSON', () => {
  test('a real one survives a round trip', () => {
    const certificate = realCertificate('cert_h0')
    expect(valueOf(parseCertificate(certificateToJson(certificate)))).toEqual(certificate)
  })

  test('amounts are read as decimal, hexadecimal and numbers of any size, and written as hexadecimal', () => {
    const amount = 2n ** 256n - 1n
    const path = ['bridge_exits', 0, 'amount']
    const texts = [
      changed(path, String(amount)),
      changed(path, `0x${amount.toString(16)}`),
      changed(path, '?').replace('"?"', String(amount)),
    ]
    for (const one of texts) {
      const certificate = valueOf(parseCertificate(one))
      expect(certificate.bridgeExits[0]?.amount).toBe(amount)
      expect(certificateToJson(certificate)).toContain(`"amount":"0x${'f'.repeat(64)}"`)
    }
    const none = valueOf(parseCertificate(changed(path, '0')))
    expect(certificateToJson(none)).toContain('"amount":"0x0"')
  })

  test('numbers beyond 2^53 are read whole', () => {
    const height = 2n ** 64n - 1n
    const certificate = valueOf(
      parseCertificate(changed(['height'], '?').replace('"?"', String(height))),
    )
    expect(certificate.height).toBe(height)
    expect(certificateToJson(certificate)).toContain(`"height":${height},`)
  })

  test('digests are read with any number of prefixes', () => {
    for (const prefix of ['', '0x', '0x0x0x']) {
      const read = parseCertificate(changed(['metadata'], prefix + 'AB'.repeat(32)))
      expect(toHex(valueOf(read).metadata)).toBe('ab'.repeat(32))
    }
  })

  test('unknown members are ignored, absent optional ones stand for their defaults', () => {
    const certificate = valueOf(parseCertificate(changed(['surprise'], [1])))
    expect(certificate).toMatchObject({
      customChainData: new Uint8Array(),
      l1InfoTreeLeafCount: undefined,
    })
  })

  test.each([
    [['network_id'], undefined, 'network_id', 'MISSING_FIELD'],
    [['network_id'], 2 ** 32, 'network_id', 'OUT_OF_RANGE'],
    [['network_id'], '14', 'network_id', 'WRONG_TYPE'],
    [['height'], -1, 'height', 'OUT_OF_RANGE'],
    [['height'], 1.5, 'height', 'OUT_OF_RANGE'],
    [['metadata'], '0x00', 'metadata', 'BAD_LENGTH'],
    [['metadata'], 'zz'.repeat(32), 'metadata', 'BAD_TEXT'],
    [['bridge_exits'], {}, 'bridge_exits', 'WRONG_TYPE'],
    [['bridge_exits', 0], null, 'bridge_exits[0]', 'WRONG_TYPE'],
    [['bridge_exits', 0, 'amount'], '1e3', 'bridge_exits[0].amount', 'BAD_TEXT'],
    [['bridge_exits', 0, 'amount'], `1${'0'.repeat(78)}`, 'bridge_exits[0].amount', 'OUT_OF_RANGE'],
    [['bridge_exits', 0, 'amount'], '', 'bridge_exits[0].amount', 'BAD_TEXT'],
    [['bridge_exits', 0, 'leaf_type'], 'transfer', 'bridge_exits[0].leaf_type', 'BAD_VARIANT'],
    [
      ['bridge_exits', 0, 'token_info', 'origin_token_address'],
      '0x12',
      'bridge_exits[0].token_info.origin_token_address',
      'BAD_LENGTH',
    ],
    [
      ['imported_bridge_exits', 0, 'claim_data'],
      { Mainnet: {}, Rollup: {} },
      'imported_bridge_exits[0].claim_data',
      'BAD_VARIANT',
    ],
    [
      ['imported_bridge_exits', 0, 'claim_data', 'Mainnet', 'proof_leaf_mer', 'proof', 'siblings'],
      [],
      'imported_bridge_exits[0].claim_data.Mainnet.proof_leaf_mer.proof.siblings',
      'BAD_LENGTH',
    ],
    [
      ['imported_bridge_exits', 0, 'global_index', 'rollup_index'],
      2 ** 32 - 1,
      'imported_bridge_exits[0].global_index.rollup_index',
      'OUT_OF_RANGE',
    ],
    [['signature'], undefined, '', 'MISSING_FIELD'],
    [['signature', 'odd_y_parity'], 1, 'signature.odd_y_parity', 'WRONG_TYPE'],
    [['custom_chain_data'], [0, 256], 'custom_chain_data[1]', 'OUT_OF_RANGE'],
  ])('%j as %j makes %s wrong: %s', (path, value, field, code) => {
    expect(errorOf(parseCertificate(changed(path, value)))).toMatchObject({ code, field })
  })
})

describe('aggchain data in JSON', () => {
  const signature = { r: 0n, s: 0n, oddYParity: false }
  const aggchainProof = {
    proof: { proof: Uint8Array.of(1, 2), vkey: Uint8Array.of(3), version: 'v6.0.0' },
    aggchainParams: filled(7),
    publicValues: undefined,
  }
  const written = (aggchainData: AggchainData) =>
    JSON.parse(certificateToJson(plainCertificate({ aggchainData }))) as Members
  const read = (members: Members) => {
    const certificate = JSON.parse(certificateToJson(plainCertificate())) as Members
    delete certificate['signature']
    return valueOf(parseCertificate(JSON.stringify({ ...certificate, ...members }))).aggchainData
  }
  const zero = { r: '0x0', s: '0x0', odd_y_parity: false }

  test.each([
    ['of nobody', [], []],
    ['without a signature', [undefined], [null]],
    ['with a signature', [signature], [zero]],
  ])('a multisig %s is written as upstream writes it', (_, multisig, json) => {
    const data: AggchainData = { type: 'multisigOnly', multisig }
    expect(written(data)['multisig']).toEqual(json)
    expect(written(data)).not.toHaveProperty('aggchain_data_type')
    expect(read({ multisig: json })).toEqual(data)
  })

  test('a tag is written only where the members do not tell the variant', () => {
    const tagOf = (data: AggchainData) => written(data)['aggchain_data_type']
    expect(tagOf({ type: 'ecdsa', signature })).toBeUndefined()
    expect(tagOf({ type: 'generic', aggchainProof, signature: undefined })).toBeUndefined()
    expect(tagOf({ type: 'generic', aggchainProof, signature })).toBe('Generic')
    expect(tagOf({ type: 'multisigAndAggchainProof', multisig: [], aggchainProof })).toBe(
      'MultisigAndAggchainProof',
    )
  })

  test('without tag the first variant that fits is read, as upstream', () => {
    const proof = { SP1Stark: { proof: [1, 2], vkey: [3], version: 'v6.0.0' } }
    const aggchain_params = '07'.repeat(32)
    const generic = { proof, aggchain_params, signature: zero, public_values: null }
    expect(read(generic)).toEqual({ type: 'ecdsa', signature })
    expect(read({ ...generic, aggchain_data_type: 'Generic' })).toEqual({
      type: 'generic',
      aggchainProof,
      signature,
    })
    expect(read({ ...generic, signature: null })).toMatchObject({ type: 'generic' })
    const both = { multisig: [], aggchain_proof: { proof, aggchain_params } }
    expect(read(both)).toEqual({ type: 'multisigOnly', multisig: [] })
    expect(read({ ...both, aggchain_data_type: 'MultisigAndAggchainProof' })).toEqual({
      type: 'multisigAndAggchainProof',
      multisig: [],
      aggchainProof,
    })
  })

  test('a tag that names no variant, or one whose members are absent, is refused', () => {
    const tagged = (tag: unknown) => errorOf(parseCertificate(changed(['aggchain_data_type'], tag)))
    expect(tagged('Other')).toMatchObject({ code: 'BAD_VARIANT', field: 'aggchain_data_type' })
    expect(tagged('MultisigOnly')).toMatchObject({ code: 'MISSING_FIELD', field: 'multisig' })
  })
})

describe('deposits in JSON', () => {
  test.each([
    ['{}', '', 'WRONG_TYPE'],
    ['[{}]', '[0].leafType', 'MISSING_FIELD'],
    ['[{"leafType":2}]', '[0].leafType', 'BAD_VARIANT'],
    [loadVector('certificates/withdrawals.json').replace(/""/, '"?"'), '[0].metadata', 'BAD_TEXT'],
  ])('%.20s names the wrong field: %s', (bad, field, code) => {
    expect(errorOf(parseWithdrawals(bad))).toMatchObject({ code, field })
  })
})
