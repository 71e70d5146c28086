import { loadCryptoBackends } from '@zkstack/crypto'
import { standInScheme } from '@zkstack/crypto/testing'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  byzantineActors,
  countingScheme,
  createCommittee,
  createTimedNetwork,
  silent,
  trialPayloads,
} from '@zkstack/bft/testing'
import type { ActorKind } from '@zkstack/bft/testing'

beforeAll(async () => {
  await loadCryptoBackends()
})

/** Signature checks a correct replica and view, in a stable network of six that one member disturbs; the member's own included. */
function checksPerView(kind: ActorKind): number {
  const counter = countingScheme(standInScheme)
  const committee = createCommittee({ validators: 6, scheme: counter.scheme })
  const network = createTimedNetwork({
    ...{ committee, seed: 1, viewTimeoutMs: 500, syncMs: 100, payloads: trialPayloads },
    links: () => 25,
    actors: new Map([[5, kind]]),
  })
  const view = (): number => Number(network.replicas.get(0)?.state.view ?? 0n)
  network.run(1000)
  counter.reset()
  const before = view()
  network.run(5000)
  expect(view() - before).toBeGreaterThan(20)
  return counter.checks / (view() - before) / network.replicas.size
}

describe('what a faulty member costs the others', () => {
  test.each(byzantineActors.map((kind) => [kind.name, kind] as const))(
    '%s › at most four signature checks a replica and view, where two are the least',
    (_, kind) => {
      expect(checksPerView(kind)).toBeLessThan(4)
    },
  )

  test('a member that is silent › costs nothing', () => {
    expect(checksPerView(silent)).toBeLessThan(2)
  })
})
