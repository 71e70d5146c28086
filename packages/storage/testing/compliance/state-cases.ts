import {
  check,
  checkBlock,
  checkRejects,
  checkSame,
  checkState,
  type ComplianceCase,
} from './case.js'
import { storeCase, type StoreFactory } from './suite.js'

/** Requirements on the replica states of a store. */
export function stateCases(factory: StoreFactory): ComplianceCase[] {
  return [...saveCases(factory), ...epochCases(factory), ...payloadCases(factory)]
}

function saveCases(factory: StoreFactory): ComplianceCase[] {
  return [
    storeCase(factory, 'a state that was never saved › is undefined', async ({ chain, store }) => {
      const { genesis, validator } = chain.key()
      checkState(await store.load(chain.key()), undefined, 'state')
      checkSame(await store.highestEpoch(genesis, validator), undefined, 'highest epoch')
    }),
    storeCase(
      factory,
      'the newest saved state › comes back equal in all bytes, proposals included',
      async ({ chain, store }) => {
        const proposals = [chain.proposal(3n, 1), chain.proposal(2n), chain.proposal(3n, 0, 0)]
        for (let view = 0n; view < 8n; view++) {
          const state = chain.state(view, { proposals: view % 2n === 0n ? proposals : [] })
          await store.save(chain.key(), state)
          checkState(await store.load(chain.key()), state, `state of view ${view}`)
        }
      },
    ),
    storeCase(
      factory,
      'saves that are not waited for › leave the last',
      async ({ chain, store }) => {
        const views = [1n, 2n, 3n, 4n, 5n]
        await Promise.all(views.map((view) => store.save(chain.key(), chain.state(view))))
        checkState(await store.load(chain.key()), chain.state(5n), 'state')
      },
    ),
    storeCase(
      factory,
      'rule 23 › states of different validators and epochs are kept apart',
      async ({ chain, store }) => {
        const keys = [chain.key(0), chain.key(1), chain.key(0, 1n)]
        const state = (i: number) => chain.state(BigInt(i + 1), { epoch: keys[i]?.epoch ?? 0n })
        for (const [i, key] of keys.entries()) await store.save(key, state(i))
        for (const [i, key] of keys.entries()) {
          checkState(await store.load(key), state(i), `state ${i}`)
        }
        checkState(await store.load(chain.key(2)), undefined, 'state of another validator')
        checkState(await store.load(chain.key(1, 1n)), undefined, 'state of another epoch')
      },
    ),
    storeCase(
      factory,
      'a state under a key of another epoch or chain › is refused as a RangeError',
      async ({ chain, store }) => {
        const wrong = store.save(chain.key(0, 1n), chain.state(1n))
        await checkRejects(wrong, 'RangeError', 'another epoch')
        const key = { ...chain.key(), genesis: chain.proposal(1n).hash }
        await checkRejects(store.save(key, chain.state(1n)), 'RangeError', 'another chain')
      },
    ),
  ]
}

function epochCases(factory: StoreFactory): ComplianceCase[] {
  return [
    storeCase(
      factory,
      'rule 23 › the highest epoch follows the saves › and the epoch before may still be saved, an older one not',
      async ({ chain, store }) => {
        const save = (epoch: bigint) =>
          store.save(
            chain.key(0, epoch),
            chain.state(1n, { epoch, proposals: [chain.proposal(9n)] }),
          )
        const { genesis, validator } = chain.key()
        for (const epoch of [0n, 1n, 2n, 1n]) await save(epoch)
        checkSame(await store.highestEpoch(genesis, validator), 2n, 'highest epoch')
        await checkRejects(save(0n), 'STORE_EPOCH', 'epoch 0 after epoch 2')
        checkState(await store.load(chain.key(0, 0n)), undefined, 'the state of epoch 0')
        for (const epoch of [1n, 2n]) {
          check((await store.load(chain.key(0, epoch))) !== undefined, `epoch ${epoch} is missing`)
        }
        checkSame(
          await store.highestEpoch(genesis, chain.key(1).validator),
          undefined,
          'highest epoch of another validator',
        )
      },
    ),
  ]
}

function payloadCases(factory: StoreFactory): ComplianceCase[] {
  return [
    storeCase(
      factory,
      'a payload that is proposed, then finalized › stays when the state drops it',
      async ({ chain, store }) => {
        const state = (view: bigint, ...heights: bigint[]) =>
          chain.state(view, { proposals: heights.map((n) => chain.proposal(n)) })
        await store.save(chain.key(), state(1n, 0n))
        await store.append(chain.block(0n))
        await store.save(chain.key(), state(2n, 0n, 1n))
        await store.save(chain.key(), state(3n, 1n))
        await store.save(chain.key(), state(4n))
        checkBlock(await store.get(0n), chain.block(0n), 'block 0')
        await store.save(chain.key(), state(5n, 0n, 1n))
        checkState(await store.load(chain.key()), state(5n, 0n, 1n), 'state')
        await store.append(chain.block(1n))
        checkBlock(await store.get(1n), chain.block(1n), 'block 1')
      },
    ),
    storeCase(
      factory,
      'a payload to which a state refers › survives the pruning of its block',
      async ({ chain, store }) => {
        if (!store.prune) return
        const state = chain.state(1n, { proposals: [chain.proposal(0n)] })
        for (const n of [0n, 1n, 2n]) await store.append(chain.block(n))
        await store.save(chain.key(), state)
        await store.prune(2n)
        checkState(await store.load(chain.key()), state, 'state')
        await store.save(chain.key(), chain.state(2n))
        await store.save(chain.key(), state)
        checkState(await store.load(chain.key()), state, 'state with the payload again')
      },
    ),
    storeCase(
      factory,
      'a payload to which two states refer › stays until both drop it',
      async ({ chain, store }) => {
        const state = chain.state(1n, { proposals: [chain.proposal(0n), chain.proposal(0n, 1)] })
        for (const validator of [0, 1]) await store.save(chain.key(validator), state)
        await store.save(chain.key(0), chain.state(2n))
        checkState(await store.load(chain.key(1)), state, 'the other state')
      },
    ),
  ]
}
