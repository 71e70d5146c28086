import { afterEach, expect, test } from 'vitest'
import { ManualClock } from '@zkstack/concurrency'
import { blsMinSig, loadCryptoBackends } from '@zkstack/crypto'
import type { SignatureScheme } from '@zkstack/crypto'
import type { Signed } from '@zkstack/roles'
import { countingScheme, createCommittee, RunnerRig } from '@zkstack/bft/testing'
import { standInScheme } from '@zkstack/crypto/testing'

/** Runners of a whole committee that hand each other their messages, each counting its own signature checks. */
class Cluster {
  readonly clock = new ManualClock()
  readonly counters: ReturnType<typeof countingScheme>[] = []
  readonly rigs: RunnerRig[]
  readonly #deliveries: (Promise<void> | undefined)[] = []

  /** Block 0 follows the view change of view 0; what is counted are the `blocks` blocks after it. */
  constructor(validators: number, scheme: SignatureScheme, blocks: bigint) {
    this.rigs = Array.from({ length: validators }, (_, index) => {
      const counter = countingScheme(scheme)
      this.counters.push(counter)
      return new RunnerRig({
        committee: createCommittee({ validators, scheme: counter.scheme }),
        index,
        clock: this.clock,
        send: (message) => this.#send(index, message),
        onEvent: (event) => {
          if (event.type === 'viewEntered' && event.view === 2n) counter.reset()
        },
        execution: {
          propose: async ({ number }) =>
            number <= blocks ? new TextEncoder().encode(`block ${number}`) : null,
          verify: async () => ({ ok: true }),
        },
      })
    })
  }

  #send(from: number, message: Signed): void {
    for (const [to, rig] of this.rigs.entries()) {
      if (to !== from) this.#deliveries.push(rig.runner.deliver(message, message.key))
    }
  }

  async start(): Promise<void> {
    await Promise.all(this.rigs.map((rig) => rig.start()))
    for (let turn = 0; turn < 40; turn += 1) await this.clock.run(0)
  }
}

let cluster: Cluster | undefined

afterEach(async () => {
  for (const rig of cluster?.rigs ?? []) await rig.stop()
})

async function expectTwoChecks(scheme: SignatureScheme, blocks: bigint): Promise<void> {
  cluster = new Cluster(6, scheme, blocks)
  await cluster.start()
  const { rigs, counters } = cluster
  expect(rigs.map((rig) => rig.store.range().next)).toEqual(rigs.map(() => blocks + 1n))
  for (const [index, counter] of counters.entries()) {
    // A proposal's signature and one aggregate of votes a block; nobody checks his own proposal.
    const views = Array.from({ length: Number(blocks) }, (_, i) => BigInt(i + 2))
    const led = views.filter((view) => rigs[0]!.committee.leader(view) === index).length
    expect(counter.checks).toBe(2 * Number(blocks) - led)
  }
}

test('six replicas, blocks one after the other › exactly two signature checks a replica and block, one for its leader', async () => {
  await expectTwoChecks(standInScheme, 20n)
})

test('six replicas on BLS › exactly two pairing checks a replica and block, one for its leader', async () => {
  await loadCryptoBackends()
  await expectTwoChecks(blsMinSig.current, 2n)
})
