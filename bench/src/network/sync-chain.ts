import { fromHex, loadCryptoBackends, signatureScheme } from '@zkstack/crypto'
import { createFinalBlock, hashMsg, Signers, type CommitQC, type FinalBlock } from '@zkstack/roles'
import { testCommittee, type TestCommittee } from '@zkstack/roles/testing'
import type { SyncCase } from './sync-case.js'

/** The order of the groups of BLS12-381. */
const order = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001n

/** The committee of a case; the same in every process. */
export async function committeeOf(c: SyncCase): Promise<TestCommittee> {
  await loadCryptoBackends()
  const scheme = signatureScheme(c.scheme, { backend: c.backend })
  if (scheme === undefined) throw new RangeError(`backend: ${c.backend} is not available`)
  return testCommittee(c.validators, { scheme })
}

/**
 * The blocks of a case, each signed by a quorum: replicas make a certificate as soon as they have that. Where others can be absent,
 * it is others in each block.
 */
export function* chainOf(c: SyncCase, committee: TestCommittee): Generator<FinalBlock> {
  // every vote weighs 1
  const quorum = Number(committee.schedule.quorum)
  const certify = Array.from({ length: c.validators }, (_, shift) =>
    certifier(
      committee,
      committee.everybody.filter((index) => (index + shift) % c.validators < quorum),
    ),
  )
  for (let n = 0; n < c.blocks; n++) {
    const payload = new Uint8Array(c.payloadBytes)
    // incompressible, and different from block to block
    for (let at = 0; at < payload.length; at += 65_536)
      crypto.getRandomValues(payload.subarray(at, at + 65_536))
    const number = BigInt(n)
    const qc = certify[n % c.validators]?.(committee.commit(number, number, payload))
    if (qc) yield createFinalBlock(payload, qc)
  }
}

/** Makes certificates of these signers. With BLS, the sum of their secrets signs as all of them together do, in a fraction of the time. */
function certifier(
  committee: TestCommittee,
  signers: readonly number[],
): (message: CommitQC['message']) => CommitQC {
  const { scheme, schedule } = committee
  if (!scheme.needsProofOfPossession) return (message) => committee.commitQc(message, signers)
  const secrets = signers.map((index) => committee.key(index).exposeText().split(':').at(-1))
  const sum = secrets.reduce((total, hex) => (total + BigInt(`0x${hex ?? ''}`)) % order, 0n)
  const secret = fromHex(sum.toString(16).padStart(64, '0')) ?? new Uint8Array()
  const signersOf = Signers.of(schedule.length, signers)
  return (message) => {
    const signature = scheme.sign(secret, hashMsg({ type: 'replicaCommit', value: message }))
    return { message, signers: signersOf, signature }
  }
}
