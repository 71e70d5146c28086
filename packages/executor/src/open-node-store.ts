import { errorOf, type Ctx } from '@zkstack/concurrency'
import type { Genesis } from '@zkstack/roles'
import type { ExecutionLayer, NodeStore } from '@zkstack/storage'
import { Backoff } from './backoff.js'
import { NodeError } from './errors.js'
import { isRetryable } from './execution-guard.js'
import { watchSlowness } from './watch-slowness.js'

/**
 * Binds the store to the genesis.
 * @throws NodeError `WRONG_CHAIN`, `FORK_REGRESSED`, `GENESIS_MISMATCH`; the store's own errors.
 */
export async function openNodeStore(
  store: NodeStore,
  genesis: Genesis,
  onGenesisChange: 'refuse' | 'reset',
): Promise<void> {
  const opened = await store.open(genesis, { onGenesisChange })
  if (opened.ok) return
  const { code, message, stored } = opened.error
  // Of a later fork the store says itself what to do.
  const mayReset = stored.chainId === genesis.chainId && stored.forkNumber < genesis.forkNumber
  const remedy = mayReset
    ? ''
    : ' Use the genesis file that belongs to this data directory, or another data directory.'
  throw new NodeError(code, `options.store: ${message}.${remedy}`)
}

/**
 * Asks the execution layer how far it is; undefined when it cannot say.
 * @throws NodeError `EXECUTION_FAILED`; CanceledError.
 */
export async function askLastCommitted(
  ctx: Ctx,
  execution: ExecutionLayer,
  warn: (error: NodeError) => void,
): Promise<bigint | null | undefined> {
  using _ = watchSlowness(ctx.clock, (seconds) => {
    const message = `execution.lastCommitted has been running for ${seconds} s; the node waits for it before it starts`
    warn(new NodeError('EXECUTION_COMMIT_SLOW', message))
  })
  const backoff = new Backoff(ctx.random)
  for (;;) {
    try {
      return checkHeight(await ctx.race(call(execution, ctx.signal)))
    } catch (e) {
      ctx.throwIfCanceled()
      const cause = errorOf(e)
      const message = `execution.lastCommitted failed: ${cause.message}`
      if (!isRetryable(cause)) {
        throw new NodeError(
          'EXECUTION_FAILED',
          `${message}. The node cannot know which blocks to replay; mend the cause and start it again.`,
          { cause },
        )
      }
      warn(new NodeError('EXECUTION_COMMIT_RETRY', `${message}; it is asked again`, { cause }))
      await ctx.sleep(backoff.next())
    }
  }
}

async function call(execution: ExecutionLayer, signal: AbortSignal): Promise<unknown> {
  return execution.lastCommitted?.({ signal })
}

function checkHeight(height: unknown): bigint | null | undefined {
  if (height === undefined || height === null) return height
  if (typeof height === 'bigint' && height >= 0n) return height
  throw new TypeError('it must give a block number as a bigint, or null for none')
}
