import type { EpochRecord } from '@zkstack/roles'
import type { PlannedEpoch, TestNode } from '../../testing/index.js'

/** Members of equal weight, by their index. */
export const equal = (...members: number[]): ReadonlyMap<number, bigint> =>
  new Map(members.map((index) => [index, 1n]))

/** Epochs of a length, each with the members given. */
export function epochsOf(
  length: bigint,
  ...members: readonly ReadonlyMap<number, bigint>[]
): PlannedEpoch[] {
  return members.map((weights, i) => ({ firstBlock: BigInt(i) * length, weights }))
}

/** The record of an epoch on the disk of a node, with its certificate, unless it is the first. */
export async function certified(node: TestNode, epoch: bigint): Promise<EpochRecord> {
  for (let patience = 1_000; patience > 0; patience -= 1) {
    const record = await node.epochs.get(epoch)
    if (record !== undefined && (epoch === 0n || record.certificate !== undefined)) return record
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`node ${node.index} has no certificate of epoch ${epoch}`)
}
