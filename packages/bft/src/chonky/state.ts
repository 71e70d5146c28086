import type { Hash32 } from '@zkstack/crypto'
import type {
  CommitQC,
  ConflictKind,
  LeaderProposal,
  Proposal,
  ReplicaCommit,
  ReplicaState,
  Signed,
  TimeoutQC,
} from '@zkstack/roles'
import type { Check } from './check.js'
import type { ReplicaConfig } from './config.js'
import { emptyTally } from './vote-tally.js'
import type { VoteKind, VoteTally } from './vote-tally.js'

/** A message on its way through a handler. */
export interface Arrival {
  readonly message: Signed
  /** Index in the schedule; `undefined` when the key is not in it. */
  readonly author: number | undefined
  /** The validator whose connection brought it; `'self'` for our own. */
  readonly carrier: number | 'self' | undefined
}

/** What a check in flight is about. */
export type PendingCheck =
  | { readonly id: number; readonly check: Check; readonly of: 'message'; readonly slot: string }
  | {
      readonly id: number
      readonly check: Check
      readonly of: 'votes'
      readonly kind: VoteKind
      readonly view: bigint
    }
  | {
      readonly id: number
      readonly check: Check
      readonly of: 'conflict'
      readonly author: number
      readonly kind: ConflictKind
      readonly view: bigint
    }

/** One place a (carrier, author's relation, label): the message being checked, and the newest that waits behind it. */
export interface Slot {
  readonly checkId: number
  readonly checking: Arrival
  readonly waiting: Arrival | undefined
}

/** The verified proposal of the current view, on its way to our vote. */
export interface PendingProposal {
  readonly message: LeaderProposal
  readonly leader: number
  readonly number: bigint
  readonly hash: Hash32
  /** `previousBlock`: block number−1 is not there yet; `verdict`: the execution layer is judging. */
  readonly waitsFor: 'previousBlock' | 'verdict'
}

/** What we do as leader of the current view. */
export type ProposerState =
  | { readonly step: 'previousBlock'; readonly number: bigint }
  | { readonly step: 'payload'; readonly number: bigint }
  | undefined

/**
 * The whole of a replica; plain immutable data.
 *
 * @see docs/spec/chonky.md S2
 */
export interface ChonkyState {
  readonly config: ReplicaConfig
  readonly view: bigint
  readonly phase: 'prepare' | 'commit' | 'timeout'
  readonly highVote: ReplicaCommit | undefined
  readonly highCommitQc: CommitQC | undefined
  readonly highTimeoutQc: TimeoutQC | undefined
  /** Payloads that the execution layer accepted and that are not known to be on disk as blocks. */
  readonly proposals: readonly Proposal[]
  /** When the view times out; monotonic milliseconds. */
  readonly deadline: number
  /** Blocks `[firstBlock, nextBlock)` are on disk and applied. */
  readonly firstBlock: bigint
  readonly nextBlock: bigint
  /** Blocks below are on disk once the effects so far were carried out, applied or not. */
  readonly savedBelow: bigint
  /** The last block of the epoch, once the committee that follows is known: nothing above it is proposed or voted for. */
  readonly lastBlock: bigint | undefined
  readonly votes: Readonly<Record<VoteKind, VoteTally>>
  readonly pendingProposal: PendingProposal | undefined
  readonly proposer: ProposerState
  /** The newest verified proposal of the current view, for evidence. */
  readonly seenProposal: Signed | undefined
  readonly slots: ReadonlyMap<string, Slot>
  readonly checks: ReadonlyMap<number, PendingCheck>
  readonly nextCheckId: number
  /** Validators that failed a check since the epoch or process began (rule 14). */
  readonly blamed: ReadonlySet<number>
  /** Until when messages of `author/label` are not checked (rule 15). */
  readonly cooldowns: ReadonlyMap<string, number>
  /** The last conflict checked of each `kind/author`, and until when no other is (rule 16). Bounded: four a validator. */
  readonly conflicts: ReadonlyMap<string, { readonly view: bigint; readonly until: number }>
}

/** What is known when a replica is created. */
export interface InitialConditions {
  readonly config: ReplicaConfig
  /** State loaded from disk, its QCs verified (rule 23); `undefined` on the first start of an epoch. */
  readonly persisted: ReplicaState | undefined
  readonly firstBlock: bigint
  readonly nextBlock: bigint
  /** The last block of the epoch, if the committee that follows is known already. */
  readonly lastBlock?: bigint | undefined
}

/**
 * The state before the first input, which must be `start`.
 *
 * @see docs/spec/chonky.md S3
 */
export function initialState(init: InitialConditions): ChonkyState {
  const { config, persisted } = init
  if (persisted !== undefined && persisted.epoch !== config.scope.epoch) {
    throw new RangeError('persisted: the state belongs to another epoch')
  }
  const validators = config.scope.schedule.length
  return {
    config,
    view: persisted?.view ?? 0n,
    phase: persisted?.phase ?? 'prepare',
    highVote: persisted?.highVote,
    highCommitQc: persisted?.highCommitQc,
    highTimeoutQc: persisted?.highTimeoutQc,
    proposals: persisted?.proposals ?? [],
    deadline: 0,
    firstBlock: init.firstBlock,
    nextBlock: init.nextBlock,
    savedBelow: init.nextBlock,
    lastBlock: init.lastBlock,
    votes: { commit: emptyTally(validators), timeout: emptyTally(validators) },
    pendingProposal: undefined,
    proposer: undefined,
    seenProposal: undefined,
    slots: new Map(),
    checks: new Map(),
    nextCheckId: 1,
    blamed: new Set(),
    cooldowns: new Map(),
    conflicts: new Map(),
  }
}

/**
 * Whether a block comes after the last one of the epoch.
 *
 * @see docs/spec/chonky.md S4
 */
export function isAfterEpoch({ lastBlock }: ChonkyState, number: bigint): boolean {
  return lastBlock !== undefined && number > lastBlock
}

/**
 * The part of the state that survives a restart.
 *
 * @see docs/spec/chonky.md S1
 */
export function replicaStateOf(state: ChonkyState): ReplicaState {
  return {
    epoch: state.config.scope.epoch,
    view: state.view,
    phase: state.phase,
    highVote: state.highVote,
    highCommitQc: state.highCommitQc,
    highTimeoutQc: state.highTimeoutQc,
    proposals: state.proposals,
  }
}
