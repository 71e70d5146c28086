import { bytesEqual } from '@zkstack/crypto'
import type { BlockRef, L1Block, L1Log } from '../client/l1-types.js'
import { highestFinal, type FinalityPolicy } from '../finality-policy.js'
import type { EventCursor } from './event-cursor.js'
import type { EventChange } from './event-sink.js'
import { eventsOf, linked, withCheckpoints } from './read-blocks.js'

/** What an event reader keeps to. */
export interface EventMachineOptions {
  /** Up to where to read. */
  readonly policy: FinalityPolicy
  /** Most blocks of one question for finalized blocks. */
  readonly maxRangeBlocks: number
  /** Most blocks of one question for blocks that may still change; they are asked for one by one, by hash. */
  readonly maxHeaderBlocks: number
  /** Most checkpoints kept: the deepest reorg that can be followed while nothing is finalized. */
  readonly window: number
  /** How often in a row the chain must contradict itself before it is believed. */
  readonly maxDoubts: number
}

/** The chain broke a promise, or went further back than is remembered; what was read cannot be trusted any more. */
export interface ReorgError {
  /** `FINALIZED_REORG`: a finalized block was replaced. `REORG_TOO_DEEP`: no block that is remembered is in the chain. */
  readonly code: 'FINALIZED_REORG' | 'REORG_TOO_DEEP'
  readonly message: string
}

/** What a driver tells the machine: the outcome of the last effect. */
export type EventInput =
  /** After `wait`: time has passed, or there is news of a new block. */
  | { readonly type: 'poll' }
  /** After `askHeads`: the block of the policy's tag, and the finalized one; `undefined`: the node has none. */
  | {
      readonly type: 'heads'
      readonly tagged: L1Block | undefined
      readonly finalized: L1Block | undefined
    }
  /** After `askBlock`. */
  | { readonly type: 'block'; readonly block: L1Block | undefined }
  /** After `askHeaders`: the blocks from the first on, as far as somebody has them. */
  | { readonly type: 'headers'; readonly blocks: readonly L1Block[] }
  /** After `askLogs`: those of each block, from the first on, as far as somebody answered. */
  | { readonly type: 'logs'; readonly logs: readonly (readonly L1Log[])[] }
  /** After `askRange`: logs, and headers of the first and the last block and of each that has a log; `undefined`: not there yet. */
  | {
      readonly type: 'range'
      readonly logs: readonly L1Log[]
      readonly blocks: readonly L1Block[] | undefined
    }
  /** After `askRange`: too many blocks or logs at once. */
  | { readonly type: 'rangeTooLarge' }
  /** After `apply`: the change is durable. */
  | { readonly type: 'applied' }
  /** After any question: nobody answered it. */
  | { readonly type: 'failed' }

/** What the driver must do next, and then tell the outcome of; one at a time. */
export type EventEffect =
  | { readonly type: 'wait' }
  | { readonly type: 'askHeads' }
  | { readonly type: 'askBlock'; readonly number: bigint }
  | { readonly type: 'askHeaders'; readonly fromBlock: bigint; readonly toBlock: bigint }
  | { readonly type: 'askLogs'; readonly blocks: readonly L1Block[] }
  | { readonly type: 'askRange'; readonly fromBlock: bigint; readonly toBlock: bigint }
  /** Store change and cursor in one write. */
  | { readonly type: 'apply'; readonly change: EventChange; readonly cursor: EventCursor }
  /** The end: there is no input after it. */
  | { readonly type: 'fatal'; readonly error: ReorgError }

type Phase =
  | { readonly type: 'waiting' }
  | { readonly type: 'heads' }
  /** Looking for the newest checkpoint that is in the chain; `isRollback`: a newer one is known not to be. */
  | {
      readonly type: 'probe'
      readonly at: BlockRef
      readonly isRollback: boolean
      readonly reads: boolean
    }
  | { readonly type: 'headers' }
  | { readonly type: 'logs'; readonly blocks: readonly L1Block[] }
  | { readonly type: 'range'; readonly fromBlock: bigint; readonly toBlock: bigint }
  | { readonly type: 'applying'; readonly cursor: EventCursor }

/** All that an event reader knows. */
export interface EventState {
  readonly cursor: EventCursor
  readonly phase: Phase
  /** The last block to read, by the last heads seen. */
  readonly target: bigint
  /** The finalized block, by the last heads seen; −1: none. */
  readonly finalized: bigint
  readonly rangeBlocks: bigint
  readonly doubts: number
}

interface Step {
  readonly state: EventState
  readonly effect: EventEffect
}

/** The state before the first input, which is `poll`. */
export function initialEventState(cursor: EventCursor, o: EventMachineOptions): EventState {
  const rangeBlocks = BigInt(o.maxRangeBlocks)
  const phase = { type: 'waiting' } as const
  return { cursor, phase, target: -1n, finalized: -1n, rangeBlocks, doubts: 0 }
}

/**
 * Reads the events of a chain that may reorganise: finalized blocks by ranges, the others header by header, each linked to the
 * one before, and their logs by hash. A rollback goes to the newest block read that is still in the chain.
 *
 * @throws TypeError for an input that is no outcome of the last effect.
 */
export function stepEvents(state: EventState, input: EventInput, o: EventMachineOptions): Step {
  const { phase } = state
  if (input.type === 'failed' && phase.type !== 'waiting' && phase.type !== 'applying')
    return wait(state)
  switch (phase.type) {
    case 'waiting':
      if (input.type === 'poll') return ask(state, { type: 'heads' }, { type: 'askHeads' })
      break
    case 'heads':
      if (input.type === 'heads') return onHeads(state, input, o)
      break
    case 'probe':
      if (input.type === 'block') return onProbe(state, phase, input.block, o)
      break
    case 'headers':
      if (input.type === 'headers') return onHeaders(state, input.blocks, o)
      break
    case 'logs':
      if (input.type === 'logs') return onLogs(state, phase.blocks, input.logs, o)
      break
    case 'range':
      if (input.type === 'rangeTooLarge') return onRangeTooLarge(state, phase)
      if (input.type === 'range') return onRange(state, phase, input, o)
      break
    case 'applying':
      if (input.type === 'applied') return read({ ...state, cursor: phase.cursor }, o)
  }
  throw new TypeError(`input: ${input.type} is no outcome in phase ${phase.type}`)
}

function onHeads(
  state: EventState,
  { tagged, finalized }: Extract<EventInput, { type: 'heads' }>,
  o: EventMachineOptions,
): Step {
  const { cursor } = state
  const target = tagged && highestFinal(o.policy, tagged.number)
  if (tagged === undefined || target === undefined) return wait(state)
  const next: EventState = {
    ...state,
    target,
    finalized: credible(finalized, tagged, cursor, o.policy),
  }
  const tip = cursor.checkpoints.at(-1)
  if (tip === undefined) return read(next, o)
  // The endpoint may lag, or the chain be shorter now: what lies below the target tells.
  const at = cursor.checkpoints.findLast(({ number }) => number <= target)
  if (at === undefined) return wait(next)
  const phase = { type: 'probe', at, isRollback: false, reads: true } as const
  if (at.number === tagged.number) return onProbe(next, phase, tagged, o)
  return ask(next, phase, { type: 'askBlock', number: at.number })
}

/** The number of a finalized block that contradicts neither the head nor what was read; −1 for one that does. */
function credible(
  finalized: L1Block | undefined,
  tagged: L1Block,
  { checkpoints }: EventCursor,
  policy: FinalityPolicy,
): bigint {
  if (finalized === undefined) return -1n
  const own = checkpoints.find(({ number }) => number === finalized.number)
  const isAhead = policy.tag !== 'finalized' && finalized.number > tagged.number
  return isAhead || (own !== undefined && !isSame(own, finalized)) ? -1n : finalized.number
}

function onProbe(
  state: EventState,
  phase: Extract<Phase, { type: 'probe' }>,
  block: L1Block | undefined,
  o: EventMachineOptions,
): Step {
  const { at, isRollback, reads } = phase
  const { checkpoints, finalTo, isPruned, start } = state.cursor
  if (block === undefined) return wait(state)
  if (isSame(at, block)) {
    if (isRollback) return rollback(state, at.number + 1n)
    const isTip = at === checkpoints.at(-1)
    return isTip && reads ? read(state, o, true) : wait({ ...state, doubts: 0 })
  }
  if (finalTo !== undefined && at.number <= finalTo)
    return doubt(state, 'FINALIZED_REORG', `block ${at.number} was finalized, and is replaced`, o)
  const below = checkpoints[checkpoints.indexOf(at) - 1]
  if (below !== undefined)
    return ask(
      state,
      { ...phase, at: below, isRollback: true },
      { type: 'askBlock', number: below.number },
    )
  if (finalTo !== undefined) return rollback(state, finalTo + 1n)
  if (!isPruned) return rollback(state, start)
  return doubt(state, 'REORG_TOO_DEEP', `not even block ${at.number} is in the chain`, o)
}

/**
 * Goes on reading at the cursor's next block, unless the target is reached.
 * @param isConfirmed whether the tip was asked for again after it was read.
 */
function read(state: EventState, o: EventMachineOptions, isConfirmed = false): Step {
  const { cursor, target, finalized, rangeBlocks } = state
  const fromBlock = cursor.next
  const settled = { ...state, doubts: 0 }
  if (fromBlock > target) return announceFinalized(settled, isConfirmed)
  if (fromBlock <= finalized) {
    const toBlock = least(target, finalized, fromBlock + rangeBlocks - 1n)
    return ask(
      settled,
      { type: 'range', fromBlock, toBlock },
      { type: 'askRange', fromBlock, toBlock },
    )
  }
  const toBlock = least(target, fromBlock + BigInt(o.maxHeaderBlocks) - 1n)
  return ask(settled, { type: 'headers' }, { type: 'askHeaders', fromBlock, toBlock })
}

function onHeaders(state: EventState, given: readonly L1Block[], o: EventMachineOptions): Step {
  const { checkpoints, next } = state.cursor
  const first = given[0]
  if (first === undefined || first.number !== next) return wait(state)
  const tip = checkpoints.at(-1)
  if (tip !== undefined && !bytesEqual(first.parentHash, tip.hash)) return reprobe(state, tip)
  const blocks = linked(given).slice(0, o.maxHeaderBlocks)
  return ask(state, { type: 'logs', blocks }, { type: 'askLogs', blocks })
}

function onLogs(
  state: EventState,
  asked: readonly L1Block[],
  logs: readonly (readonly L1Log[])[],
  o: EventMachineOptions,
): Step {
  const blocks = asked.slice(0, logs.length)
  const events = eventsOf(logs.flat(), blocks)
  if (events === undefined || blocks.length === 0) return wait(state)
  const cursor = withCheckpoints(state.cursor, blocks, o.window)
  return apply(state, cursor, {
    type: 'events',
    fromBlock: state.cursor.next,
    toBlock: cursor.next - 1n,
    events,
  })
}

function onRange(
  state: EventState,
  { fromBlock, toBlock }: Extract<Phase, { type: 'range' }>,
  { logs, blocks }: Extract<EventInput, { type: 'range' }>,
  o: EventMachineOptions,
): Step {
  const first = blocks?.find(({ number }) => number === fromBlock)
  const last = blocks?.find(({ number }) => number === toBlock)
  const events = blocks && eventsOf(logs, blocks)
  if (first === undefined || last === undefined || events === undefined) return wait(state)
  const tip = state.cursor.checkpoints.at(-1)
  if (tip !== undefined && !bytesEqual(first.parentHash, tip.hash)) return reprobe(state, tip)
  const isFull = toBlock - fromBlock + 1n === state.rangeBlocks
  const grown = state.rangeBlocks + state.rangeBlocks / 8n + 1n
  const rangeBlocks = isFull ? least(BigInt(o.maxRangeBlocks), grown) : state.rangeBlocks
  return apply({ ...state, rangeBlocks }, withCheckpoints(state.cursor, [last], o.window), {
    type: 'events',
    fromBlock,
    toBlock,
    events,
  })
}

/** Half as many blocks; a single one is asked for by its hash, which has no such limit. */
function onRangeTooLarge(
  state: EventState,
  { fromBlock, toBlock }: Extract<Phase, { type: 'range' }>,
): Step {
  const asked = toBlock - fromBlock + 1n
  if (asked === 1n)
    return ask(state, { type: 'headers' }, { type: 'askHeaders', fromBlock, toBlock })
  const rangeBlocks = (asked + 1n) / 2n
  const end = fromBlock + rangeBlocks - 1n
  return ask(
    { ...state, rangeBlocks },
    { type: 'range', fromBlock, toBlock: end },
    { type: 'askRange', fromBlock, toBlock: end },
  )
}

/** What follows does not fit the tip: was it replaced, or is the answer of two minds? */
function reprobe(state: EventState, at: BlockRef): Step {
  return ask(
    state,
    { type: 'probe', at, isRollback: false, reads: false },
    { type: 'askBlock', number: at.number },
  )
}

function rollback(state: EventState, fromBlock: bigint): Step {
  const checkpoints = state.cursor.checkpoints.filter(({ number }) => number < fromBlock)
  const cursor = { ...state.cursor, next: fromBlock, checkpoints }
  return apply(state, cursor, { type: 'rollback', fromBlock })
}

/** Nothing that is announced can be taken back. All blocks below the tip are linked to it; the tip itself is asked for once more. */
function announceFinalized(state: EventState, isConfirmed: boolean): Step {
  const { cursor, finalized } = state
  const toBlock = least(finalized, cursor.next - 1n)
  if (toBlock < cursor.start || toBlock <= (cursor.finalTo ?? -1n)) return wait(state)
  const at = cursor.checkpoints.at(-1)
  if (at?.number === toBlock && !isConfirmed)
    return ask(
      state,
      { type: 'probe', at, isRollback: false, reads: true },
      { type: 'askBlock', number: at.number },
    )
  return apply(state, { ...cursor, finalTo: toBlock }, { type: 'finalized', toBlock })
}

/** A contradiction may be one endpoint's; only one that stays is the chain's. */
function doubt(
  state: EventState,
  code: ReorgError['code'],
  message: string,
  o: EventMachineOptions,
): Step {
  const doubts = state.doubts + 1
  if (doubts < o.maxDoubts) return wait({ ...state, doubts })
  return ask(state, { type: 'waiting' }, { type: 'fatal', error: { code, message } })
}

function apply(state: EventState, cursor: EventCursor, change: EventChange): Step {
  return ask(state, { type: 'applying', cursor }, { type: 'apply', change, cursor })
}

function wait(state: EventState): Step {
  return ask(state, { type: 'waiting' }, { type: 'wait' })
}

function ask(state: EventState, phase: Phase, effect: EventEffect): Step {
  return { state: { ...state, phase }, effect }
}

function isSame(a: BlockRef, b: BlockRef): boolean {
  return a.number === b.number && bytesEqual(a.hash, b.hash)
}

function least(...values: readonly bigint[]): bigint {
  return values.reduce((a, b) => (a < b ? a : b))
}
