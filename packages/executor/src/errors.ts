import { ZkStackError } from '@zkstack/concurrency'

/**
 * Codes of a {@link NodeOptionError}: `OPTION_MISSING`, `OPTION_UNKNOWN`, `OPTION_INVALID` (wrong type or out of
 * range), `GENESIS_INVALID`, `GENESIS_NO_SCHEDULE`,
 * `PROOF_OF_POSSESSION` (missing or wrong), `VALIDATOR_KEY_SCHEME` (a key of another signature scheme).
 */
export type NodeOptionErrorCode =
  | 'OPTION_MISSING'
  | 'OPTION_UNKNOWN'
  | 'OPTION_INVALID'
  | 'GENESIS_INVALID'
  | 'GENESIS_NO_SCHEDULE'
  | 'PROOF_OF_POSSESSION'
  | 'VALIDATOR_KEY_SCHEME'

/** A wrong option: where it is, what is wrong, what to do. Never carries the value of a key. */
export class NodeOptionError extends ZkStackError {
  constructor(
    code: NodeOptionErrorCode,
    /** Where, as one would write it: `options.peers.outbound[2].addr`. */
    readonly path: string,
    problem: string,
    /** What to do. */
    readonly remedy: string,
  ) {
    super(code, `${path}: ${problem}. ${remedy}.`)
  }
}

/**
 * Codes of a {@link NodeError}.
 *
 * At start: `EXECUTION_AHEAD` (the execution layer has blocks that the store lacks), `EXECUTION_BEHIND` (it
 * needs blocks that the store no longer has), `EXECUTION_FAILED` (`lastCommitted` threw), `WRONG_CHAIN`,
 * `FORK_REGRESSED`, `GENESIS_MISMATCH` (the store belongs to another chain or fork).
 * Fatal later: `EXECUTION_COMMIT_FAILED`; `STORE_GAP`. Of the committees that the execution layer names, at start and later:
 * `VALIDATORS_FAILED` (`scheduleAt` threw), `SCHEDULE_MALFORMED`, `SCHEDULE_TOO_LARGE`, `SCHEDULE_POSSESSION` (a key without
 * its proof), `SCHEDULE_NUMBER` (another epoch number), `SCHEDULE_RANGE` (an impossible first block), `SCHEDULE_LATE` (announced
 * too late), `SCHEDULE_CHANGED` (contradicts what was said before), `EPOCH_UNKNOWN` (nothing tells the number of the first epoch),
 * `BLOCK_OF_OTHER_EPOCH` (a stored block was made by another committee than that of its height). Of calls: `NO_MEMPOOL`, `TRANSACTION_TOO_LARGE`, `MEMPOOL_FAILED`,
 * `NODE_STOPPED`, `BLOCK_PRUNED`.
 * Warnings: `PROPOSE_FAILED`, `PROPOSE_OVERSIZED`, `VERIFY_FAILED`, `EXECUTION_LATE` (no answer within the
 * view), `EXECUTION_STUCK` (it ignores its abort signal), `EXECUTION_COMMIT_RETRY`, `EXECUTION_COMMIT_SLOW`
 * (`commit`, or `lastCommitted` at the start, is still running), `LISTENER_FAILED`, `LOGGER_FAILED`, `VALIDATOR_NOT_IN_SCHEDULE`, `NO_PROGRESS`, `PEER_REFUSED`, `VALIDATOR_MISBEHAVED`,
 * `RECORDING_FAILED`, `VALIDATORS_RETRY`, `VALIDATORS_SLOW` (`scheduleAt` is still running), `VALIDATORS_SILENT` (`changes` has ended), `PRE_GENESIS_RETRY`,
 * `EPOCH_VOTE_FAILED` (the signer did not sign for the next committee), `SIGNATURE_WORKER_FAILED`; besides those of the replica and the network.
 */
export type NodeErrorCode =
  | 'WRONG_CHAIN'
  | 'FORK_REGRESSED'
  | 'GENESIS_MISMATCH'
  | 'EXECUTION_AHEAD'
  | 'EXECUTION_BEHIND'
  | 'EXECUTION_FAILED'
  | 'EXECUTION_COMMIT_FAILED'
  | 'PROPOSE_FAILED'
  | 'PROPOSE_OVERSIZED'
  | 'VERIFY_FAILED'
  | 'EXECUTION_LATE'
  | 'EXECUTION_STUCK'
  | 'EXECUTION_COMMIT_RETRY'
  | 'EXECUTION_COMMIT_SLOW'
  | 'LISTENER_FAILED'
  | 'LOGGER_FAILED'
  | 'VALIDATOR_NOT_IN_SCHEDULE'
  | 'NO_PROGRESS'
  | 'PEER_REFUSED'
  | 'VALIDATOR_MISBEHAVED'
  | 'RECORDING_FAILED'
  | 'NO_MEMPOOL'
  | 'TRANSACTION_TOO_LARGE'
  | 'MEMPOOL_FAILED'
  | 'NODE_STOPPED'
  | 'BLOCK_PRUNED'
  | 'STORE_GAP'
  | 'VALIDATORS_FAILED'
  | 'VALIDATORS_RETRY'
  | 'VALIDATORS_SLOW'
  | 'VALIDATORS_SILENT'
  | 'PRE_GENESIS_RETRY'
  | 'SCHEDULE_MALFORMED'
  | 'SCHEDULE_TOO_LARGE'
  | 'SCHEDULE_POSSESSION'
  | 'SCHEDULE_NUMBER'
  | 'SCHEDULE_RANGE'
  | 'SCHEDULE_LATE'
  | 'SCHEDULE_CHANGED'
  | 'EPOCH_UNKNOWN'
  | 'BLOCK_OF_OTHER_EPOCH'
  | 'EPOCH_VOTE_FAILED'
  | 'SIGNATURE_WORKER_FAILED'

/** An error or warning of a node, with a stable code. */
export class NodeError extends ZkStackError {
  constructor(code: NodeErrorCode, message: string, o?: { readonly cause?: unknown }) {
    super(code, message, o)
  }
}
