/** Whatever a frame holds, it costs as much as so many transactions that come with others. */
const PER_FRAME = 7

/** What a batch costs of its peer's rate of transactions: a peer that sends each by itself gets fewer through. */
export function permitsOfBatch(transactions: number): number {
  return PER_FRAME + transactions
}
