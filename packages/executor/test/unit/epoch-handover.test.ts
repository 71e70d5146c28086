import { Ctx, ManualClock, seededRandom, Watch } from '@zkstack/concurrency'
import { hashEpoch, verifyEpochRecord, type EpochScope, type EpochVote } from '@zkstack/roles'
import { testCommittee } from '@zkstack/roles/testing'
import { memoryStore } from '@zkstack/storage'
import { describe, expect, it } from 'vitest'
import type { KnownEpoch } from '../../src/epochs/epoch-book.js'
import { EpochHandover } from '../../src/epochs/epoch-handover.js'

const old = testCommittee(6, { seed: 'old' })
const next = testCommittee(6, { seed: 'next' })
const after: EpochScope = {
  genesis: old.genesis.hash,
  epoch: 1n,
  firstBlock: 30n,
  schedule: next.schedule,
}

const known = (scope: EpochScope): KnownEpoch => ({
  scope,
  lastBlock: new Watch<bigint | undefined>(undefined),
})

function voteOf(index: number, scope = after, by = old): EpochVote {
  const key = by.key(index)
  return { epoch: scope.epoch, key: key.publicKey, sig: key.sign(hashEpoch(scope)) }
}

const settle = async (): Promise<void> => {
  for (let i = 0; i < 20; i += 1) await new Promise((resolve) => setImmediate(resolve))
}

/** A node of the old committee, or of none, that knows the next one; its store has the record of that. */
async function setup(o: { readonly sign?: () => Promise<Uint8Array> } = {}) {
  const store = memoryStore().epochs
  const record = { ...after, proofsOfPossession: [], certificate: undefined }
  await store.save(record)
  const announced: EpochVote[] = []
  const warnings: string[] = []
  const epochs = [known(old.scope), known(after)]
  const handover = new EpochHandover({
    epochs: {
      of: (epoch) => epochs.find(({ scope }) => scope.epoch === epoch),
      current: epochs[0],
      pending: epochs[1],
      changed: new Watch(0),
    },
    store,
    signer: o.sign && { publicKey: old.key(0).publicKey, sign: o.sign },
    yieldTurn: () => Promise.resolve(),
    announce: (vote) => announced.push(vote),
    warn: ({ code }) => warnings.push(code),
  })
  const clock = new ManualClock()
  const ctx = Ctx.root({ clock, random: seededRandom('handover') })
  const ended = handover.run(ctx).catch((e: unknown) => e)
  await settle()
  const certificate = async () => {
    await settle()
    return (await store.get(1n))?.certificate
  }
  const end = async (): Promise<void> => {
    ctx.cancel()
    await ended
  }
  return { handover, announced, warnings, certificate, store, clock, end }
}

describe('the hand-over of a committee', () => {
  it('a quorum of votes › makes a certificate that verifies; less does not', async () => {
    const t = await setup()
    for (const index of [0, 1, 2, 3]) t.handover.onVote(voteOf(index))
    expect(await t.certificate()).toBeUndefined()
    t.handover.onVote(voteOf(4))
    expect(await t.certificate()).toBeDefined()
    const record = await t.store.get(1n)
    expect(record && verifyEpochRecord(record, old.scope).ok).toBe(true)
    await t.end()
  })

  it('a member › votes once, and its vote counts', async () => {
    const t = await setup({ sign: () => Promise.resolve(voteOf(0).sig) })
    expect(t.announced).toEqual([voteOf(0)])
    for (const index of [1, 2, 3, 4]) t.handover.onVote(voteOf(index))
    expect(await t.certificate()).toBeDefined()
    expect(t.announced).toHaveLength(1)
    await t.end()
  })

  it('a signer that fails › is a warning, and the votes of others still count', async () => {
    const t = await setup({ sign: () => Promise.reject(new Error('locked')) })
    expect(t.warnings).toEqual(['EPOCH_VOTE_FAILED'])
    for (const index of [1, 2, 3, 4, 5]) t.handover.onVote(voteOf(index))
    expect(await t.certificate()).toBeDefined()
    await t.end()
  })

  it('a signer that fails once › is asked again, and the vote is told', async () => {
    const answers = [Promise.reject(new Error('locked')), Promise.resolve(voteOf(0).sig)]
    answers[0]?.catch(() => undefined)
    const t = await setup({
      sign: () => answers.shift() ?? Promise.reject(new Error('asked again')),
    })
    expect(t.announced).toEqual([])
    t.clock.advance(60_000)
    await settle()
    expect(t.announced).toEqual([voteOf(0)])
    t.clock.advance(60_000)
    await settle()
    expect(t.warnings).toEqual(['EPOCH_VOTE_FAILED'])
    await t.end()
  })

  it.each([
    ['too short', () => new Uint8Array(5)],
    ['for another committee', () => voteOf(0, { ...after, firstBlock: 31n }).sig],
  ])('a signature that is %s › is a warning, and no peer gets it', async (_, wrong) => {
    const t = await setup({ sign: () => Promise.resolve(wrong()) })
    expect(t.announced).toEqual([])
    expect(t.warnings).toEqual(['EPOCH_VOTE_FAILED'])
    await t.end()
  })

  it('votes for another committee or first block, of strangers, and twice the same › do not count', async () => {
    const t = await setup()
    for (const index of [0, 1, 2, 3]) t.handover.onVote(voteOf(index))
    t.handover.onVote(voteOf(0))
    t.handover.onVote(voteOf(4, { ...after, firstBlock: 31n }))
    t.handover.onVote(voteOf(5, { ...after, schedule: old.schedule }))
    t.handover.onVote(voteOf(0, after, testCommittee(6, { seed: 'strangers' })))
    t.handover.onVote(voteOf(1, after, next))
    expect(await t.certificate()).toBeUndefined()
    // A bad vote keeps no place: the good one of the same validator still counts.
    t.handover.onVote(voteOf(4))
    expect(await t.certificate()).toBeDefined()
    await t.end()
  })
})
