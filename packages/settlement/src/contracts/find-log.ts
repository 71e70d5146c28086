import { ok, type Result } from '@zkstack/crypto'
import type { L1Client, L1Error, L1Log, LogFilter } from '@zkstack/l1'
import type { CallOptions } from '@zkstack/pessimistic-proof'

/** Blocks asked about at once, unless a node wants fewer. */
const blocksPerRequest = 10_000n

/** Where a log is looked for, both bounds included, and from which end. */
export interface LogSearch {
  readonly filter: LogFilter
  readonly fromBlock: bigint
  readonly toBlock: bigint
  readonly first: 'oldest' | 'newest'
  /** The log that is looked for among those of some blocks, which are in order. */
  pick(logs: readonly L1Log[]): L1Log | undefined
}

/** Looks for a log, some blocks at a time; where a node refuses so many, half as many are asked about. `undefined`: there is none. */
export async function findLog(
  client: L1Client,
  { filter, fromBlock, toBlock, first, pick }: LogSearch,
  o: CallOptions,
): Promise<Result<L1Log | undefined, L1Error>> {
  let [lowest, highest, blocks] = [fromBlock, toBlock, blocksPerRequest]
  while (lowest <= highest) {
    const part =
      first === 'oldest'
        ? { fromBlock: lowest, toBlock: least(highest, lowest + blocks - 1n) }
        : { fromBlock: most(lowest, highest - blocks + 1n), toBlock: highest }
    const logs = await client.logs(filter, part, o)
    if (!logs.ok) {
      const isTooLarge = logs.error.code === 'REFUSED' && logs.error.reason === 'TOO_LARGE'
      const asked = part.toBlock - part.fromBlock + 1n
      if (!isTooLarge || asked === 1n) return logs
      blocks = (asked + 1n) / 2n
      continue
    }
    const found = pick(logs.value)
    if (found !== undefined) return ok(found)
    if (first === 'oldest') lowest = part.toBlock + 1n
    else highest = part.fromBlock - 1n
  }
  return ok(undefined)
}

function most(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}
