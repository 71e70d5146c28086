import { Ctx, ManualClock, seededRandom, Watch } from '@zkstack/concurrency'
import { hashPayload, type Block } from '@zkstack/roles'
import { testCommittee } from '@zkstack/roles/testing'
import { BlockQueue, memoryStore } from '@zkstack/storage'
import { describe, expect, it } from 'vitest'
import { networkLimits } from '../../src/limits.js'
import { FallbackFeed } from '../../src/sync/fallback-feed.js'
import type { SyncSource } from '../../src/sync/sync-source.js'

const committee = testCommittee(4, { seed: 'fallback' })
const right = committee.block(5n)
const early: Block = {
  kind: 'preGenesis',
  number: 5n,
  payload: Uint8Array.of(1),
  justification: Uint8Array.of(2),
}

/** What sync gets when it asks a fallback source for block 5 that answers so. */
async function fetched(answer: unknown): Promise<readonly Block[] | string> {
  const sources = new Watch<SyncSource | undefined>(undefined)
  const limits = networkLimits({ genesis: committee.genesis })
  const feed = new FallbackFeed({
    source: { head: () => Promise.resolve(5n), fetch: () => Promise.resolve(answer as Block) },
    init: { blocks: new BlockQueue(memoryStore(), { capacity: 8 }), limits },
    sync: {
      connected: (source) => {
        sources.set(source)
      },
      announced: () => undefined,
      gone: () => undefined,
    },
    warn: () => undefined,
  })
  const ctx = Ctx.root({ clock: new ManualClock(), random: seededRandom('fallback') })
  const ended = feed.run(ctx).catch(() => undefined)
  const source = await sources.waitFor((known) => known !== undefined)
  try {
    return (await source?.fetch(ctx, 5n, 1))?.blocks ?? []
  } catch {
    return feed.status.failure ?? ''
  } finally {
    ctx.cancel()
    await ended
  }
}

describe('a fallback source', () => {
  it('blocks › are taken over', async () => {
    expect(await fetched(right)).toEqual([right])
    expect(await fetched(early)).toEqual([early])
  })

  it('a block that contradicts its certificate › is what the certificate says', async () => {
    const payloadHash = hashPayload(Uint8Array.of(9))
    expect(await fetched({ ...right, payloadHash, epoch: 7n, view: 9n })).toEqual([right])
  })

  it.each([
    ['with the certificate of another height', { ...committee.block(6n), number: 5n }],
    ['without a payload', { ...right, payload: undefined }],
    ['with a text as payload', { ...right, payload: 'abc' }],
    ['without a certificate', { ...right, justification: undefined }],
    [
      'with half a certificate',
      { ...right, justification: { message: right.justification.message } },
    ],
    ['with a text as justification', { ...early, justification: 'abc' }],
    ['with a number as its number', { ...early, number: 5 }],
    ['of no kind', { ...right, kind: undefined }],
  ])('a block %s › is a failure of the source, and none of the node', async (_, block) => {
    expect(await fetched(block)).toContain('fetch of block 5 failed')
  })
})
