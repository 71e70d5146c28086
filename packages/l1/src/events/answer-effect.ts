import { Semaphore, type Ctx } from '@zkstack/concurrency'
import { err, ok, type Result } from '@zkstack/crypto'
import type { L1Client } from '../client/l1-client.js'
import type { BlockTag, L1Block, L1Log, LogFilter } from '../client/l1-types.js'
import type { L1Error } from '../l1-error.js'
import type { EventEffect, EventInput } from './event-machine.js'

/** Effects that are questions to the chain. */
export type EventQuestion = Exclude<EventEffect, { type: 'wait' | 'apply' | 'fatal' }>

/** Whom to ask, and for which events. */
export interface EventSource {
  readonly client: L1Client
  readonly filter: LogFilter
}

/** Questions under way at once. */
const concurrency = 8

/** Asks the chain what a machine wants to know; a range that is too large is an answer, any other failure an error. */
export async function answerEffect(
  ctx: Ctx,
  effect: EventQuestion,
  { client, filter }: EventSource,
  tag: BlockTag,
): Promise<Result<EventInput, L1Error>> {
  switch (effect.type) {
    case 'askHeads':
      return askHeads(ctx, client, tag)
    case 'askBlock': {
      const block = await client.block(effect.number, ctx)
      return block.ok ? ok({ type: 'block', block: block.value }) : block
    }
    case 'askHeaders': {
      const blocks = await askBlocks(ctx, client, numbersOf(effect.fromBlock, effect.toBlock))
      if (!blocks.ok) return blocks
      const missing = blocks.value.indexOf(undefined)
      const there = missing === -1 ? blocks.value : blocks.value.slice(0, missing)
      return ok({ type: 'headers', blocks: there.filter((block) => block !== undefined) })
    }
    case 'askLogs': {
      const logs = await each(effect.blocks, (block) => client.logs(filter, { block }, ctx))
      return logs.ok ? ok({ type: 'logs', logs: logs.value.flat() }) : logs
    }
    case 'askRange':
      return askRange(ctx, { client, filter }, effect)
  }
}

async function askHeads(
  ctx: Ctx,
  client: L1Client,
  tag: BlockTag,
): Promise<Result<EventInput, L1Error>> {
  const tagged = await client.block(tag, ctx)
  if (!tagged.ok) return tagged
  const finalized = tag === 'finalized' ? tagged : await client.block('finalized', ctx)
  if (!finalized.ok) return finalized
  return ok({ type: 'heads', tagged: tagged.value, finalized: finalized.value })
}

async function askRange(
  ctx: Ctx,
  { client, filter }: EventSource,
  { fromBlock, toBlock }: { readonly fromBlock: bigint; readonly toBlock: bigint },
): Promise<Result<EventInput, L1Error>> {
  const logs = await client.logs(filter, { fromBlock, toBlock }, ctx)
  if (!logs.ok) {
    const isTooLarge = logs.error.code === 'REFUSED' && logs.error.reason === 'TOO_LARGE'
    return isTooLarge ? ok({ type: 'rangeTooLarge' }) : logs
  }
  const blocks = await askBlocks(ctx, client, blocksToCheck(logs.value, fromBlock, toBlock))
  if (!blocks.ok) return blocks
  const there = blocks.value.filter((block) => block !== undefined)
  const isWhole = there.length === blocks.value.length
  return ok({ type: 'range', logs: logs.value, blocks: isWhole ? there : undefined })
}

function blocksToCheck(logs: readonly L1Log[], fromBlock: bigint, toBlock: bigint): bigint[] {
  return [...new Set([fromBlock, ...logs.map(({ blockNumber }) => blockNumber), toBlock])]
}

function askBlocks(
  ctx: Ctx,
  client: L1Client,
  numbers: readonly bigint[],
): Promise<Result<readonly (L1Block | undefined)[], L1Error>> {
  return each(numbers, (number) => client.block(number, ctx))
}

/** Asks for each, a few at a time, in order; the first error if there is one. */
async function each<T, A>(
  all: readonly T[],
  question: (one: T) => Promise<Result<A, L1Error>>,
): Promise<Result<readonly A[], L1Error>> {
  const slots = new Semaphore(concurrency)
  let failed = false
  const answers = await Promise.all(
    all.map(async (one) => {
      using _slot = await slots.acquire()
      // Once one has failed, the others are not worth asking for.
      const answer = failed ? undefined : await question(one)
      failed ||= answer?.ok === false
      return answer
    }),
  )
  const values: A[] = []
  for (const answer of answers) {
    if (answer === undefined) continue
    if (!answer.ok) return err(answer.error)
    values.push(answer.value)
  }
  return ok(values)
}

function numbersOf(from: bigint, to: bigint): bigint[] {
  return Array.from({ length: Number(to - from) + 1 }, (_, i) => from + BigInt(i))
}
