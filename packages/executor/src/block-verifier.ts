import { errorOf, isCanceled, yieldTurn, type Ctx } from '@zkstack/concurrency'
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
import { Backoff } from './backoff.js'
import type { Epochs } from './epochs/epochs.js'
import { NodeError } from './errors.js'
import { isRetryable } from './execution-guard.js'
import { LinkedCtx } from './linked-ctx.js'

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
  /** Lives as long as the node. */
  readonly life: Ctx
  /** Told of the first failure of a row after which the execution layer is asked again. */
  warn(error: NodeError): void
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
 * before genesis needs the execution layer's word, which is waited for when it wants another try: no peer is to blame for that.
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
  const preGenesis = new PreGenesisJudge(o)
  return (block, call) =>
    block.kind === 'final' ? verifyFinal(block, o, judge, call) : preGenesis.judge(block, call)
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

/** Judges blocks from before genesis, by the word of the execution layer. */
class PreGenesisJudge {
  readonly #o: BlockVerifierInit
  /** Its last call failed, and it has not answered since. */
  #isFailing = false

  constructor(o: BlockVerifierInit) {
    this.#o = o
  }

  async judge(block: PreGenesisBlock, call: CallOptions): Promise<Result<void, BlockRefusal>> {
    const { firstBlock, execution, life } = this.#o
    if (block.number >= firstBlock) {
      return refuse(
        'NOT_BEFORE_FIRST_BLOCK',
        `block ${block.number} has no certificate, but the chain starts at ${firstBlock}`,
      )
    }
    if (execution.verifyPreGenesis === undefined) {
      return refuse(
        'PRE_GENESIS_REFUSED',
        `block ${block.number} is from before genesis, and the execution layer has no verifyPreGenesis`,
      )
    }
    const backoff = new Backoff(life.random)
    for (;;) {
      try {
        const verdict = await execution.verifyPreGenesis(block, call)
        this.#isFailing = false
        return verdict.ok ? ok(undefined) : refuse('PRE_GENESIS_REFUSED', verdict.reason)
      } catch (e) {
        const cause = errorOf(e)
        if (call.signal.aborted) throw cause
        // an abort that nobody here has asked for: some patience of its own was over
        if (!isRetryable(cause) && !isCanceled(cause)) {
          return refuse('PRE_GENESIS_REFUSED', `verifyPreGenesis threw: ${cause.message}`)
        }
        this.#warn(block, cause)
      }
      using wait = new LinkedCtx(life, call)
      await wait.sleep(backoff.next())
    }
  }

  /** Many blocks may wait for the same cause. */
  #warn({ number }: PreGenesisBlock, cause: Error): void {
    if (this.#isFailing) return
    this.#isFailing = true
    this.#o.warn(
      new NodeError(
        'PRE_GENESIS_RETRY',
        `execution.verifyPreGenesis of block ${number} failed: ${cause.message}; it is asked again`,
        { cause },
      ),
    )
  }
}

function refuse(code: string, message: string): Result<never, BlockRefusal> {
  return err({ code, message })
}
