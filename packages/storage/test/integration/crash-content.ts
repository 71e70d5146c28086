import { TestChain } from '../../testing/index.js'

/** What `crash-writer.ts` writes, so that its reader knows what to expect. */
export const crashChain = new TestChain()

/** The state of a view: proposals come and go. */
export const crashState = (view: bigint) =>
  crashChain.state(view, {
    proposals: [view / 2n, view / 3n].map((n) => crashChain.proposal(n, Number(view % 2n), 3000)),
  })
