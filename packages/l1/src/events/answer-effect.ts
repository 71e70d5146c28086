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
      const missing = blocks.values.indexOf(undefined)
      const there = missing === -1 ? blocks.values : blocks.values.slice(0, missing)
      return (
        firstFailure(blocks, 1) ??
        ok({ type: 'headers', blocks: there.filter((block) => block !== undefined) })
      )
    }
    case 'askLogs': {
      const logs = await each(effect.blocks, (block) => client.logs(filter, { block }, ctx))
      return firstFailure(logs, 1) ?? ok({ type: 'logs', logs: logs.values })
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
  const numbers = blocksToCheck(logs.value, fromBlock, toBlock)
  const blocks = await askBlocks(ctx, client, numbers)
  const there = blocks.values.filter((block) => block !== undefined)
  const isWhole = there.length === numbers.length
  return (
    firstFailure(blocks, numbers.length) ??
    ok({ type: 'range', logs: logs.value, blocks: isWhole ? there : undefined })
  )
}

function blocksToCheck(logs: readonly L1Log[], fromBlock: bigint, toBlock: bigint): bigint[] {
  return [...new Set([fromBlock, ...logs.map(({ blockNumber }) => blockNumber), toBlock])]
}

function askBlocks(
  ctx: Ctx,
  client: L1Client,
  numbers: readonly bigint[],
): Promise<Answers<L1Block | undefined>> {
  return each(numbers, (number) => client.block(number, ctx))
}

interface Answers<A> {
  /** Those before the first failure. */
  readonly values: readonly A[]
  readonly failure: L1Error | undefined
}

/** The failure, if it left fewer answers than are of use. */
function firstFailure(
  { values, failure }: Answers<unknown>,
  atLeast: number,
): Result<never, L1Error> | undefined {
  return failure !== undefined && values.length < atLeast ? err(failure) : undefined
}

/** Asks for each, a few at a time, in order, up to the first failure. */
async function each<T, A>(
  all: readonly T[],
  question: (one: T) => Promise<Result<A, L1Error>>,
): Promise<Answers<A>> {
  const slots = new Semaphore(concurrency)
  let hasFailed = false
  const answers = await Promise.all(
    all.map(async (one) => {
      using _slot = await slots.acquire()
      const answer = hasFailed ? undefined : await question(one)
      hasFailed ||= answer?.ok === false
      return answer
    }),
  )
  const values: A[] = []
  for (const answer of answers) {
    if (answer?.ok !== true) return { values, failure: answer?.error }
    values.push(answer.value)
  }
  return { values, failure: undefined }
}

function numbersOf(from: bigint, to: bigint): bigint[] {
  return Array.from({ length: Number(to - from) + 1 }, (_, i) => from + BigInt(i))
}
