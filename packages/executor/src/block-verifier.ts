import { errorOf, isCanceled, yieldTurn } from '@zkstack/concurrency'
import { err, ok, type Result } from '@zkstack/crypto'
import {
  verifyFinalBlock,
  verifyFinalBlockAsync,
  type AggregateVerifier,
  type Block,
  type EpochScope,
  type FinalBlock,
  type PreGenesisBlock,
} from '@zkstack/roles'
import type { CallOptions, ExecutionLayer } from '@zkstack/storage'
import type { Epochs } from './epochs/epochs.js'

/** Why a block of a peer is refused. */
export interface BlockRefusal {
  readonly code: string
  readonly message: string
}

/** What {@link blockVerifier} takes. */
export interface BlockVerifierInit {
  readonly epochs: Pick<Epochs, 'of' | 'decided' | 'progress'>
  /** The first block that consensus makes. */
  readonly firstBlock: bigint
  readonly execution: Pick<ExecutionLayer, 'verifyPreGenesis'>
  /** Checks signatures, and the hashes of payloads, elsewhere. Default: at once, which suits virtual time; it does not wait for other threads. */
  readonly verifyAggregate?: AggregateVerifier | undefined
  /** Told of a block that waits for the committee of its epoch, and when it waits no more. */
  readonly onWait?: (block: FinalBlock) => () => void
}

/** Payloads whose hash is checked with the certificate: shorter ones take some microseconds, longer ones would fill another thread's memory. */
const hashedElsewhere = { least: 4 * 1024, most: 256 * 1024 }

/** Judges blocks that peers serve, before they may enter the store. */
export type BlockVerifier = (block: Block, o: CallOptions) => Promise<Result<void, BlockRefusal>>

/**
 * A final block needs a certificate by a quorum of the committee of its epoch, and a number that belongs to that epoch. One of
 * an epoch whose committee is not known yet waits until it is, or until its number turns out to belong to another. A block from
 * before genesis needs the execution layer's word.
 *
 * Codes: `WRONG_EPOCH`, `BEFORE_FIRST_BLOCK`, `NOT_BEFORE_FIRST_BLOCK`, `PRE_GENESIS_REFUSED`, and those of
 * `verifyFinalBlock`.
 */
export function blockVerifier(o: BlockVerifierInit): BlockVerifier {
  const { verifyAggregate } = o
  const judge: Judge = verifyAggregate
    ? (block, scope) =>
        verifyFinalBlockAsync(block, scope, { verifyAggregate, hashedElsewhere, yieldTurn })
    : (block, scope) => Promise.resolve(verifyFinalBlock(block, scope))
  return (block, call) =>
    block.kind === 'final' ? verifyFinal(block, o, judge, call) : verifyPreGenesis(block, o, call)
}

/** Checks certificate and payload of a block whose committee is known. */
type Judge = (block: FinalBlock, scope: EpochScope) => Promise<ReturnType<typeof verifyFinalBlock>>

async function verifyFinal(
  block: FinalBlock,
  o: BlockVerifierInit,
  judge: Judge,
  call: CallOptions,
): Promise<Result<void, BlockRefusal>> {
  const { firstBlock } = o
  if (block.number < firstBlock) {
    return refuse(
      'BEFORE_FIRST_BLOCK',
      `block ${block.number} is final, but the chain starts at ${firstBlock}`,
    )
  }
  const epoch = judgeEpoch(block, o) ?? (await epochOf(block, o, call))
  if (!epoch.ok) return epoch
  const verified = await judge(block, epoch.value)
  if (verified.ok) return ok(undefined)
  return refuse(verified.error.code, `block ${block.number} is not final: ${verified.error.code}`)
}

/** What a block is judged by, as soon as that is known. */
async function epochOf(
  block: FinalBlock,
  o: BlockVerifierInit,
  call: CallOptions,
): Promise<Result<EpochScope, BlockRefusal>> {
  const waitsNoMore = o.onWait?.(block)
  try {
    // The next committee, or the block before, which decides the epoch of this one.
    await o.epochs.progress.waitFor(() => judgeEpoch(block, o) !== undefined, call)
  } finally {
    waitsNoMore?.()
  }
  return judgeEpoch(block, o) ?? epochOf(block, o, call)
}

/** Undefined while it cannot be told. */
function judgeEpoch(
  { number, epoch }: FinalBlock,
  { epochs }: BlockVerifierInit,
): Result<EpochScope, BlockRefusal> | undefined {
  const known = epochs.of(epoch)
  const decided = epochs.decided(number)
  if (known === undefined && decided === undefined) return undefined
  const last = known?.lastBlock.value
  const isWithin =
    known !== undefined &&
    number >= known.scope.firstBlock &&
    (last === undefined || number <= last)
  if (isWithin) return ok(known.scope)
  const right = decided?.scope.epoch
  const text = `block ${number} claims epoch ${epoch}`
  return refuse('WRONG_EPOCH', right === undefined ? text : `${text}, but is of epoch ${right}`)
}

async function verifyPreGenesis(
  block: PreGenesisBlock,
  o: BlockVerifierInit,
  call: CallOptions,
): Promise<Result<void, BlockRefusal>> {
  if (block.number >= o.firstBlock) {
    return refuse(
      'NOT_BEFORE_FIRST_BLOCK',
      `block ${block.number} has no certificate, but the chain starts at ${o.firstBlock}`,
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

function refuse(code: string, message: string): Result<never, BlockRefusal> {
  return err({ code, message })
}
