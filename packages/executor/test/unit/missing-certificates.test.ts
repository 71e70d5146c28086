import { Ctx, ManualClock, seededRandom, Watch } from '@zkstack/concurrency'
import {
  certifyEpoch,
  decodeEpochCertificate,
  hashEpoch,
  type EpochCertificate,
  type EpochRecord,
  type EpochScope,
} from '@zkstack/roles'
import { testCommittee } from '@zkstack/roles/testing'
import { memoryStore } from '@zkstack/storage'
import { describe, expect, it } from 'vitest'
import type { KnownEpoch } from '../../src/epochs/epoch-book.js'
import { MissingCertificates } from '../../src/epochs/missing-certificates.js'

const old = testCommittee(6, { seed: 'old' })
const next = testCommittee(6, { seed: 'next' })
const genesis = old.genesis
const after: EpochScope = {
  genesis: genesis.hash,
  epoch: 1n,
  firstBlock: 30n,
  schedule: next.schedule,
}
const first: EpochRecord = {
  ...old.scope,
  epoch: 0n,
  proofsOfPossession: [],
  certificate: undefined,
}
const second: EpochRecord = { ...after, proofsOfPossession: [], certificate: undefined }

/** A certificate of `after`, signed by a quorum of a committee. */
function certificateBy(committee = old): EpochCertificate {
  const votes = [0, 1, 2, 3, 4].map((index) => {
    const key = committee.key(index)
    return { epoch: 1n, key: key.publicKey, sig: key.sign(hashEpoch(after)) }
  })
  const certified = certifyEpoch(second, votes, { ...committee.scope, genesis: genesis.hash })
  if (certified?.certificate === undefined) throw new TypeError('no quorum')
  return certified.certificate
}

async function setup(records: readonly EpochRecord[]) {
  const store = memoryStore().epochs
  for (const record of records) await store.save(record)
  const wanted: bigint[] = []
  const changed = new Watch(0)
  const epochs: { current: KnownEpoch | undefined; changed: Watch<number> } = {
    current: undefined,
    changed,
  }
  const missing = new MissingCertificates({
    genesis,
    epochs,
    store,
    want: (epoch) => wanted.push(epoch),
    yieldTurn: () => Promise.resolve(),
  })
  const begin = async (scope: EpochScope): Promise<void> => {
    epochs.current = { scope, lastBlock: new Watch<bigint | undefined>(undefined) }
    changed.update((n) => n + 1)
    for (let i = 0; i < 20; i += 1) await new Promise((resolve) => setImmediate(resolve))
  }
  return { store, missing, wanted, begin }
}

describe('missing certificates', () => {
  it('a right one › is kept, and given to others', async () => {
    const { store, missing } = await setup([first, second])
    expect(await missing.get(1n)).toBeUndefined()
    expect(await missing.take(1n, certificateBy())).toBe(true)
    expect((await store.get(1n))?.certificate).toEqual(certificateBy())
    const bytes = await missing.get(1n)
    expect(bytes && decodeEpochCertificate(bytes)).toEqual(certificateBy())
  })

  it('one that another committee has signed › is refused', async () => {
    const { store, missing } = await setup([first, second])
    const forged = { ...certificateBy(), signature: new Uint8Array(5 * 64) }
    expect(await missing.take(1n, forged)).toBe(false)
    const strangers = testCommittee(6, { seed: 'strangers' })
    expect(await missing.take(1n, certificateBy(strangers))).toBe(false)
    expect((await store.get(1n))?.certificate).toBeUndefined()
  })

  it('one that nothing here can verify, or that is here › is nobody’s fault', async () => {
    const lone = await setup([second])
    expect(await lone.missing.take(1n, certificateBy())).toBe(true)
    expect((await lone.store.get(1n))?.certificate).toBeUndefined()
    const rich = await setup([first, { ...second, certificate: certificateBy() }])
    const forged = { ...certificateBy(), signature: new Uint8Array(5 * 64) }
    expect(await rich.missing.take(1n, forged)).toBe(true)
    expect((await rich.store.get(1n))?.certificate).toEqual(certificateBy())
  })

  it('what has begun without one › is wanted once; the first epoch, and what has one, is not', async () => {
    const third = { ...second, epoch: 2n, firstBlock: 60n }
    const { missing, wanted, begin } = await setup([
      first,
      { ...second, certificate: certificateBy() },
      third,
    ])
    const ctx = Ctx.root({ clock: new ManualClock(), random: seededRandom('missing') })
    const ended = missing.run(ctx).catch((e: unknown) => e)
    await begin(after)
    expect(wanted).toEqual([])
    await begin({ ...after, epoch: 2n, firstBlock: 60n })
    await begin({ ...after, epoch: 2n, firstBlock: 60n })
    expect(wanted).toEqual([2n])
    ctx.cancel()
    await ended
  })
})
