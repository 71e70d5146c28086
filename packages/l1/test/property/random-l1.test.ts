import { seededRandom } from '@zkstack/concurrency'
import { JobWorld, type SimulatedFault, type SimulatedMethod } from '@zkstack/l1/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { foreignTransaction } from '../helpers/foreign-transaction.js'

const seed = Number(process.env['SEED'] ?? '1')
const runs = Number(process.env['RUNS'] ?? '60')

/** One thing that L1, its nodes or the process do in some block. */
type Trouble =
  | { readonly type: 'reorg'; readonly depth: number; readonly transactions: 'return' | 'lost' }
  | { readonly type: 'forget' }
  | { readonly type: 'baseFee'; readonly fee: bigint; readonly quoted: bigint }
  | { readonly type: 'foreign' }
  | { readonly type: 'fault'; readonly fault: SimulatedFault; readonly method: SimulatedMethod }
  | { readonly type: 'death'; readonly after: number }

const methods: readonly SimulatedMethod[] = [
  'block',
  'receipt',
  'transactionBySenderAndNonce',
  'transactionCount',
  'fees',
  'sendRawTransaction',
]

/** Blocks in which something may happen; after them L1 is calm. */
const TROUBLED_BLOCKS = 20

const trouble: fc.Arbitrary<Trouble> = fc.oneof(
  fc.record({
    type: fc.constant('reorg' as const),
    depth: fc.integer({ min: 1, max: 2 }),
    transactions: fc.constantFrom('return' as const, 'lost' as const),
  }),
  fc.record({ type: fc.constant('forget' as const) }),
  fc.record({
    type: fc.constant('baseFee' as const),
    fee: fc.bigInt({ min: 1n, max: 1_200n }),
    quoted: fc.bigInt({ min: 1n, max: 600n }),
  }),
  fc.record({ type: fc.constant('foreign' as const) }),
  fc.record({
    type: fc.constant('fault' as const),
    fault: fc.constantFrom<SimulatedFault[]>('lost', 'answerLost', 'stale', 'missing'),
    method: fc.constantFrom(...methods),
  }),
  fc.record({ type: fc.constant('death' as const), after: fc.integer({ min: 0, max: 12 }) }),
)

/** A troublesome life of L1: what happens in which block. */
const history = fc.array(
  fc.record({ block: fc.integer({ min: 1, max: TROUBLED_BLOCKS }), trouble }),
  { maxLength: 25 },
)

interface TroubleInBlock {
  readonly block: number
  readonly trouble: Trouble
}

/** Faults of a method last for so many questions. */
const FAULTY_QUESTIONS = 3

class Troubles {
  readonly #faults = new Map<SimulatedMethod, { readonly fault: SimulatedFault; left: number }>()
  readonly #history: readonly TroubleInBlock[]

  constructor(events: readonly TroubleInBlock[]) {
    this.#history = events
  }

  fault(method: SimulatedMethod): SimulatedFault | undefined {
    const active = this.#faults.get(method)
    if (active === undefined || active.left === 0) return undefined
    active.left -= 1
    return active.fault
  }

  onBlock(world: JobWorld, number: bigint): void {
    for (const { block, trouble: event } of this.#history) {
      if (BigInt(block) === number) this.#happen(world, event)
    }
    if (number !== BigInt(TROUBLED_BLOCKS) + 1n) return
    this.#faults.clear()
    world.l1.baseFeePerGas = 10n
    world.l1.quotedBaseFeePerGas = 10n
  }

  #happen(world: JobWorld, event: Trouble): void {
    const { l1 } = world
    switch (event.type) {
      case 'reorg':
        l1.reorg(event.depth, event.transactions)
        return
      case 'forget':
        l1.dropMempool()
        return
      case 'baseFee':
        l1.baseFeePerGas = event.fee
        l1.quotedBaseFeePerGas = event.quoted
        return
      case 'foreign':
        l1.mineForeign(foreignTransaction(l1, world.signer.address))
        return
      case 'fault':
        this.#faults.set(event.method, { fault: event.fault, left: FAULTY_QUESTIONS })
        return
      case 'death':
        world.dieAfter(event.after)
    }
  }
}

for (const nonceLookup of [true, false]) {
  test(`any behaviour of L1, nonce lookup ${nonceLookup} › each job succeeds once, no nonce is left open (SEED=${seed})`, async () => {
    await fc.assert(
      fc.asyncProperty(history, async (events) => {
        const troubles = new Troubles(events)
        const world = new JobWorld({
          jobs: 3,
          seed: String(seed),
          client: { nonceLookup, fault: (method) => troubles.fault(method) },
          onBlock: (w, number) => {
            troubles.onBlock(w, number)
          },
        })
        await world.complete({ lives: [1_000_000] })
        expect(world.violations).toEqual([])
      }),
      { seed, numRuns: runs },
    )
  })
}

test('two managers with one wallet and one store › nonces belong to two jobs (control)', async () => {
  const random = seededRandom(seed)
  const found: string[] = []
  for (let run = 0; run < 5 && found.length === 0; run++) {
    const world = new JobWorld({ jobs: 4, seed: String(random.uint32()), managers: 2 })
    await world.complete()
    found.push(...world.violations)
  }
  expect(found.some((violation) => violation.endsWith('belongs to two jobs'))).toBe(true)
})
