import { blockOfView, SimulatedChain } from '@zkstack/l1/testing'
import { describe, expect, it } from 'vitest'
import type { L1Block } from '../../src/client/l1-types.js'
import { initialCursor, type EventCursor } from '../../src/events/event-cursor.js'
import {
  initialEventState,
  stepEvents,
  type EventEffect,
  type EventInput,
  type EventMachineOptions,
} from '../../src/events/event-machine.js'

const options: EventMachineOptions = {
  policy: { tag: 'latest', confirmations: 1 },
  maxRangeBlocks: 100,
  maxHeaderBlocks: 4,
  window: 3,
  maxDoubts: 3,
}

/** A machine, told one thing after another. */
function machine(cursor: EventCursor = initialCursor(1n), o: Partial<EventMachineOptions> = {}) {
  const own = { ...options, ...o }
  let state = initialEventState(cursor, own)
  return (input: EventInput): EventEffect => {
    const step = stepEvents(state, input, own)
    state = step.state
    return step.effect
  }
}

/** Tells a machine the truth about a chain until it waits or ends; all effects. */
function follow(tell: (input: EventInput) => EventEffect, chain: SimulatedChain): EventEffect[] {
  const effects: EventEffect[] = [tell({ type: 'poll' })]
  for (;;) {
    const effect = effects.at(-1)
    if (effect === undefined || effect.type === 'wait' || effect.type === 'fatal') return effects
    effects.push(tell(truth(effect, chain)))
  }
}

function truth(effect: EventEffect, chain: SimulatedChain): EventInput {
  const span = (from: bigint, to: bigint) => chain.blocks.slice(Number(from), Number(to) + 1)
  switch (effect.type) {
    case 'askHeads':
      return {
        type: 'heads',
        tagged: blockOfView(chain, 'latest'),
        finalized: blockOfView(chain, 'finalized'),
      }
    case 'askBlock':
      return { type: 'block', block: blockOfView(chain, effect.number) }
    case 'askHeaders':
      return {
        type: 'headers',
        blocks: span(effect.fromBlock, effect.toBlock).map(({ block }) => block),
      }
    case 'askLogs':
      return {
        type: 'logs',
        logs: span(effect.blocks[0]?.number ?? 0n, effect.blocks.at(-1)?.number ?? 0n).map(
          ({ logs }) => logs,
        ),
      }
    case 'askRange': {
      const blocks = span(effect.fromBlock, effect.toBlock)
      return {
        type: 'range',
        blocks: blocks.map(({ block }) => block),
        logs: blocks.flatMap(({ logs }) => logs),
      }
    }
    case 'apply':
      return { type: 'applied' }
    case 'wait':
    case 'fatal':
      return { type: 'poll' }
  }
}

function chainOf(blocks: number): SimulatedChain {
  const chain = new SimulatedChain()
  while (chain.blocks.length <= blocks) chain.mine(1)
  return chain
}

const types = (effects: readonly EventEffect[]) => effects.map(({ type }) => type)

describe('an event machine', () => {
  it('nothing is new › it asks for the heads and no more', () => {
    const tell = machine()
    const chain = chainOf(6)
    follow(tell, chain)
    expect(types(follow(tell, chain))).toEqual(['askHeads', 'wait'])
  })

  it('finalized blocks are read by ranges, the others header by header, and finality is told', () => {
    const chain = chainOf(6)
    chain.finalized = 4
    const effects = follow(machine(), chain)
    expect(types(effects)).toEqual([
      'askHeads',
      'askRange',
      'apply',
      'askHeaders',
      'askLogs',
      'apply',
      'apply',
      'wait',
    ])
    expect(effects[1]).toEqual({ type: 'askRange', fromBlock: 1n, toBlock: 4n })
    expect(effects[6]).toMatchObject({ change: { type: 'finalized', toBlock: 4n } })
  })

  it('a reorg within the window › back to the newest block that is still there', () => {
    const tell = machine()
    const chain = chainOf(6)
    follow(tell, chain)
    chain.drop(2)
    for (let n = 0; n < 3; n++) chain.mine(1)
    const changes = follow(tell, chain).flatMap((effect) =>
      effect.type === 'apply' ? [effect.change] : [],
    )
    expect(changes).toMatchObject([
      { type: 'rollback', fromBlock: 5n },
      { type: 'events', fromBlock: 5n, toBlock: 7n },
    ])
  })

  it('a reorg deeper than the window, three times in a row › REORG_TOO_DEEP, and nothing before that', () => {
    const tell = machine()
    const chain = chainOf(6)
    follow(tell, chain)
    chain.drop(5)
    for (let n = 0; n < 7; n++) chain.mine(1)
    for (let look = 1; look < 3; look++) expect(types(follow(tell, chain))).not.toContain('apply')
    expect(follow(tell, chain).at(-1)).toMatchObject({
      type: 'fatal',
      error: { code: 'REORG_TOO_DEEP' },
    })
  })

  it('one endpoint shows another chain once › what follows the truth again is no end', () => {
    const tell = machine()
    const chain = chainOf(6)
    follow(tell, chain)
    for (let look = 0; look < 5; look++) {
      expect(follow(tell, chainOfOthers()).at(-1)).toEqual({ type: 'wait' })
      expect(types(follow(tell, chain))).toEqual(['askHeads', 'wait'])
    }
  })

  it('a reorg of all that was read, none of it forgotten › back to the start', () => {
    const tell = machine(initialCursor(1n), { window: 100 })
    const chain = chainOf(6)
    follow(tell, chain)
    chain.drop(6)
    for (let n = 0; n < 7; n++) chain.mine(1)
    expect(follow(tell, chain)).toContainEqual(
      expect.objectContaining({ change: { type: 'rollback', fromBlock: 1n } }),
    )
  })

  it('an endpoint lags › it waits, and takes nothing back', () => {
    const tell = machine()
    const chain = chainOf(6)
    const { blocks } = chain
    follow(tell, chain)
    chain.drop(2)
    expect(types(follow(tell, chain))).not.toContain('apply')
    chain.blocks = blocks
    expect(types(follow(tell, chain))).toEqual(['askHeads', 'wait'])
  })

  it('the last finalized block has another hash in one answer › it is not announced before it is right', () => {
    const tell = machine()
    const chain = chainOf(5)
    chain.mine(0)
    chain.finalized = 6
    const changes: string[] = []
    let lies = 0
    let effect = tell({ type: 'poll' })
    for (let looks = 0; looks < 8;) {
      let input = truth(effect, chain)
      if (input.type === 'range' && lies++ === 0)
        input = { ...input, blocks: input.blocks?.map((b) => (b.number === 6n ? other(b) : b)) }
      if (effect.type === 'apply') changes.push(effect.change.type)
      effect = tell(input)
      expect(effect.type).not.toBe('fatal')
      if (effect.type === 'wait') looks++
    }
    expect(changes).toEqual(['events', 'rollback', 'events', 'finalized'])
  })

  it('a finalized block above the head, or unlike what was read › is not believed', () => {
    const tell = machine(initialCursor(1n), { window: 100 })
    const chain = chainOf(6)
    follow(tell, chain)
    const [head, other] = [blockOfView(chain, 6n), chainOfOthers().blocks[5]?.block]
    for (const finalized of [{ ...head, number: 900n } as typeof head, other]) {
      tell({ type: 'poll' })
      expect(tell({ type: 'heads', tagged: head, finalized })).toEqual({ type: 'wait' })
    }
  })

  it('a single block has too many logs for a range › it is read by its hash', () => {
    const chain = chainOf(2)
    chain.finalized = 2
    const tell = machine()
    tell({ type: 'poll' })
    expect(tell(truth({ type: 'askHeads' }, chain))).toEqual({
      type: 'askRange',
      fromBlock: 1n,
      toBlock: 2n,
    })
    expect(tell({ type: 'rangeTooLarge' })).toEqual({
      type: 'askRange',
      fromBlock: 1n,
      toBlock: 1n,
    })
    expect(tell({ type: 'rangeTooLarge' })).toEqual({
      type: 'askHeaders',
      fromBlock: 1n,
      toBlock: 1n,
    })
  })

  it('an input that is no outcome of the last effect › TypeError', () => {
    expect(() => machine()({ type: 'applied' })).toThrow(TypeError)
  })
})

/** A block with the hash of another. */
function other(block: L1Block): L1Block {
  return { ...block, hash: chainOfOthers().blocks[5]?.block.hash ?? block.hash }
}

/** A chain as long as the others, with other blocks. */
function chainOfOthers(): SimulatedChain {
  const chain = new SimulatedChain()
  for (let n = 0; n < 10; n++) chain.mine(1)
  chain.drop(10)
  for (let n = 0; n < 6; n++) chain.mine(1)
  return chain
}
