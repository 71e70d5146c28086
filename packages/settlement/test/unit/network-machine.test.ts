import { hash32 } from '@zkstack/crypto'
import { jobId } from '@zkstack/l1'
import { ZERO_HASH } from '@zkstack/pessimistic-proof'
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

const hash = (byte: number) => hash32(new Uint8Array(32).fill(byte))
const id = hash(1)
const job = jobId(new Uint8Array(16).fill(2))
const root = hash(3)
const tx = hash(4)

function fresh(o: Partial<NetworkMachineState> = {}): NetworkMachineState {
  const settled = {
    networkId: 1,
    nextHeight: 0n,
    settledRoot: undefined,
    isDisabled: false,
    epoch: 0n,
    settledIn: undefined,
  }
  const options = { certificatesPerEpoch: 'unlimited', retry: defaultRetryPolicy } as const
  return { ...initialNetworkState(settled, options), ...o }
}

function stored(o: Partial<StoredCertificate> = {}): StoredCertificate {
  return {
    certificateId: id,
    status: 'pending',
    jobId: undefined,
    newPessimisticRoot: undefined,
    ...o,
  }
}

/** The types of the effects of each input. */
function play(
  from: NetworkMachineState,
  inputs: readonly NetworkInput[],
): { readonly state: NetworkMachineState; readonly effects: readonly (readonly string[])[] } {
  let state = from
  const effects = inputs.map((input) => {
    const next = step(state, input)
    state = next.state
    return next.effects.map((effect: NetworkEffect) => effect.type)
  })
  return { state, effects }
}

const loaded = (certificate?: StoredCertificate): NetworkInput => ({ type: 'loaded', certificate })
const reconciled = (pessimisticRoot = ZERO_HASH): NetworkInput => ({
  type: 'reconciled',
  observation: { pessimisticRoot, txHash: tx },
})
const failed = (kind: 'retry' | 'rebuild'): NetworkInput => ({
  type: 'failed',
  error: certificateStatusError('InternalError', 'why', { kind }),
})

describe('a certificate', () => {
  test('that nothing disturbs › is certified, stored, submitted, awaited and settled, in this order', () => {
    const { effects, state } = play(fresh(), [
      { type: 'started' },
      loaded(),
      { type: 'submitted', height: 0n },
      loaded(stored()),
      reconciled(),
      { type: 'certified', newPessimisticRoot: root },
      { type: 'proofStored' },
      { type: 'jobStored', jobId: job },
      { type: 'jobEnded', outcome: 'success', txHash: tx },
      { type: 'finalised', epoch: 0n, newPessimisticRoot: root },
      loaded(),
    ])
    expect(effects).toEqual([
      ['load'],
      [],
      ['load'],
      ['reconcile'],
      ['certify'],
      ['storeProof'],
      ['report', 'backup', 'submitJob'],
      ['report', 'waitForJob'],
      ['finalise'],
      ['report', 'backup', 'load'],
      [],
    ])
    expect(state).toMatchObject({ nextHeight: 1n, settledRoot: root, activity: 'idle' })
  })

  test('found as candidate at boot › is awaited before anything else is asked', () => {
    const candidate = stored({ status: 'candidate', jobId: job, newPessimisticRoot: root })
    const { effects } = play(fresh(), [
      { type: 'started' },
      loaded(candidate),
      { type: 'jobEnded', outcome: 'success', txHash: tx },
      { type: 'applied', newPessimisticRoot: root },
    ])
    expect(effects).toEqual([['load'], ['waitForJob'], ['apply'], ['finalise']])
  })

  test('found proven with a job at boot › becomes a candidate, and is neither proven nor submitted again', () => {
    const proven = stored({ status: 'proven', jobId: job, newPessimisticRoot: root })
    const { effects } = play(fresh(), [
      { type: 'started' },
      loaded(proven),
      { type: 'candidateStored' },
    ])
    expect(effects).toEqual([['load'], ['storeCandidate'], ['report', 'waitForJob']])
  })

  test('found proven without a job at boot › is proven again', () => {
    const proven = stored({ status: 'proven', newPessimisticRoot: root })
    const { effects } = play(fresh(), [
      { type: 'started' },
      loaded(proven),
      reconciled(),
      { type: 'resetStored' },
    ])
    expect(effects).toEqual([['load'], ['reconcile'], ['resetToPending'], ['report', 'certify']])
  })

  test('found as candidate without a job › is in error', () => {
    const step2 = step(
      play(fresh(), [{ type: 'started' }]).state,
      loaded(stored({ status: 'candidate' })),
    )
    expect(step2.effects).toMatchObject([
      { type: 'storeError', error: { code: 'SettlementError', reason: 'NoSettlementJob' } },
    ])
  })

  test('whose root L1 holds at boot › is adopted, its transaction pinned', () => {
    const at = fresh({ nextHeight: 1n, settledRoot: hash(9) })
    const started = play(at, [
      { type: 'started' },
      loaded(stored({ status: 'inError', newPessimisticRoot: root })),
    ])
    const observed = step(started.state, reconciled(root))
    expect(observed.effects).toEqual([{ type: 'apply', certificateId: id, beforeTx: tx }])
    const { effects } = play(observed.state, [{ type: 'applied', newPessimisticRoot: root }])
    expect(effects).toEqual([['report', 'finalise']])
  })

  test('that fails for now › is tried again after growing delays, then is in error', () => {
    let { state } = play(fresh(), [{ type: 'started' }, loaded(stored()), reconciled()])
    const delays: number[] = []
    for (let i = 1; i < defaultRetryPolicy.maxAttempts; i++) {
      const next = step(state, failed('retry'))
      const timer = next.effects.find((effect) => effect.type === 'startTimer')
      if (timer?.type === 'startTimer') delays.push(timer.delayMs)
      state = play(next.state, [{ type: 'retryDue' }]).state
    }
    expect(delays.slice(0, 8)).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000])
    expect(delays).toHaveLength(19)
    expect(step(state, failed('retry')).effects).toMatchObject([{ type: 'storeError' }])
  })

  test('that fails for good › is in error at once, and L1 is asked whether it has it', () => {
    const { effects, state } = play(fresh(), [
      { type: 'started' },
      loaded(stored()),
      reconciled(),
      failed('rebuild'),
      { type: 'errorStored' },
      reconciled(),
    ])
    expect(effects.slice(3)).toEqual([['storeError'], ['report', 'reconcile'], []])
    expect(state.activity).toBe('idle')
  })

  test('that takes the place of a failed one while its error is being stored › is not overlooked', () => {
    const { effects } = play(fresh(), [
      { type: 'started' },
      loaded(stored()),
      reconciled(),
      failed('rebuild'),
      { type: 'submitted', height: 0n },
      { type: 'errorStored' },
      loaded(stored({ certificateId: hash(8) })),
    ])
    expect(effects.slice(4)).toEqual([[], ['report', 'load'], ['reconcile']])
  })

  test('that arrives while the store is being read › is not overlooked', () => {
    const { effects } = play(fresh(), [
      { type: 'started' },
      { type: 'submitted', height: 0n },
      loaded(),
    ])
    expect(effects).toEqual([['load'], [], ['load']])
  })

  test('of another height than the next › waits', () => {
    const { effects } = play(fresh(), [
      { type: 'started' },
      loaded(),
      { type: 'submitted', height: 1n },
    ])
    expect(effects).toEqual([['load'], [], []])
  })

  test('that waits for a retry when its network is disabled › stops, and goes on when it is enabled', () => {
    const { effects } = play(fresh(), [
      { type: 'started' },
      loaded(stored()),
      reconciled(),
      failed('retry'),
      { type: 'disabled' },
      { type: 'retryDue' },
      { type: 'enabled' },
      loaded(stored()),
    ])
    expect(effects.slice(3)).toEqual([['report', 'startTimer'], [], [], ['load'], ['certify']])
  })

  test('that was just proven when its network is disabled › is not submitted', () => {
    const { effects } = play(fresh(), [
      { type: 'started' },
      loaded(stored()),
      reconciled(),
      { type: 'certified', newPessimisticRoot: root },
      { type: 'disabled' },
      { type: 'proofStored' },
      { type: 'enabled' },
      loaded(stored({ status: 'proven', newPessimisticRoot: root })),
    ])
    expect(effects.slice(4)).toEqual([[], ['report', 'backup'], ['load'], ['submitJob']])
  })

  describe('L1 holds a root that nothing here leads to', () => {
    const settled = fresh({ nextHeight: 1n, settledRoot: hash(9) })
    const begin = play(settled, [{ type: 'started' }, loaded(stored())]).state
    const unknown: readonly NetworkInput[] = [
      reconciled(hash(7)),
      { type: 'applied', newPessimisticRoot: root },
    ]

    test('seen once, by an endpoint that lags or lies › L1 is asked again, and the certificate goes on', () => {
      const { effects } = play(begin, [...unknown, { type: 'retryDue' }, reconciled(hash(9))])
      expect(effects).toEqual([['apply'], ['report', 'startTimer'], ['reconcile'], ['certify']])
    })

    test('no root at all, once › L1 is asked again', () => {
      const { effects } = play(begin, [reconciled(), failed('rebuild')])
      expect(effects).toEqual([['apply'], ['report', 'startTimer']])
    })

    test('seen five times in a row, after growing delays › the certificate is in error for good', () => {
      let { state } = { state: begin }
      const delays: number[] = []
      for (let i = 1; i < 5; i++) {
        const seen = step(play(state, unknown.slice(0, 1)).state, unknown[1] as NetworkInput)
        delays.push(...seen.effects.flatMap((e) => (e.type === 'startTimer' ? [e.delayMs] : [])))
        state = play(seen.state, [{ type: 'retryDue' }]).state
      }
      expect(delays).toEqual([1000, 2000, 4000, 8000])
      const { effects } = play(state, [...unknown, { type: 'errorStored' }, ...unknown])
      expect(effects.slice(1)).toEqual([
        ['report', 'storeError'],
        ['report', 'reconcile'],
        ['apply'],
        ['report'],
      ])
    })
  })

  test('settled on L1 that leads elsewhere than was proven › is in error, never settled', () => {
    const candidate = stored({ status: 'candidate', jobId: job, newPessimisticRoot: root })
    const { state } = play(fresh(), [
      { type: 'started' },
      loaded(candidate),
      { type: 'jobEnded', outcome: 'success', txHash: tx },
    ])
    expect(step(state, { type: 'applied', newPessimisticRoot: hash(7) }).effects).toMatchObject([
      { type: 'storeError', error: { kind: 'fatal', reason: 'PessimisticRootMismatch' } },
    ])
  })
})

describe('an answer that nobody asked for', () => {
  test('is a mistake of the runner', () => {
    expect(() => step(fresh(), { type: 'proofStored' })).toThrow(RangeError)
    expect(() => step(fresh(), failed('retry'))).toThrow(RangeError)
    const { state } = play(fresh(), [{ type: 'started' }])
    expect(() => step(state, reconciled())).toThrow(RangeError)
  })
})
