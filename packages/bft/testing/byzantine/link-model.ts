import type { SeededRandom } from '@zkstack/concurrency'

/** How long a message takes from one validator to another, in milliseconds; `undefined`: it is lost. */
export type LinkModel = (from: number, to: number, now: number) => number | undefined

/** A network that is disorderly at first and then keeps a bound. */
export interface StabilizingLinks {
  readonly random: SeededRandom
  /** When it becomes orderly; 0: it always is. */
  readonly from: number
  /** The bound after that, in milliseconds. */
  readonly delayMs: number
  /** Before: the longest delay. */
  readonly stormDelayMs: number
  /** Before: the share of messages that are lost. */
  readonly lossRate: number
  /** Before: how long a partition lasts before another is drawn. */
  readonly partitionMs: number
}

/**
 * Partial synchrony: until `from`, delays, losses and partitions in up to three parts by chance; after it, every message
 * arrives within `delayMs`, those still on their way included.
 */
export function stabilizingLinks(o: StabilizingLinks): LinkModel {
  const { random } = o
  let partition = drawPartition(random, 0)
  return (from, to, now) => {
    const orderly = 1 + random.float() * (o.delayMs - 1)
    if (now >= o.from) return orderly
    if (now >= partition.until) partition = drawPartition(random, now + o.partitionMs)
    const cut = partition.partOf(from) !== partition.partOf(to)
    if (cut || random.float() < o.lossRate) return undefined
    return Math.min(random.float() * o.stormDelayMs, o.from - now + orderly)
  }
}

interface Partition {
  readonly until: number
  readonly partOf: (member: number) => number
}

/** Up to three parts that do not hear each other; in three cases of ten, one. */
function drawPartition(random: SeededRandom, until: number): Partition {
  if (random.float() < 0.3) return { until, partOf: () => 0 }
  const parts = random.split(String(random.uint32()))
  const known = new Map<number, number>()
  const partOf = (member: number): number => {
    const part = known.get(member) ?? parts.split(String(member)).uint32() % 3
    known.set(member, part)
    return part
  }
  return { until, partOf }
}
