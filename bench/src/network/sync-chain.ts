import { loadCryptoBackends, signatureScheme } from '@zkstack/crypto'
import { createFinalBlock, type FinalBlock } from '@zkstack/roles'
import { testCommittee, type TestCommittee } from '@zkstack/roles/testing'
import type { SyncCase } from './sync-case.js'

/** The committee of a case; the same in every process. */
export async function committeeOf(c: SyncCase): Promise<TestCommittee> {
  await loadCryptoBackends()
  const scheme = signatureScheme(c.scheme, { backend: c.backend })
  if (scheme === undefined) throw new RangeError(`backend: ${c.backend} is not available`)
  return testCommittee(c.validators, { scheme })
}

/** The blocks of a case, each signed by a quorum: replicas make a certificate as soon as they have that. */
export function* chainOf(c: SyncCase, committee: TestCommittee): Generator<FinalBlock> {
  // every vote weighs 1
  const signers = committee.everybody.slice(0, Number(committee.schedule.quorum))
  for (let n = 0; n < c.blocks; n++) {
    const payload = new Uint8Array(c.payloadBytes)
    // incompressible, and different from block to block
    for (let at = 0; at < payload.length; at += 65_536)
      crypto.getRandomValues(payload.subarray(at, at + 65_536))
    const number = BigInt(n)
    yield createFinalBlock(
      payload,
      committee.commitQc(committee.commit(number, number, payload), signers),
    )
  }
}
