/** What a node waits for, or what is wrong with it. */
export type Cause =
  /** It has stopped or failed. */
  | 'stopped'
  /** Its clock stands still, or its timers fire late. */
  | 'clock'
  /** A write to the disk takes long. */
  | 'disk'
  /** The signer does not answer, or fails. */
  | 'signer'
  /** `propose`, `verify`, `commit` or `scheduleAt` takes long. */
  | 'execution'
  /** No peer, or too few of the committee, are connected. */
  | 'peers'
  /** Blocks are missing that no connected peer has any more. */
  | 'pruned'
  /** It catches up with blocks that peers have. */
  | 'sync'
  /** The execution layer has not named the committee of an epoch yet. */
  | 'schedule'
  /** Too few validators are heard of for a quorum. */
  | 'quorum'
  /** The leader of the view has not proposed. */
  | 'leader'
  /** Votes are missing. */
  | 'votes'
  /** Signatures wait to be verified. */
  | 'verification'
  /** Some validators are silent; a quorum is not. */
  | 'silent'

/** One thing that a node waits for or suffers from. */
export interface Finding {
  readonly cause: Cause
  /** A short sentence or two: what it is, and what to do about it if anything. */
  readonly message: string
  /** Validators that it is about, by index. */
  readonly validators: readonly number[]
}

/** The answer to "why is it stuck?". */
export interface NodeDiagnosis {
  /** The likeliest cause in a sentence; or that nothing is wrong. */
  readonly summary: string
  /** What is wrong or waited for, the likeliest cause of a standstill first. Empty: nothing. */
  readonly findings: readonly Finding[]
  /** Where the node is, in short sentences. */
  readonly facts: readonly string[]
}
