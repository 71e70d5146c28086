import { bytesEqual, err, ok, type Hash32, type Result } from '@zkstack/crypto'
import { epochScopeOf, type EpochRecord } from '../epoch/epoch-record.js'
import { verifyEpochRecord, type EpochRecordError } from '../epoch/verify-epoch-record.js'
import type { Genesis } from '../genesis/genesis.js'
import {
  verifyProofsOfPossession,
  verifySchedulePossession,
  type PossessionError,
} from '../genesis/proofs-of-possession.js'
import type { FinalBlock } from '../messages/block.js'
import type { CommitQC } from '../messages/commit-qc.js'
import type { EpochScope } from '../messages/epoch-scope.js'
import type { VerifyOptions } from '../messages/qc-key.js'
import { verifyCommitQC } from '../messages/verify-commit-qc.js'
import { verifyFinalBlock, type FinalBlockVerifyError } from '../messages/verify-final-block.js'

/** Why a genesis cannot be the beginning of a chain of epochs. */
export type ChainStartError =
  /** The genesis names no committee, and no first epoch was given. */
  | { readonly code: 'NO_FIRST_EPOCH' }
  /** A first epoch was given, and the genesis has another committee, or begins with another block. */
  | { readonly code: 'FIRST_EPOCH_MISMATCH' }
  | { readonly code: 'PROOF_OF_POSSESSION'; readonly cause: PossessionError }

/** Why an epoch does not continue the chain. */
export type ChainEpochError =
  /** The committee of the genesis rules for ever. */
  | { readonly code: 'FIXED_COMMITTEE'; readonly epoch: bigint }
  /** An epoch between is missing. */
  | { readonly code: 'EPOCH_MISSING'; readonly epoch: bigint; readonly missing: bigint }
  /** Another record of that epoch was accepted before. */
  | { readonly code: 'EPOCH_CONFLICT'; readonly epoch: bigint }
  /** The committee before did not hand over to it. */
  | { readonly code: 'EPOCH_INVALID'; readonly epoch: bigint; readonly cause: EpochRecordError }

/** Why a block is not one of the chain. */
export type ChainBlockError =
  /** It is of another chain, or of another fork of this one. */
  | { readonly code: 'WRONG_GENESIS'; readonly got: Hash32; readonly want: Hash32 }
  /** It is of an epoch that the chain of epochs does not have. */
  | { readonly code: 'UNKNOWN_EPOCH'; readonly epoch: bigint; readonly known: bigint }
  /** Its number is not one of its epoch; `next` is the first block of the epoch after it, as far as that is known. */
  | {
      readonly code: 'OUTSIDE_EPOCH'
      readonly number: bigint
      readonly first: bigint
      readonly next: bigint | undefined
    }
  /** What the block says of itself is not what its certificate says, its payload is another one, or the certificate is wrong. */
  | FinalBlockVerifyError

/**
 * What a light client knows of a chain: the genesis that it trusts, and the committees that follow from it, each certified by the one
 * before. Immutable: {@link extend} gives a new one.
 *
 * @see docs/spec/messages.md L1
 */
export class EpochChain {
  readonly genesis: Genesis
  /** The first epoch, then each next one; at least one. */
  readonly scopes: readonly EpochScope[]

  private constructor(genesis: Genesis, scopes: readonly EpochScope[]) {
    this.genesis = genesis
    this.scopes = scopes
  }

  /**
   * The chain's beginning: the committee of the genesis, whose keys must have proven possession.
   *
   * @param first of a genesis without a committee: the first epoch that is trusted, as the genesis is.
   */
  static begin(genesis: Genesis, first?: EpochRecord): Result<EpochChain, ChainStartError> {
    const { schedule, hash, firstBlock } = genesis
    if (schedule !== undefined) {
      const scope = { genesis: hash, epoch: 0n, schedule, firstBlock }
      if (first !== undefined && !sameScope(epochScopeOf(first, hash), scope)) {
        return err({ code: 'FIRST_EPOCH_MISMATCH' })
      }
      const proven = verifyProofsOfPossession(genesis)
      if (!proven.ok) return err({ code: 'PROOF_OF_POSSESSION', cause: proven.error })
      return ok(new EpochChain(genesis, [scope]))
    }
    if (first === undefined) return err({ code: 'NO_FIRST_EPOCH' })
    if (first.schedule.scheme.id !== genesis.signatureScheme || first.firstBlock < firstBlock) {
      return err({ code: 'FIRST_EPOCH_MISMATCH' })
    }
    const proven = verifySchedulePossession(first.schedule, first.proofsOfPossession)
    if (!proven.ok) return err({ code: 'PROOF_OF_POSSESSION', cause: proven.error })
    return ok(new EpochChain(genesis, [epochScopeOf(first, hash)]))
  }

  /** The newest epoch. */
  get newest(): EpochScope {
    return this.scopes.at(-1) as EpochScope
  }

  /** What messages and blocks of an epoch are judged by; undefined for an epoch that is not known. */
  scopeOf(epoch: bigint): EpochScope | undefined {
    return this.scopes[Number(epoch - (this.scopes[0] as EpochScope).epoch)]
  }

  /** The chain with one more epoch; the same chain for one that it has. */
  extend(record: EpochRecord): Result<EpochChain, ChainEpochError> {
    const { epoch } = record
    const known = this.scopeOf(epoch)
    if (known !== undefined) {
      const same = sameScope(epochScopeOf(record, this.genesis.hash), known)
      return same ? ok(this) : err({ code: 'EPOCH_CONFLICT', epoch })
    }
    if (this.genesis.schedule !== undefined) return err({ code: 'FIXED_COMMITTEE', epoch })
    const missing = this.newest.epoch + 1n
    if (epoch > missing) return err({ code: 'EPOCH_MISSING', epoch, missing })
    const scope = verifyEpochRecord(record, this.newest)
    if (!scope.ok) return err({ code: 'EPOCH_INVALID', epoch, cause: scope.error })
    return ok(new EpochChain(this.genesis, [...this.scopes, scope.value]))
  }

  /**
   * Verifies that the block a certificate names is final, by the committee of its epoch. The payload is not needed.
   *
   * @returns what it was judged by.
   */
  verifyCertificate(
    certificate: CommitQC,
    options?: VerifyOptions,
  ): Result<EpochScope, ChainBlockError> {
    const placed = this.#place(certificate)
    if (!placed.ok) return placed
    const valid = verifyCommitQC(certificate, placed.value, options)
    return valid.ok ? placed : err({ code: 'JUSTIFICATION', cause: valid.error })
  }

  /** {@link verifyCertificate}, and that the payload is the one that the certificate names. */
  verifyBlock(block: FinalBlock, options?: VerifyOptions): Result<EpochScope, ChainBlockError> {
    const placed = this.#place(block.justification)
    if (!placed.ok) return placed
    const valid = verifyFinalBlock(block, placed.value, options)
    return valid.ok ? placed : valid
  }

  /** The epoch of a certificate, by what it says of itself. */
  #place({ message }: CommitQC): Result<EpochScope, ChainBlockError> {
    const { genesis, epoch } = message.view
    const { number } = message.proposal
    if (!bytesEqual(genesis, this.genesis.hash)) {
      return err({ code: 'WRONG_GENESIS', got: genesis, want: this.genesis.hash })
    }
    const scope = this.scopeOf(epoch)
    if (scope === undefined) {
      return err({ code: 'UNKNOWN_EPOCH', epoch, known: this.newest.epoch })
    }
    const { firstBlock: first } = scope
    const next = this.scopeOf(epoch + 1n)?.firstBlock
    const isInside = number >= first && (next === undefined || number < next)
    return isInside ? ok(scope) : err({ code: 'OUTSIDE_EPOCH', number, first, next })
  }
}

function sameScope(a: EpochScope, b: EpochScope): boolean {
  return (
    a.epoch === b.epoch &&
    a.firstBlock === b.firstBlock &&
    a.schedule.scheme.id === b.schedule.scheme.id &&
    bytesEqual(a.schedule.hash, b.schedule.hash) &&
    bytesEqual(a.genesis, b.genesis)
  )
}
