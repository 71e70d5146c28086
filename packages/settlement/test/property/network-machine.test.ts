import { seededRandom, type SeededRandom } from '@zkstack/concurrency'
import { hash32, toHex, type Hash32 } from '@zkstack/crypto'
import { jobId } from '@zkstack/l1'
import { describe, expect, test } from 'vitest'
import {
  certificateStatusError,
  defaultRetryPolicy,
  initialNetworkState,
  step,
  type NetworkEffect,
  type NetworkInput,
  type NetworkMachineState,
  type StoredCertificate,
} from '../../src/index.js'

const seed = process.env['SEED'] ?? String(Date.now())

const pick = <T>(random: SeededRandom, items: readonly T[]): T =>
  items[random.uint32() % items.length] as T
const digest = (random: SeededRandom): Hash32 => hash32(random.bytes(32))

/** What the store, the prover and L1 are like, as far as the machine can tell. */
class Surroundings {
  readonly #random: SeededRandom
  stored: StoredCertificate | undefined
  readonly jobs = new Map<string, number>()
  settled = 0

  constructor(random: SeededRandom) {
    this.#random = random
  }

  /** The answer to a question; sometimes it is that it could not be carried out. */
  answer(effect: NetworkEffect): NetworkInput {
    const random = this.#random
    const isWrite = effect.type.startsWith('store') || effect.type === 'load'
    if (!isWrite && effect.type !== 'finalise' && pick(random, [0, 1, 2, 3]) === 0)
      return this.#failure()
    switch (effect.type) {
      case 'load':
        return { type: 'loaded', certificate: this.stored }
      case 'reconcile':
        return { type: 'reconciled', observation: this.#observation() }
      case 'certify':
        return { type: 'certified', newPessimisticRoot: digest(random) }
      case 'storeProof':
        this.#change({ status: 'proven', newPessimisticRoot: digest(random) })
        return { type: 'proofStored' }
      case 'submitJob':
        return this.#submit(effect.certificateId)
      case 'storeCandidate':
        this.#change({ status: 'candidate' })
        return { type: 'candidateStored' }
      case 'waitForJob': {
        const outcome = pick(random, ['success', 'success', 'reverted'] as const)
        return { type: 'jobEnded', outcome, txHash: digest(random) }
      }
      case 'apply':
        return {
          type: 'applied',
          newPessimisticRoot: this.stored?.newPessimisticRoot ?? digest(random),
        }
      case 'finalise':
        this.stored = undefined
        this.settled++
        return { type: 'finalised', epoch: 0n, newPessimisticRoot: digest(random) }
      case 'storeError':
        this.#change({ status: 'inError' })
        return { type: 'errorStored' }
      case 'resetToPending':
        this.#change({ status: 'pending', newPessimisticRoot: undefined })
        return { type: 'resetStored' }
      default:
        throw new RangeError(`no question: ${effect.type}`)
    }
  }

  /** A client submits, if it may. */
  submit(): boolean {
    if (this.stored !== undefined && this.stored.status !== 'inError') return false
    this.stored = {
      certificateId: digest(this.#random),
      status: 'pending',
      jobId: undefined,
      newPessimisticRoot: undefined,
    }
    return true
  }

  #submit(certificateId: Hash32): NetworkInput {
    const id = jobId(this.#random.bytes(16))
    const key = toHex(certificateId)
    this.jobs.set(key, (this.jobs.get(key) ?? 0) + 1)
    this.#change({ status: 'candidate', jobId: id })
    return { type: 'jobStored', jobId: id }
  }

  #observation() {
    const root = this.stored?.newPessimisticRoot
    const pessimisticRoot = pick(this.#random, [root ?? digest(this.#random), digest(this.#random)])
    return { pessimisticRoot, txHash: pick(this.#random, [undefined, digest(this.#random)]) }
  }

  #change(o: Partial<StoredCertificate>): void {
    if (this.stored !== undefined) this.stored = { ...this.stored, ...o }
  }

  #failure(): NetworkInput {
    const kind = pick(this.#random, ['retry', 'retry', 'rebuild', 'fatal'] as const)
    return { type: 'failed', error: certificateStatusError('InternalError', 'at random', { kind }) }
  }
}

function fresh(nextHeight: bigint): NetworkMachineState {
  const options = { certificatesPerEpoch: 'unlimited', retry: defaultRetryPolicy } as const
  const settledRoot = nextHeight === 0n ? undefined : hash32(new Uint8Array(32).fill(1))
  return initialNetworkState(
    { networkId: 1, nextHeight, settledRoot, isDisabled: false, epoch: 0n, settledIn: undefined },
    options,
  )
}

const silent = new Set(['startTimer', 'backup', 'report'])

function run(random: SeededRandom): Surroundings {
  const around = new Surroundings(random)
  let state = fresh(0n)
  let question: NetworkEffect | undefined
  const tell = (input: NetworkInput): void => {
    const next = step(state, input)
    const asked = next.effects.filter(({ type }) => !silent.has(type))
    expect(asked.length).toBeLessThanOrEqual(1)
    expect(next.state.nextHeight).toBeGreaterThanOrEqual(state.nextHeight)
    if (asked.length === 1) expect(question).toBeUndefined()
    question = asked[0] ?? question
    state = next.state
    const begins = question?.type === 'certify' || question?.type === 'submitJob'
    if (asked.length === 1 && begins) expect(state.isDisabled).toBe(false)
    expect(question === undefined).toBe(state.activity === 'idle' || state.isWaiting)
  }
  tell({ type: 'started' })
  for (let i = 0; i < 300; i++) {
    const event = random.uint32() % 16
    if (event === 0) {
      // The process dies; what is stored stays.
      question = undefined
      state = fresh(BigInt(around.settled))
      tell({ type: 'started' })
    } else if (event === 1) {
      tell({ type: pick(random, ['disabled', 'enabled'] as const) })
    } else if (event < 4) {
      const isReplaceable = around.stored === undefined || state.activity === 'idle'
      if (isReplaceable && around.submit())
        tell({ type: 'submitted', height: BigInt(around.settled) })
    } else if (state.isWaiting) {
      tell({ type: 'retryDue' })
    } else if (question !== undefined) {
      const asked = question
      question = undefined
      tell(around.answer(asked))
    }
  }
  expect(state.nextHeight).toBeLessThanOrEqual(BigInt(around.settled))
  return around
}

describe('a network’s machine', () => {
  test('told anything in any order, with restarts › asks one question at a time, begins nothing while disabled, and submits no certificate twice', () => {
    process.stdout.write(`SEED=${seed}\n`)
    const random = seededRandom(seed)
    let settled = 0
    for (let i = 0; i < 100; i++) {
      const around = run(random)
      for (const jobs of around.jobs.values()) expect(jobs).toBe(1)
      settled += around.settled
    }
    expect(settled).toBeGreaterThan(100)
  })
})
