import type { SignatureScheme } from '@zkstack/crypto'
import { hashEpoch } from '../src/epoch/epoch-hash.js'
import type { EpochRecord } from '../src/epoch/epoch-record.js'
import { createGenesis, type Genesis } from '../src/genesis/genesis.js'
import { Signers } from '../src/messages/signers.js'
import { TestCommittee, testCommittee, unwrap } from './test-committee.js'

/** The genesis of a chain whose committees the execution layer names, and its first three. */
export interface TestRotation {
  readonly genesis: Genesis
  readonly committees: readonly TestCommittee[]
  /** Epochs 0, 1 and 2, which begin with blocks 0, 10 and 20; each but the first certified by the committee before. */
  readonly records: readonly EpochRecord[]
}

/** Three committees of six, one after another. @param seed the same one gives the same keys. */
export function testRotation(scheme?: SignatureScheme, seed = ''): TestRotation {
  const drawn = ['a', 'b', 'c'].map((name) =>
    testCommittee(6, { seed: name + seed, ...(scheme && { scheme }) }),
  )
  const first = drawn[0] as TestCommittee
  const genesis = unwrap(
    createGenesis({ chainId: 7n, forkNumber: 0n, firstBlock: 0n, scheme: first.scheme }),
  )
  const committees = drawn.map((committee, i) => committeeOf(genesis, committee, BigInt(i)))
  const records: EpochRecord[] = []
  for (const [i, { genesis: own, schedule }] of committees.entries()) {
    const bare = {
      epoch: BigInt(i),
      firstBlock: 10n * BigInt(i),
      schedule,
      proofsOfPossession: own.proofsOfPossession,
      certificate: undefined,
    }
    const before = committees[i - 1]
    records.push(before === undefined ? bare : certifiedBy(before, bare, genesis))
  }
  return { genesis, committees, records }
}

/** A committee that signs for an epoch of another genesis than the one that it was drawn with. */
export function committeeOf(
  { hash }: Genesis,
  committee: TestCommittee,
  epoch: bigint,
): TestCommittee {
  return new TestCommittee({ ...committee.genesis, hash }, committee.keys, epoch)
}

/** An epoch with the certificate of all members of a committee. */
export function certifiedBy(
  committee: TestCommittee,
  record: EpochRecord,
  { hash: genesis }: Genesis,
): EpochRecord {
  const message = hashEpoch({ ...record, genesis })
  const { everybody } = committee
  const parts = everybody.map((index) => ({
    index,
    signature: committee.key(index).sign(message),
  }))
  const signature = committee.scheme.aggregate(parts)
  if (signature === undefined) throw new TypeError('no aggregate')
  return { ...record, certificate: { signers: Signers.of(everybody.length, everybody), signature } }
}
