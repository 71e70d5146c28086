import { worldPolicy } from '@zkstack/l1/testing'
import { describe, expect, test } from 'vitest'
import type { JobEffect } from '../../src/jobs/machine/effect.js'
import type { JobInput } from '../../src/jobs/machine/input.js'
import { initialJobState } from '../../src/jobs/machine/state.js'
import {
  at,
  attempt,
  estimate,
  hashOf,
  inspected,
  jobWith,
  nobody,
  ours,
  queued,
  resent,
  resultsOf,
  rotated,
  run,
  started,
  stranger,
  typesOf,
  unknown,
  wallet,
} from '../helpers/job-machine.js'

const nonceIn = (effects: readonly JobEffect[]) => {
  const effect = effects.at(-1)
  return effect?.type === 'sign' ? effect.transaction.nonce : undefined
}

describe('the first transaction', () => {
  test('a new job › the wallet is locked before its nonce is chosen', () => {
    expect(run(jobWith([]), 0, started).effects).toEqual([{ type: 'lockWallet', wallet }])
  })

  test('nonce › the higher of what L1 counts and what follows the highest stored (agglayer #1147, #1597, PR #1580)', () => {
    const nonceOf = (pendingCount: bigint, highestStored: bigint | undefined) => {
      const locked = { type: 'walletLocked', pendingCount, highestStored, estimate } as const
      return nonceIn(run(jobWith([]), 0, started, locked).effects)
    }
    expect(nonceOf(0n, undefined)).toBe(0n)
    expect(nonceOf(4n, 3n)).toBe(4n)
    expect(nonceOf(7n, 7n)).toBe(8n)
    expect(nonceOf(7n, 11n)).toBe(12n)
  })

  describe('L1 counts transactions that the store does not know', () => {
    const counted = (pendingCount: bigint): JobInput => ({
      type: 'walletLocked',
      ...{ pendingCount, highestStored: 3n, estimate },
    })

    test('said once › the lock is given up, and L1 asked again', () => {
      const { effects } = run(jobWith([]), 0, started, counted(7n))
      expect(typesOf(effects)).toEqual(['unlockWallet', 'lockWallet'])
    })

    test('said twice › they are', () => {
      expect(nonceIn(run(jobWith([]), 0, started, counted(7n), counted(7n)).effects)).toBe(7n)
    })

    test('taken back › the nonce after the highest stored', () => {
      expect(nonceIn(run(jobWith([]), 0, started, counted(7n), counted(4n)).effects)).toBe(4n)
    })

    test('another count each time › waits before it asks again, longer each time', () => {
      const woken: JobInput = { type: 'woken' }
      const once = run(jobWith([]), 0, started, counted(7n), counted(9n))
      expect(typesOf(once.effects)).toEqual(['unlockWallet', 'report', 'wait'])
      const twice = run(once.job, 0, woken, counted(9n), counted(7n))
      expect(twice.job.failures).toBe(2)
      expect(nonceIn(run(twice.job, 0, woken, counted(7n), counted(7n)).effects)).toBe(7n)
    })
  })

  test('signed › stored, then the lock given up, then sent', () => {
    const locked: JobInput = {
      type: 'walletLocked',
      pendingCount: 0n,
      highestStored: undefined,
      estimate,
    }
    const transaction = { bytes: Uint8Array.of(1), hash: hashOf(1) }
    const { effects } = run(jobWith([]), 0, started, locked, { type: 'signed', transaction })
    expect(typesOf(effects)).toEqual(['persist', 'unlockWallet', 'report', 'send'])
  })

  test('the signer fails › the lock is given up, and nothing is stored', () => {
    const locked: JobInput = {
      type: 'walletLocked',
      pendingCount: 0n,
      highestStored: undefined,
      estimate,
    }
    const error = { code: 'UNAVAILABLE', message: 'KMS', retry: true } as const
    const { effects } = run(jobWith([]), 0, started, locked, { type: 'signingFailed', error })
    expect(typesOf(effects)).toEqual(['unlockWallet', 'report', 'wait'])
  })
})

describe('finality', () => {
  const finality = (tag: 'latest' | 'safe', confirmations: number) => ({
    finality: { tag, confirmations },
  })

  test.each([
    [0, 100n, true],
    [1, 100n, true],
    [1, 99n, false],
    [2, 100n, false],
    [2, 101n, true],
    [12, 110n, false],
    [12, 111n, true],
  ])('%i confirmations, head %i, included in 100 › done: %s', (confirmations, head, done) => {
    const job = resent([attempt()], finality('latest', confirmations))
    const { effects } = run(job, 0, inspected(head, ours(0)))
    expect(effects.at(-1)?.type).toBe(done ? 'finish' : 'wait')
  })

  test('no safe block yet › waits', () => {
    const { effects } = run(resent([attempt()]), 0, inspected(undefined, ours(0)))
    expect(typesOf(effects)).toEqual(['wait'])
  })

  test('a receipt whose block is not in the chain › not done, however deep it lies', () => {
    const fact = ours(0, 'success', { canonical: false })
    const { effects } = run(resent([attempt()]), 0, inspected(10_000n, fact))
    expect(typesOf(effects)).toEqual(['wait'])
  })

  test('a transaction that was on L1 and is not › sent again as it is, at once', () => {
    const seen = run(resent([attempt()]), 0, inspected(99n, ours(0))).job
    const { effects } = run(seen, 1, { type: 'woken' }, inspected(100n, nobody))
    expect(typesOf(effects)).toEqual(['report', 'send'])
    expect(effects.at(-1)).toMatchObject({ transaction: Uint8Array.of(0) })
  })

  test('answers that do not fit together › nothing is done about any nonce', () => {
    const { effects } = run(resent([attempt()]), 10 ** 9, inspected(100n, { by: 'unclear' }))
    expect(typesOf(effects)).toEqual(['report', 'wait'])
  })
})

describe('a transaction that does not get in', () => {
  const policy = worldPolicy.retryOnNotIncluded.initialMs

  test('before the deadline › waits for it', () => {
    const { effects } = run(resent([attempt()]), policy - 1, inspected(0n, nobody))
    expect(effects).toEqual([{ type: 'wait', untilMs: policy }])
  })

  test('at the deadline › a transaction with 10 % more', () => {
    const { job, effects } = run(resent([attempt()]), policy, inspected(0n, nobody))
    expect(typesOf(effects)).toEqual(['price'])
    const signed = run(job, policy, { type: 'priced', estimate })
    expect(signed.effects).toMatchObject([
      { type: 'sign', transaction: { nonce: 5n, maxFeePerGas: 25n, maxPriorityFeePerGas: 3n } },
    ])
  })

  test('the nonce before is not on L1 › it queues, and offers no more', () => {
    const { effects } = run(resent([attempt()]), 100 * policy, inspected(0n, queued))
    expect(typesOf(effects)).toEqual(['wait'])
  })

  test('the ceiling allows no more › keeps waiting, and the same goes out again', () => {
    const top = attempt({ maxFeePerGas: 1_000n, maxPriorityFeePerGas: 1_000n })
    const due = run(resent([top]), policy, inspected(0n, nobody))
    const { effects } = run(due.job, policy, { type: 'priced', estimate })
    expect(effects).toEqual([{ type: 'send', transaction: Uint8Array.of(0) }])
  })

  test('all were refused, at the ceiling › the same goes out again, and needs no new number', () => {
    const top = attempt({ maxFeePerGas: 1_000n, maxPriorityFeePerGas: 1_000n, result: unknown })
    const { job } = run(jobWith([top]), 3_000, started, inspected(0n, nobody))
    const dear = { ...estimate, maxFeePerGas: 5_000n, maxPriorityFeePerGas: 5_000n }
    const { effects } = run(job, 3_000, { type: 'priced', estimate: dear })
    expect(typesOf(effects)).toEqual(['report', 'send'])
    expect(effects[0]).toMatchObject({ event: { type: 'attempt', kind: 'replacement' } })
  })

  test('all were refused › the next one offers what a first one would', () => {
    const dear = attempt({ maxFeePerGas: 500n, maxPriorityFeePerGas: 50n, result: unknown })
    const { job } = run(jobWith([dear]), 3_000, started, inspected(0n, nobody))
    expect(run(job, 3_000, { type: 'priced', estimate }).effects).toMatchObject([
      { type: 'sign', transaction: { maxFeePerGas: 22n, maxPriorityFeePerGas: 2n } },
    ])
  })

  test('refused as underpriced › the next one offers more than any before', () => {
    let turn = run(resent([attempt()]), 0, inspected(0n, nobody))
    turn = run(turn.job, policy, { type: 'woken' }, inspected(0n, nobody), {
      type: 'priced',
      estimate,
    })
    const bytes = { bytes: Uint8Array.of(1), hash: hashOf(1) }
    const error = { code: 'REFUSED', reason: 'UNDERPRICED', message: 'low', retry: false } as const
    turn = run(
      turn.job,
      policy,
      { type: 'signed', transaction: bytes },
      { type: 'sendingFailed', error },
    )
    expect(resultsOf(turn.effects)).toEqual([[1, 'unknown']])
    const later = 100 * policy
    turn = run(turn.job, later, inspected(0n, nobody), { type: 'priced', estimate })
    expect(turn.effects).toMatchObject([
      { type: 'sign', transaction: { maxFeePerGas: 28n, maxPriorityFeePerGas: 4n } },
    ])
  })

  test('nobody could be asked to send it › it stays pending and goes out again as it is', () => {
    const loaded = run(jobWith([attempt()]), 0, started, inspected(0n, nobody))
    const error = { code: 'UNAVAILABLE', message: 'timeout', retry: true } as const
    const failed = run(loaded.job, 0, { type: 'sendingFailed', error })
    expect(typesOf(failed.effects)).toEqual(['report', 'report', 'wait'])
    const { effects } = run(failed.job, 3_000, { type: 'woken' }, inspected(0n, nobody))
    expect(effects).toEqual([{ type: 'send', transaction: Uint8Array.of(0) }])
  })
})

describe('a restart', () => {
  test('a pending attempt › sent again as it is before anything else', () => {
    const { effects } = run(jobWith([attempt()]), 10 ** 9, started, inspected(0n, nobody))
    expect(effects).toEqual([{ type: 'send', transaction: Uint8Array.of(0) }])
  })

  test('an attempt without bytes, entered by an operator › watched, not sent', () => {
    const foreign = attempt({ transaction: undefined })
    const { effects } = run(jobWith([foreign]), 0, started, inspected(0n, nobody))
    expect(typesOf(effects)).toEqual(['wait'])
  })

  test('the wall clock was set back › the deadline is no further away than from now', () => {
    const job = jobWith([attempt({ transaction: undefined })])
    const early = initialJobState(job.record, job.config, { ...at(0), utcMs: 0 })
    expect(early.nonces[0]?.lastSentMs).toBe(0)
  })
})

describe('a nonce that somebody else took', () => {
  test('not final yet › waits', () => {
    const { effects } = run(resent([attempt()]), 0, inspected(100n, stranger(false)))
    expect(typesOf(effects)).toEqual(['report', 'wait'])
  })

  test('for good › the attempt is noted as lost, and another nonce taken', () => {
    const { effects } = run(resent([attempt()]), 0, inspected(100n, stranger()))
    expect(resultsOf(effects)).toEqual([[0, 'nonceAlreadyUsed']])
    expect(effects.at(-1)).toEqual({ type: 'lockWallet', wallet })
  })

  test('by a transaction that no node names › only after five looks', () => {
    let { job } = { job: resent([attempt()]) }
    for (let look = 1; look < 5; look++) {
      const turn = run(job, 0, inspected(100n, stranger(true, false)))
      expect(turn.effects.at(-1)?.type).toBe('wait')
      job = run(turn.job, 0, { type: 'woken' }).job
    }
    const { effects } = run(job, 0, inspected(100n, stranger(true, false)))
    expect(effects.at(-1)?.type).toBe('lockWallet')
  })

  test('a receipt comes after four looks › the transaction was ours all the time', () => {
    let { job } = { job: resent([attempt()]) }
    for (let look = 1; look < 5; look++) {
      job = run(job, 0, inspected(100n, stranger(true, false)), { type: 'woken' }).job
    }
    expect(run(job, 0, inspected(100n, ours(0))).effects.at(-1)?.type).toBe('finish')
  })
})

describe('the end', () => {
  test('success with a replaced nonce and a second one › every attempt gets its result in one write', () => {
    const job = resent([
      attempt({ number: 0 }),
      attempt({ number: 1, maxFeePerGas: 30n }),
      attempt({ number: 2, nonce: 9n }),
    ])
    const { effects } = run(job, 0, inspected(100n, ours(1), nobody))
    expect(typesOf(effects)).toEqual(['persist', 'finish'])
    expect(resultsOf(effects)).toEqual([
      [0, 'nonceAlreadyUsed'],
      [1, 'success'],
      [2, 'settlementSucceededElsewhere'],
    ])
    expect(effects.at(-1)).toMatchObject({ result: { nonce: 5n, attemptNumber: 1 } })
  })

  test('an attempt that a node had refused is the one on L1 › what L1 did replaces the refusal', () => {
    const { effects } = run(
      jobWith([attempt({ result: unknown })]),
      0,
      started,
      inspected(100n, ours(0)),
    )
    expect(resultsOf(effects)).toEqual([[0, 'success']])
  })

  test('a stored result contradicts L1 › kept, and reported', () => {
    const reverted = ours(0, 'reverted')
    if (reverted.by !== 'ours') throw new TypeError()
    const stored = attempt({ result: { type: 'contractCall', call: reverted.call } })
    const { effects } = run(jobWith([stored]), 0, started, inspected(100n, ours(0)))
    expect(resultsOf(effects)).toEqual([])
    expect(typesOf(effects)).toEqual(['persist', 'report', 'finish'])
    expect(effects[1]).toMatchObject({ event: { type: 'conflict', attemptNumber: 0 } })
  })

  test('a revert that is not final › waits, and sends nothing', () => {
    const { effects } = run(resent([attempt()]), 10 ** 9, inspected(99n, ours(0, 'reverted')))
    expect(typesOf(effects)).toEqual(['wait'])
  })

  test('reverts and a stranger, all final › the job reverted, in the lowest block', () => {
    const job = resent([
      attempt({ number: 0, nonce: 5n }),
      attempt({ number: 1, nonce: 6n }),
      attempt({ number: 2, nonce: 7n }),
    ])
    const facts = [
      ours(0, 'reverted', { block: 90n }),
      ours(1, 'reverted', { block: 80n }),
      stranger(),
    ]
    const { effects } = run(job, 0, inspected(100n, ...facts))
    expect(resultsOf(effects)).toEqual([
      [0, 'reverted'],
      [1, 'reverted'],
      [2, 'nonceAlreadyUsed'],
    ])
    expect(effects.at(-1)).toMatchObject({
      result: { attemptNumber: 1, call: { blockNumber: 80n } },
    })
  })

  test('a revert and a stranger that is not final › waits: the stranger may go again', () => {
    const job = resent([attempt({ number: 0, nonce: 5n }), attempt({ number: 1, nonce: 6n })])
    const facts = [ours(0, 'reverted'), stranger(false)]
    expect(run(job, 0, inspected(100n, ...facts)).effects.at(-1)?.type).toBe('wait')
  })

  test('a revert and a success › success', () => {
    const job = resent([attempt({ number: 0, nonce: 5n }), attempt({ number: 1, nonce: 6n })])
    const { effects } = run(job, 0, inspected(100n, ours(0, 'reverted'), ours(1)))
    expect(effects.at(-1)).toMatchObject({
      result: { attemptNumber: 1, call: { outcome: 'success' } },
    })
    expect(resultsOf(effects)).toEqual([
      [0, 'reverted'],
      [1, 'success'],
    ])
  })
})

describe('a wallet whose key is not at hand', () => {
  test('its transaction is pending › it gets its time, then another wallet takes over', () => {
    const job = resent([attempt({ wallet: rotated })])
    const { initialMs } = worldPolicy.retryOnNotIncluded
    expect(run(job, initialMs - 1, inspected(0n, nobody)).effects.at(-1)?.type).toBe('wait')
    expect(run(job, initialMs, inspected(0n, nobody)).effects).toEqual([
      { type: 'lockWallet', wallet },
    ])
  })
})

describe('inputs that answer nothing', () => {
  test('a machine that waits is told of an inspection › TypeError', () => {
    expect(() => run(jobWith([]), 0, inspected(0n))).toThrow(TypeError)
  })
})
