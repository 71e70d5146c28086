import { hash32 } from '@zkstack/crypto'
import { describe, expect, test } from 'vitest'
import {
  certificateHeaderToJson,
  certificateStatusError,
  decodeCertificateHeader,
  decodeEpochConfiguration,
  decodeNetworkInfo,
  encodeCertificateHeader,
  encodeEpochConfiguration,
  encodeNetworkInfo,
  epochConfigurationToJson,
  errorKindOf,
  networkInfoToJson,
  parseCertificateHeader,
  parseEpochConfiguration,
  parseNetworkInfo,
  type CertificateHeader,
  type NetworkInfo,
} from '../../src/index.js'
import { errorOf, valueOf } from '../helpers/value-of.js'

const hash = (byte: number) => hash32(new Uint8Array(32).fill(byte))
const hex = (byte: number) => `0x${byte.toString(16).padStart(2, '0').repeat(32)}`

const error = certificateStatusError('TypeConversionError', 'why', { reason: 'BalanceUnderflow' })

const headers: CertificateHeader[] = (
  [
    { type: 'pending' },
    { type: 'proven' },
    { type: 'candidate' },
    { type: 'settled' },
    { type: 'inError', error },
  ] as const
).map((status, i) => ({
  networkId: 2 ** 32 - 1,
  height: 2n ** 64n - 1n,
  epochNumber: i === 3 ? 0n : undefined,
  certificateIndex: i === 3 ? 2n ** 53n + 1n : undefined,
  certificateId: hash(1),
  prevLocalExitRoot: hash(2),
  newLocalExitRoot: hash(3),
  metadata: hash(4),
  status,
  settlementTxHash: i === 3 ? hash(5) : undefined,
}))

const full: NetworkInfo = {
  networkStatus: 'disabled',
  networkType: 'multisigAndAggchainProof',
  networkId: 7,
  settledHeight: 0n,
  settledCertificateId: hash(1),
  settledPpRoot: hash(2),
  settledLer: hash(3),
  settledLetLeafCount: 4n,
  settledClaim: {
    globalIndex: { mainnetFlag: true, rollupIndex: 0, leafIndex: 9 },
    bridgeExitHash: hash(5),
  },
  latestPendingHeight: 1n,
  latestPendingStatus: 'inError',
  latestPendingError: error,
  latestEpochWithSettlement: 0n,
  latestPendingCertificateId: hash(6),
}

const empty: NetworkInfo = {
  networkStatus: 'unspecified',
  networkType: 'unspecified',
  networkId: 0,
  settledHeight: undefined,
  settledCertificateId: undefined,
  settledPpRoot: undefined,
  settledLer: undefined,
  settledLetLeafCount: undefined,
  settledClaim: undefined,
  latestPendingHeight: undefined,
  latestPendingStatus: undefined,
  latestPendingError: undefined,
  latestEpochWithSettlement: undefined,
  latestPendingCertificateId: undefined,
}

describe('headers, network infos and epoch configurations', () => {
  test('in JSON and in protobuf › read back, at the limits of their numbers too', () => {
    for (const header of headers) {
      expect(valueOf(parseCertificateHeader(certificateHeaderToJson(header)))).toEqual(header)
      expect(valueOf(decodeCertificateHeader(encodeCertificateHeader(header)))).toEqual(header)
    }
    for (const info of [full, empty]) {
      expect(valueOf(parseNetworkInfo(networkInfoToJson(info)))).toEqual(info)
      expect(valueOf(decodeNetworkInfo(encodeNetworkInfo(info)))).toEqual(info)
    }
    const epochs = { genesisBlock: 2n ** 60n, epochDuration: 6n }
    expect(valueOf(parseEpochConfiguration(epochConfigurationToJson(epochs)))).toEqual(epochs)
    expect(valueOf(decodeEpochConfiguration(encodeEpochConfiguration(epochs)))).toEqual(epochs)
  })
})

describe('the JSON of a header', () => {
  test('has upstream’s members', () => {
    const [pending, , , , failed] = headers
    if (pending === undefined || failed === undefined) throw new Error('no header')
    expect(JSON.parse(certificateHeaderToJson(pending))).toEqual({
      network_id: 4294967295,
      height: Number(2n ** 64n - 1n),
      epoch_number: null,
      certificate_index: null,
      certificate_id: hex(1),
      prev_local_exit_root: hex(2),
      new_local_exit_root: hex(3),
      metadata: hex(4),
      status: 'Pending',
      settlement_tx_hash: null,
    })
    expect(JSON.parse(certificateHeaderToJson(failed))).toMatchObject({
      status: {
        InError: {
          error: {
            kind: 'fatal',
            code: 'TypeConversionError',
            reason: 'BalanceUnderflow',
            message: 'why',
          },
        },
      },
    })
  })

  test('of upstream’s node, whose errors are nested enums › is read, with code, reason and kind', () => {
    const [pending] = headers
    if (pending === undefined) throw new Error('no header')
    const text = certificateHeaderToJson(pending)
    const read = (inner: string) =>
      valueOf(parseCertificateHeader(text.replace('"Pending"', `{"InError":{"error":${inner}}}`)))
        .status
    expect(read('{"InternalError":"prover timed out"}')).toEqual({
      type: 'inError',
      error: {
        kind: 'retry',
        code: 'InternalError',
        reason: undefined,
        message: 'prover timed out',
      },
    })
    expect(
      read('{"ProofGenerationError":{"generation_type":"Prover","source":"InvalidSignature"}}'),
    ).toMatchObject({
      error: { kind: 'rebuild', code: 'ProofGenerationError', reason: 'InvalidSignature' },
    })
    expect(read('{"TypeConversionError":{"BalanceUnderflow":{"origin_network":0}}}')).toMatchObject(
      { error: { kind: 'fatal', reason: 'BalanceUnderflow' } },
    )
  })

  test('that is wrong › names the member', () => {
    const [pending] = headers
    if (pending === undefined) throw new Error('no header')
    const text = certificateHeaderToJson(pending)
    for (const [from, to, field] of [
      ['4294967295', '4294967296', 'network_id'],
      ['"Pending"', '"Done"', 'status'],
      ['"Pending"', '{"InError":{"error":{"Unheard":1}}}', 'status.InError.error'],
      ['"Pending"', '{"InError":{"error":[]}}', 'status.InError.error'],
      ['"certificate_id"', '"other"', 'certificate_id'],
      ['01010101', '0101', 'certificate_id'],
    ] as const)
      expect(errorOf(parseCertificateHeader(text.replace(from, to))).field).toContain(field)
  })
})

describe('the message of a header', () => {
  test('in error without its error, or of no status › is refused', () => {
    const [, , , , failed] = headers
    if (failed === undefined) throw new Error('no header')
    const bytes = encodeCertificateHeader(failed)
    const pending = encodeCertificateHeader({ ...failed, status: { type: 'pending' } })
    const at = pending.lastIndexOf(1)
    const inError = pending.slice()
    inError[at] = 4
    expect(errorOf(decodeCertificateHeader(inError)).code).toBe('MISSING_FIELD')
    inError[at] = 0
    expect(errorOf(decodeCertificateHeader(inError)).code).toBe('BAD_VARIANT')
    expect(bytes.length).toBeGreaterThan(pending.length)
  })

  test('cut anywhere › is refused, and never throws', () => {
    for (const header of headers) {
      const bytes = encodeCertificateHeader(header)
      for (let length = 0; length < bytes.length; length++) {
        const cut = decodeCertificateHeader(bytes.slice(0, length))
        if (cut.ok) expect(cut.value).not.toEqual(header)
      }
    }
  })
})

describe('what helps against an error', () => {
  test('follows from its code and reason', () => {
    expect(errorKindOf('TypeConversionError', 'BalanceUnderflow')).toBe('fatal')
    expect(errorKindOf('TypeConversionError', 'L1InfoRootIncorrect')).toBe('rebuild')
    expect(errorKindOf('ProofGenerationError', 'InvalidNullifierPath')).toBe('fatal')
    expect(errorKindOf('SettlementError', 'Reverted')).toBe('rebuild')
    expect(errorKindOf('L1InfoRootNotFound', undefined)).toBe('retry')
  })
})
