import { toHex } from '@zkstack/crypto'
import { describe, expect, test } from 'vitest'
import {
  EMPTY_LOCAL_NETWORK_STATE,
  encodePublicValues,
  generatePessimisticProof,
  networkStateOf,
  pessimisticRoot,
  signatureCommitmentV2,
  stateCommitment,
} from '../../src/index.js'
import { loadVector } from '../helpers/load-vector.js'
import { exitCase, state01, withdrawals } from '../helpers/state01.js'
import { valueOf } from '../helpers/value-of.js'

/** A row of `state01-expected.json`. */
interface Expected {
  readonly name: string
  readonly initLer: string
  readonly initBal: string
  readonly newLer: string
  readonly n: number
  readonly bal: string
  readonly prevPpV2: string
  readonly newPpV2: string
  readonly newPpV3: string
  readonly sigV2: string
  readonly r: string
  readonly s: string
  readonly v: number
  readonly agg: string
  readonly pv: string
}

const rows = JSON.parse(loadVector('state01-expected.json')) as readonly Expected[]

describe('the sample state', () => {
  test('has every case', () => expect(rows.length).toBe(8))

  test.each(rows)('$name › leads to the known roots, commitment, signature and bytes', (row) => {
    const state = row.name.startsWith('s00') ? EMPTY_LOCAL_NETWORK_STATE : state01
    expect(toHex(state.exitTree.root)).toBe(row.initLer)
    expect(toHex(state.balanceTree.root)).toBe(row.initBal)
    const { certificate, header, next } = exitCase(state, withdrawals(Number(row.name.slice(-3))))
    expect(toHex(header.prevPessimisticRoot)).toBe(row.prevPpV2)
    expect(toHex(signatureCommitmentV2(certificate))).toBe(row.sigV2)
    expect(certificate.aggchainData).toEqual({
      type: 'ecdsa',
      signature: { r: BigInt(`0x${row.r}`), s: BigInt(`0x${row.s}`), oddYParity: row.v === 1 },
    })
    const output = valueOf(generatePessimisticProof(networkStateOf(state), header))
    expect(toHex(encodePublicValues(output))).toBe(row.pv)
    expect(toHex(output.aggchainHash)).toBe(row.agg)
    const after = stateCommitment(next)
    expect(toHex(after.exitRoot)).toBe(row.newLer)
    expect(after.lerLeafCount).toBe(row.n)
    expect(toHex(after.balanceRoot)).toBe(row.bal)
    const at = { originNetwork: 1, height: 1n }
    expect(toHex(pessimisticRoot('V2', after, at))).toBe(row.newPpV2)
    expect(toHex(pessimisticRoot('V3', after, at))).toBe(row.newPpV3)
  })
})
