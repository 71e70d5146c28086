import { describe, expect, it } from 'vitest'
import type { ExitEvent } from '../../src/client/client-event.js'
import { followExit } from '../../src/client/follow-exit.js'
import { memoryDatabase } from '../../src/storage/memory-database.js'
import { certificateStatusError } from '../../src/types/certificate-status-error.js'
import { ClientWorld, FakeSettlementNode } from '../helpers/client-world.js'

/** Follows an exit from now on. */
function follow(
  { broadcast, reporter }: ClientWorld,
  leafIndex: number,
  signal?: AbortSignal,
): AsyncGenerator<ExitEvent, undefined, undefined> {
  const present = (): Promise<ExitEvent | undefined> => reporter.present(leafIndex)
  return followExit(leafIndex, { events: broadcast, present, signal })
}

const start = (node = new FakeSettlementNode()): Promise<ClientWorld> =>
  ClientWorld.start(memoryDatabase(), node)

describe('the way of one exit', () => {
  it('is told from the beginning, and of no other exit, until the signal aborts', async () => {
    const world = await start()
    const abort = new AbortController()
    const stages: string[] = []
    const following = (async () => {
      for await (const { stage, leafIndex } of follow(world, 1, abort.signal)) {
        stages.push(`${leafIndex} ${stage}`)
        if (stage === 'settled') abort.abort()
      }
    })()
    await world.block(0n, 5n)
    await world.settle()
    await world.block(1n, 6n, 7n)
    await world.settle()
    await following
    expect(stages).toEqual(['1 collected', '1 inCertificate', '1 settled'])
  })

  it('begins with its present stage for who comes late', async () => {
    const world = await start()
    await world.block(0n, 5n)
    const collected = await follow(world, 0).next()
    expect(collected.value).toMatchObject({ stage: 'collected', block: 0n, leafIndex: 0 })
    await world.settle()
    const settled = await follow(world, 0).next()
    expect(settled.value).toMatchObject({
      stage: 'settled',
      certificateId: world.store.latest?.header.certificateId,
    })
  })

  it('leaves nobody listening, whether it is followed to its end or not', async () => {
    const world = await start()
    await world.block(0n, 5n)
    for await (const { stage } of follow(world, 0)) {
      expect(stage).toBe('collected')
      break
    }
    expect(world.broadcast.subscribers).toBe(0)
    await world.settle()
    const { latest } = world.store
    if (latest === undefined) throw new Error('there is no certificate')
    await world.store.putCertificate({ ...latest, isClaimable: true })
    for await (const { stage } of follow(world, 0)) expect(stage).toBe('claimable')
    expect(world.broadcast.subscribers).toBe(0)
  })

  it('leads into another certificate when the first one fails', async () => {
    const node = new FakeSettlementNode()
    node.errors.push(certificateStatusError('SettlementError', 'reverted', { kind: 'rebuild' }))
    const world = await start(node)
    await world.block(0n, 5n)
    const way = follow(world, 0)
    const stages = [(await way.next()).value?.stage]
    await world.settle()
    const ids = new Set<string>()
    for (let i = 0; i < 3; i++) {
      const { value } = await way.next()
      stages.push(value?.stage)
      ids.add(value?.certificateId?.join() ?? '')
    }
    expect(stages).toEqual(['collected', 'inCertificate', 'inCertificate', 'settled'])
    expect(ids.size).toBe(2)
  })

  it('goes on from its present stage for who reads too slowly, and ends when it is claimable', async () => {
    const world = await start()
    await world.block(0n, 5n)
    const way = follow(world, 0)
    expect((await way.next()).value?.stage).toBe('collected')
    await world.settle()
    const other = world.events[0]
    if (other?.type !== 'exit') throw new Error('no exit was collected')
    for (let i = 0; i < 5000; i++) world.broadcast.send({ ...other, leafIndex: 9 })
    const { latest } = world.store
    if (latest === undefined) throw new Error('there is no certificate')
    await world.store.putCertificate({ ...latest, isClaimable: true })
    const stages: string[] = []
    for await (const { stage } of way) stages.push(stage)
    expect(stages).toEqual(['inCertificate', 'settled', 'claimable'])
  })
})
