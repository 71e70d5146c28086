import { Ctx, ManualClock, seededRandom, Watch } from '@zkstack/concurrency'
import { hashMsg, type ConsensusMsg, type EpochScope, type Signed } from '@zkstack/roles'
import { testCommittee } from '@zkstack/roles/testing'
import { BlockQueue, memoryStore } from '@zkstack/storage'
import { expect, it } from 'vitest'
import type { KnownEpoch } from '../../src/epochs/epoch-book.js'
import { ReplicaRotation } from '../../src/epochs/replica-rotation.js'

const committee = testCommittee(4, { seed: 'rotation' })

function epochOf(epoch: bigint, firstBlock: bigint): KnownEpoch {
  const scope: EpochScope = {
    genesis: committee.genesis.hash,
    epoch,
    firstBlock,
    schedule: committee.schedule,
  }
  return { scope, lastBlock: new Watch<bigint | undefined>(undefined) }
}

/** A message of another validator, made in view 0 of an epoch. */
function timeoutOf({ scope }: KnownEpoch): Signed {
  const author = committee.key(1)
  const msg: ConsensusMsg = {
    type: 'replicaTimeout',
    value: {
      view: { genesis: scope.genesis, epoch: scope.epoch, number: 0n },
      highVote: undefined,
      highQc: undefined,
    },
  }
  return { msg, key: author.publicKey, sig: author.sign(hashMsg(msg)) }
}

const settle = async (): Promise<void> => {
  for (let i = 0; i < 20; i += 1) await new Promise((resolve) => setImmediate(resolve))
}

it('messages for an epoch that ends before its replica runs › are not waited for', async () => {
  const clock = new ManualClock()
  const store = memoryStore()
  await store.open(committee.genesis, { onGenesisChange: 'refuse' })
  // A disk that answers when it likes.
  let answer = (): void => undefined
  const read = new Promise<void>((resolve) => {
    answer = resolve
  })
  const slow = Object.assign(Object.create(store) as typeof store, {
    highestEpoch: async (...key: Parameters<typeof store.highestEpoch>) => {
      await read
      return store.highestEpoch(...key)
    },
  })
  const [first, second] = [epochOf(0n, 0n), epochOf(1n, 1n)]
  const epochs = {
    changed: new Watch(0),
    current: first as KnownEpoch | undefined,
    pending: second as KnownEpoch | undefined,
  }
  const rotation = new ReplicaRotation({
    epochs,
    parts: {
      signer: {
        publicKey: committee.key(0).publicKey,
        sign: (hash) => Promise.resolve(committee.key(0).sign(hash)),
      },
      store: slow,
      blocks: new BlockQueue(store, { capacity: 8 }),
      applied: new Watch(0n),
      execution: {
        propose: () => Promise.resolve(null),
        verify: () => Promise.resolve({ ok: true }),
      },
      clock,
      maxPayloadBytes: 1_000,
      viewTimeoutMs: 1_000,
      send: () => undefined,
      onEvent: () => undefined,
    },
  })
  const ctx = Ctx.root({ clock, random: seededRandom('rotation') })
  const ended = rotation.run(ctx).catch(() => undefined)
  await settle()

  let isHandled = false
  const handled = rotation.deliver(timeoutOf(first), committee.key(1).publicKey)
  Promise.resolve(handled).then(
    () => {
      isHandled = true
    },
    () => undefined,
  )
  first.lastBlock.set(0n)
  epochs.current = second
  epochs.pending = undefined
  epochs.changed.update((n) => n + 1)
  answer()
  await settle()

  expect(isHandled).toBe(true)
  ctx.cancel()
  await ended
})
