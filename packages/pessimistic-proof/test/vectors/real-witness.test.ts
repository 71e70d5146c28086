import { toHex } from '@zkstack/crypto'
import { describe, expect, test } from 'vitest'
import { hashL1InfoTreeLeafAsDeclared } from '../../src/hashes/claim-hash.js'
import {
  applyCertificate,
  EMPTY_LOCAL_NETWORK_STATE,
  EMPTY_LOCAL_EXIT_ROOT,
  encodePublicValues,
  generatePessimisticProof,
  hashL1InfoTreeLeaf,
  importedBridgeExitsCommitmentV2,
  Sp1Verifier,
  verifySettlement,
  ZERO_HASH,
  type Certificate,
  type L1Context,
} from '../../src/index.js'
import { executeTransition, programOf2024, verifySettlementUnder } from '../../testing/index.js'
import { prefixedHex } from '../helpers/hex.js'
import {
  realWitnessExpected as expected,
  realWitnessHeader as header,
  realWitnessState as state,
} from '../helpers/real-witness.js'
import { fixtureOf } from '../helpers/sp1-fixtures.js'
import { errorOf, valueOf } from '../helpers/value-of.js'

const imported = header.importedBridgeExits.map((witness) => witness.importedBridgeExit)
const data = header.aggchainData
if (data.type !== 'legacyEcdsa') throw new Error('the witness has one signer')

/** What the network must have submitted. */
const certificate: Certificate = {
  networkId: header.originNetwork,
  height: 0n,
  prevLocalExitRoot: EMPTY_LOCAL_EXIT_ROOT,
  newLocalExitRoot: EMPTY_LOCAL_EXIT_ROOT,
  bridgeExits: [],
  importedBridgeExits: imported,
  metadata: ZERO_HASH,
  aggchainData: { type: 'ecdsa', signature: data.signature },
  customChainData: new Uint8Array(0),
  l1InfoTreeLeafCount: undefined,
}
const l1: L1Context = {
  prevPessimisticRoot: ZERO_HASH,
  l1InfoRoot: header.l1InfoRoot,
  aggchain: { type: 'legacyEcdsa', signer: data.signer },
}

describe('the witness of a real proof of 2024', () => {
  test('under the rules of today › is refused for its L1 info leaf', () => {
    const [first] = imported
    expect(errorOf(generatePessimisticProof(state, header))).toEqual({
      code: 'InvalidImportedBridgeExit',
      source: { code: 'InvalidMerklePathGERToL1Root' },
      globalIndex: first?.globalIndex,
    })
    expect(errorOf(applyCertificate(EMPTY_LOCAL_NETWORK_STATE, certificate, l1))).toEqual({
      code: 'InconsistentGlobalExitRoot',
    })
  })

  test('has the two known leaves of the L1 info tree, that of today and that of then', () => {
    const [leaf] = imported.map(({ claimData }) => claimData.l1Leaf)
    if (leaf === undefined) throw new Error('no claim')
    expect(toHex(hashL1InfoTreeLeaf(leaf))).toBe(
      '0ba1c5cd165adf87d8bd7026fd4f57597f06936a4888da7cdcde3edba7f05f5c',
    )
    expect(toHex(hashL1InfoTreeLeafAsDeclared(leaf))).toBe(
      '3cac317908c699fe873a7f6ee4e8cd63fbe9918b2315c97be91585590168e301',
    )
  })

  test('under the rules of then › gives the proven bytes', () => {
    expect(prefixedHex(importedBridgeExitsCommitmentV2(imported))).toBe(
      expected.imported_exits_commitment_v2,
    )
    const { output, next } = valueOf(executeTransition(state, header, programOf2024))
    expect(prefixedHex(next.balanceRoot)).toBe(expected.balance_root)
    expect(prefixedHex(next.nullifierRoot)).toBe(expected.nullifier_root)
    expect(prefixedHex(output.newLocalExitRoot)).toBe(expected.new_ler)
    expect(prefixedHex(output.newPessimisticRoot)).toBe(expected.new_pp_root_v2)
    expect(prefixedHex(encodePublicValues(output))).toBe(expected.proven_public_values)
  })

  test('is proven by its real proof, and by no other', () => {
    const fixture = fixtureOf('pessimistic/agglayer-non_regression_proof_encoding')
    expect(prefixedHex(fixture.publicValues)).toBe(expected.proven_public_values)
    const { proof, vkey } = fixture
    const verifier = new Sp1Verifier()
    const claim = {
      state: EMPTY_LOCAL_NETWORK_STATE,
      certificate,
      l1,
      proof,
      vkey,
      verifier,
      allowOldCircuits: true,
    }
    const { output, next, statement } = valueOf(verifySettlementUnder(programOf2024, claim))
    expect(statement.version).toBe('v3.0.0')
    expect(prefixedHex(output.newPessimisticRoot)).toBe(expected.new_pp_root_v2)
    expect(prefixedHex(next.balanceTree.root)).toBe(expected.balance_root)

    const other = { ...certificate, metadata: EMPTY_LOCAL_EXIT_ROOT }
    expect(verifySettlementUnder(programOf2024, { ...claim, certificate: other }).ok).toBe(true)
    const ofAnother = fixtureOf('pessimistic/agglayer-contracts-33954101-sp1-v3.0.0-plonk')
    const refused = errorOf(
      verifySettlementUnder(programOf2024, { ...claim, proof: ofAnother.proof }),
    )
    expect(refused).toEqual({
      code: 'ProofVerificationFailed',
      source: { code: 'InvalidProof', fault: 'EQUATION' },
    })
    expect(errorOf(verifySettlement(claim))).toEqual({
      code: 'InvalidCertificate',
      source: { code: 'InconsistentGlobalExitRoot' },
    })
    expect(toHex(statement.vkey)).toBe(toHex(vkey))
  })
})
