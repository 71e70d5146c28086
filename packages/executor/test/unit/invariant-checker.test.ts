import { signatureScheme } from '@zkstack/crypto'
import { protocols } from '@zkstack/network'
import { encodePartsHead } from '@zkstack/network/testing'
import { encodeSigned, PayloadHasher } from '@zkstack/roles'
import { testCommittee } from '@zkstack/roles/testing'
import { expect, it } from 'vitest'
import { InvariantChecker } from '../../testing/simulation/invariant-checker.js'

const scheme = signatureScheme(2) ?? fail()
const committee = testCommittee(6, { scheme })

function fail(): never {
  throw new TypeError('there is no Ed25519')
}

/** The head of a proposal in parts of a view. */
function headOf(payload: Uint8Array, view: bigint): Uint8Array {
  const hasher = new PayloadHasher(payload)
  while (!hasher.isDone) hasher.next()
  const qc = committee.commitQc(committee.commit(view - 1n, view - 1n))
  const justification = { type: 'commit', qc } as const
  const signed = committee.sign(0, { type: 'leaderProposal', value: { payload, justification } })
  const value = { payload: new Uint8Array(), justification }
  const message = encodeSigned({ ...signed, msg: { type: 'leaderProposal', value } })
  return encodePartsHead({ payloadBytes: payload.length, digests: hasher.digests, message })
}

it('the checker of a simulation › two large proposals of one view › are an equivocation', () => {
  const checker = new InvariantChecker({ scopes: [committee.scope], now: () => 7 })
  const payload = (fill: number): Uint8Array => new Uint8Array(300_000).fill(fill)
  checker.sentElsewhere(3, protocols.proposals, headOf(payload(1), 5n))
  checker.sentElsewhere(3, protocols.proposals, headOf(payload(1), 5n))
  checker.sentElsewhere(3, protocols.proposals, headOf(payload(2), 6n))
  checker.sentElsewhere(3, protocols.blocks, headOf(payload(3), 5n))
  expect(checker.violations).toEqual([])
  checker.sentElsewhere(3, protocols.proposals, headOf(payload(2), 5n))
  expect(checker.violations).toMatchObject([{ invariant: 'equivocation', at: 7, node: 3 }])
})
