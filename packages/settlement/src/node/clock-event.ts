/** What the clock of a settlement node learns of L1. A clock that counts seconds does not ask it. */
export type ClockEvent =
  /** L1 said which block is its newest; `late`: how many between it and the one before are heard of only by it. */
  | { readonly type: 'head'; readonly number: bigint; readonly late: bigint }
  /** L1 did not say. */
  | { readonly type: 'noHead'; readonly reason: string }
  /** After that, it is asked again. */
  | { readonly type: 'askedAgain' }
