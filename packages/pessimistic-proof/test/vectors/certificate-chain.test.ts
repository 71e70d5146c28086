import { sha256 } from '@noble/hashes/sha2.js'
import { toHex } from '@zkstack/crypto'
import { describe, expect, test } from 'vitest'
import {
  applyCertificate,
  declaredL1InfoRoot,
  EMPTY_LOCAL_NETWORK_STATE,
  encodePublicValues,
  generatePessimisticProof,
  networkStateOf,
  pessimisticRoot,
  stateCommitment,
  ZERO_HASH,
  type LocalNetworkState,
} from '../../src/index.js'
import { realCertificate, type certificateNames } from '../helpers/certificates.js'
import { addressOf } from '../helpers/hex.js'
import { loadVector } from '../helpers/load-vector.js'
import { errorOf, valueOf } from '../helpers/value-of.js'

/** A row of `cert-chain-expected.json`. */
interface Expected {
  readonly file: (typeof certificateNames)[number]
  readonly network: number
  readonly height: number
  readonly certificate_id: string
  readonly signer_v2: string
  readonly l1_info_root: string
  readonly ler_count: number
  readonly new_ler: string
  readonly balance_root: string
  readonly nullifier_root: string
  readonly pp_prev_v2: string
  readonly pp_prev_v3: string
  readonly pp_new_v2: string
  readonly pp_new_v3: string
  readonly aggchain_hash: string
  readonly public_values_v2: string
  readonly pv_sha256: string
  readonly tokens: number
}

const rows = JSON.parse(loadVector('cert-chain-expected.json')) as Expected[]

/** Each network's state before its certificate, when all before it are applied. */
const states = new Map<number, LocalNetworkState>()

describe('the chain of real certificates', () => {
  test.each(rows)('$file › leads to every known root', (row) => {
    const certificate = realCertificate(row.file)
    const state = states.get(row.network) ?? EMPTY_LOCAL_NETWORK_STATE
    const before = stateCommitment(state)
    const at = { originNetwork: row.network, height: BigInt(row.height) }
    expect(toHex(pessimisticRoot('V2', before, at))).toBe(row.pp_prev_v2)
    expect(toHex(pessimisticRoot('V3', before, at))).toBe(row.pp_prev_v3)

    const l1InfoRoot = valueOf(declaredL1InfoRoot(certificate)) ?? ZERO_HASH
    expect(toHex(l1InfoRoot)).toBe(row.l1_info_root)
    const signer = addressOf(row.signer_v2)
    const aggchain = { type: 'legacyEcdsa', signer } as const
    const l1 = { prevPessimisticRoot: 'V2', l1InfoRoot, aggchain } as const
    const { header, next } = valueOf(applyCertificate(state, certificate, l1))
    expect(toHex(header.certificateId)).toBe(row.certificate_id)
    expect(header.balancesProofs.length).toBe(row.tokens)

    const output = valueOf(generatePessimisticProof(networkStateOf(state), header))
    expect(toHex(encodePublicValues(output))).toBe(row.public_values_v2)
    expect(toHex(sha256(encodePublicValues(output)))).toBe(row.pv_sha256)
    expect(toHex(output.aggchainHash)).toBe(row.aggchain_hash)

    const after = stateCommitment(next)
    expect(toHex(after.exitRoot)).toBe(row.new_ler)
    expect(after.lerLeafCount).toBe(row.ler_count)
    expect(toHex(after.balanceRoot)).toBe(row.balance_root)
    expect(toHex(after.nullifierRoot)).toBe(row.nullifier_root)
    const then = { ...at, height: at.height + 1n }
    expect(toHex(pessimisticRoot('V2', after, then))).toBe(row.pp_new_v2)
    expect(toHex(pessimisticRoot('V3', after, then))).toBe(row.pp_new_v3)

    const other = { type: 'legacyEcdsa', signer: addressOf('11'.repeat(20)) } as const
    const forged = valueOf(applyCertificate(state, certificate, { ...l1, aggchain: other }))
    expect(errorOf(generatePessimisticProof(networkStateOf(state), forged.header))).toEqual({
      code: 'InvalidSignature',
    })
    states.set(row.network, next)
  })

  test('starts from the root of zero that L1 holds for a fresh network, too', () => {
    const certificate = realCertificate('cert_h0')
    const row = rows[0] as Expected
    const { header } = valueOf(
      applyCertificate(EMPTY_LOCAL_NETWORK_STATE, certificate, {
        prevPessimisticRoot: ZERO_HASH,
        l1InfoRoot: valueOf(declaredL1InfoRoot(certificate)) ?? ZERO_HASH,
        aggchain: { type: 'legacyEcdsa', signer: addressOf(row.signer_v2) },
      }),
    )
    const output = valueOf(
      generatePessimisticProof(networkStateOf(EMPTY_LOCAL_NETWORK_STATE), header),
    )
    expect(toHex(output.prevPessimisticRoot)).toBe('00'.repeat(32))
    expect(toHex(output.newPessimisticRoot)).toBe(row.pp_new_v2)
  })
})
