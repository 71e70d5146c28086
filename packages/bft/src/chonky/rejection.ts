/** Why a message was dropped without effect; each is an expected value, never an exception. */
export type Rejection =
  /** The author is not in the schedule. */
  | { readonly code: 'NON_VALIDATOR_SIGNER' }
  /** Somebody else sent a message that bears our key (rule 21). */
  | { readonly code: 'OWN_KEY' }
  /** The message is of a view, or of a phase of this view, that is over. */
  | { readonly code: 'OLD'; readonly currentView: bigint; readonly phase: string }
  /** The author already voted in this view or a later one. */
  | { readonly code: 'DUPLICATE_SIGNER'; readonly view: bigint }
  /** The proposal does not come from the leader of its view. */
  | { readonly code: 'INVALID_LEADER'; readonly correctLeader: number }
  /** The signature is malformed, or a check of it failed. */
  | { readonly code: 'INVALID_SIGNATURE' }
  /** The message breaks a rule of its type; `reason` is the code of that rule. */
  | { readonly code: 'INVALID_MESSAGE'; readonly reason: string }
  /** Nothing in the message is new to us (rule 20). */
  | { readonly code: 'NOTHING_NEW' }
  /** Messages of a sender that failed a check lately are not looked at yet (rule 15). */
  | { readonly code: 'COOLING_DOWN' }
  /** A message of the same sender and label with the same or a higher view is being checked (rule 4). */
  | { readonly code: 'SLOT_TAKEN' }
  /** The proposed block is below the first that we keep. */
  | { readonly code: 'PROPOSAL_ALREADY_PRUNED'; readonly number: bigint }
  /** A re-proposal carries a payload. */
  | { readonly code: 'REPROPOSAL_WITH_PAYLOAD' }
  /** A new proposal carries no payload. */
  | { readonly code: 'MISSING_PAYLOAD' }
  /** The payload is larger than the limit, in bytes. */
  | { readonly code: 'PROPOSAL_OVERSIZED_PAYLOAD'; readonly payloadBytes: number }
  /** Block `number` did not arrive before the view ended. */
  | { readonly code: 'MISSING_PREVIOUS_PAYLOAD'; readonly number: bigint }
  /** The proposed block belongs to the committee that follows; ours ends with block `lastBlock`. */
  | { readonly code: 'EPOCH_OVER'; readonly lastBlock: bigint }
  /** The execution layer refused the payload. */
  | { readonly code: 'INVALID_PAYLOAD'; readonly reason: string }
