import { errorOf, isCanceled } from '@zkstack/concurrency'
import { err, ok, type Result } from '@zkstack/crypto'
import {
  verifyFinalBlock,
  verifyFinalBlockAsync,
  type Block,
  type EpochScope,
  type FinalBlock,
  type PreGenesisBlock,
} from '@zkstack/roles'
import type { CallOptions, ExecutionLayer } from '@zkstack/storage'

/** Why a block of a peer is refused. */
export interface BlockRefusal {
  readonly code: string
  readonly message: string
}

/** What {@link blockVerifier} takes. */
export interface BlockVerifierInit {
  readonly scope: EpochScope
  readonly execution: Pick<ExecutionLayer, 'verifyPreGenesis'>
  /** Whether signatures may be checked in other threads; not in virtual time, which does not wait for them. Default false. */
  readonly threads?: boolean
}

/** Judges blocks that peers serve, before they may enter the store. */
export type BlockVerifier = (block: Block, o: CallOptions) => Promise<Result<void, BlockRefusal>>

/**
 * A verifier for a fixed committee: a final block needs a certificate of its quorum and a number of its epoch; a
 * block from before genesis needs the execution layer's word.
 *
 * Codes: `WRONG_EPOCH`, `BEFORE_FIRST_BLOCK`, `NOT_BEFORE_FIRST_BLOCK`, `PRE_GENESIS_REFUSED`, and those of
 * `verifyFinalBlock`.
 */
export function blockVerifier(o: BlockVerifierInit): BlockVerifier {
  return (block, call) =>
    block.kind === 'final' ? verifyFinal(block, o) : verifyPreGenesis(block, o, call)
}

async function verifyFinal(
  block: FinalBlock,
  { scope, threads = false }: BlockVerifierInit,
): Promise<Result<void, BlockRefusal>> {
  if (block.epoch !== scope.epoch) {
    return refuse(
      'WRONG_EPOCH',
      `block ${block.number} is of epoch ${block.epoch}, ours is ${scope.epoch}`,
    )
  }
  if (block.number < scope.firstBlock) {
    return refuse(
      'BEFORE_FIRST_BLOCK',
      `block ${block.number} is final, but the chain starts at ${scope.firstBlock}`,
    )
  }
  const verified = threads
    ? await verifyFinalBlockAsync(block, scope)
    : verifyFinalBlock(block, scope)
  if (verified.ok) return ok(undefined)
  return refuse(verified.error.code, `block ${block.number} is not final: ${verified.error.code}`)
}

async function verifyPreGenesis(
  block: PreGenesisBlock,
  o: BlockVerifierInit,
  call: CallOptions,
): Promise<Result<void, BlockRefusal>> {
  if (block.number >= o.scope.firstBlock) {
    return refuse(
      'NOT_BEFORE_FIRST_BLOCK',
      `block ${block.number} has no certificate, but the chain starts at ${o.scope.firstBlock}`,
    )
  }
  if (o.execution.verifyPreGenesis === undefined) {
    return refuse(
      'PRE_GENESIS_REFUSED',
      `block ${block.number} is from before genesis, and the execution layer has no verifyPreGenesis`,
    )
  }
  try {
    const verdict = await o.execution.verifyPreGenesis(block, call)
    return verdict.ok ? ok(undefined) : refuse('PRE_GENESIS_REFUSED', verdict.reason)
  } catch (e) {
    if (isCanceled(e)) throw e
    return refuse('PRE_GENESIS_REFUSED', `verifyPreGenesis threw: ${errorOf(e).message}`)
  }
}

function refuse(code: string, message: string): Result<void, BlockRefusal> {
  return err({ code, message })
}
