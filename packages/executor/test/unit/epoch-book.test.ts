import { blsMinPk, ed25519Scheme } from '@zkstack/crypto'
import { createGenesis, type Schedule } from '@zkstack/roles'
import { testCommittee, unwrap } from '@zkstack/roles/testing'
import { describe, expect, it } from 'vitest'
import { EpochBook } from '../../src/epochs/epoch-book.js'

const scheme = ed25519Scheme.current
const genesis = unwrap(createGenesis({ chainId: 1n, forkNumber: 0n, firstBlock: 10n, scheme }))
const [a, b, c] = ['a', 'b', 'c'].map((seed) => testCommittee(6, { seed }).schedule) as [
  Schedule,
  Schedule,
  Schedule,
]

const named = (schedule: unknown, firstBlock: unknown, more: object = {}) => ({
  schedule,
  firstBlock,
  proofsOfPossession: [],
  ...more,
})

/** An answer as of a block, after whose commit the next one is not released yet. */
const asOf = (block: bigint, more: { released?: bigint; epochOfBlock?: bigint } = {}) => ({
  asOf: block,
  released: block + 1n,
  epochOfBlock: undefined,
  ...more,
})

const start = { asOf: 10n, released: 10n, epochOfBlock: undefined }

const newBook = (maxValidators = 10) => new EpochBook({ genesis, maxValidators })

/** A book at block 25: epoch 0 since block 10, epoch 1 since block 20. */
function bookAt25(): EpochBook {
  const book = newBook()
  add(book, { current: named(a, 10n), pending: named(b, 20n) }, start)
  return book
}

/** What the book makes of an answer: the numbers of new epochs, or a code. */
function judge(book: EpochBook, answer: unknown, context = asOf(25n)): string {
  const judged = book.judge(answer, context)
  if (!judged.ok) return judged.error.code
  return judged.value.map(({ epoch, firstBlock }) => `${epoch} from ${firstBlock}`).join(', ')
}

function add(book: EpochBook, answer: unknown, context = asOf(25n)): void {
  for (const record of unwrap(book.judge(answer, context))) book.add(record)
}

describe('the book of epochs', () => {
  it('first answer › makes epoch 0, and the pending one makes epoch 1', () => {
    const answer = { current: named(a, 10n), pending: named(b, 20n) }
    expect(judge(newBook(), answer, start)).toBe('0 from 10, 1 from 20')
  })

  it('same answer again › is no news; a new pending one is', () => {
    const book = bookAt25()
    expect(judge(book, { current: named(b, 20n) })).toBe('')
    expect(judge(book, { current: named(b, 20n), pending: named(c, 26n) })).toBe('2 from 26')
  })

  it('known epochs › say which block belongs to which', () => {
    const book = bookAt25()
    const epochAt = (block: bigint) => book.at(block)?.scope.epoch
    expect([9n, 10n, 19n, 20n, 99n].map(epochAt)).toEqual([undefined, 0n, 0n, 1n, 1n])
    expect(book.of(0n)?.lastBlock.value).toBe(19n)
    expect(book.of(1n)?.lastBlock.value).toBeUndefined()
    expect(book.after(15n)?.scope.epoch).toBe(1n)
    book.forgetBefore(25n)
    expect(book.of(0n)).toBeDefined()
  })

  it('many epochs › only the newest are kept', () => {
    const book = bookAt25()
    for (let n = 0n; n < 20n; n++) {
      const [current, next] = n % 2n === 0n ? [b, c] : [c, b]
      const first = 20n + 10n * n
      const answer = { current: named(current, first), pending: named(next, first + 10n) }
      add(book, answer, asOf(first + 5n))
      book.forgetBefore(first + 10n)
    }
    expect([18n, 19n, 20n, 21n].map((epoch) => book.of(epoch) !== undefined)).toEqual([
      false,
      true,
      true,
      true,
    ])
  })

  it('store in the middle of the chain › takes the number from the block, or from the answer', () => {
    const answer = { current: named(b, 20n) }
    expect(judge(newBook(), answer)).toBe('EPOCH_UNKNOWN')
    expect(judge(newBook(), answer, asOf(25n, { epochOfBlock: 7n }))).toBe('7 from 20')
    expect(judge(newBook(), { current: named(b, 20n, { epoch: 4n }) })).toBe('4 from 20')
    const other = { current: named(b, 20n, { epoch: 4n }) }
    expect(judge(newBook(), other, asOf(25n, { epochOfBlock: 7n }))).toBe('SCHEDULE_NUMBER')
  })
})

describe('an answer that is no answer', () => {
  it.each([
    ['nothing', undefined],
    ['no current committee', {}],
    ['a schedule that is none', { current: named({}, 20n) }],
    ['validators that are none', { current: named({ ...b, hash: a.hash, validators: [1] }, 20n) }],
    ['a first block that is no bigint', { current: named(b, 20) }],
    ['a negative first block', { current: named(b, -1n) }],
    ['proofs that are no bytes', { current: named(b, 20n, { proofsOfPossession: ['x'] }) }],
    ['an epoch that is no number', { current: named(b, 20n, { epoch: '1' }) }],
    ['a pending committee that is none', { current: named(b, 20n), pending: 5 }],
  ])('%s › SCHEDULE_MALFORMED', (_, answer) => {
    expect(judge(bookAt25(), answer)).toMatch(/^SCHEDULE_(MALFORMED|CHANGED)$/)
    expect(judge(newBook(), answer, asOf(25n, { epochOfBlock: 1n }))).toBe('SCHEDULE_MALFORMED')
  })

  const fake = (change: object) => {
    const { validators, leaderSelection, hash } = c
    return { validators, leaderSelection, hash, ...change }
  }
  const [one, two] = c.validators
  it.each([
    ['no validators', { validators: [] }],
    ['a validator twice', { validators: [one, one] }],
    ['a weight of zero', { validators: [one, { ...two, weight: 0n }] }],
    ['weights above 64 bits', { validators: [one, { ...two, weight: 2n ** 64n - 1n }] }],
    ['nobody who leads', { validators: c.validators.map((v) => ({ ...v, leader: false })) }],
    ['a key that is none', { validators: [{ ...one, key: new Uint8Array(32).fill(255) }] }],
    ['a frequency above 64 bits', { leaderSelection: { frequency: 2n ** 64n, mode: 'weighted' } }],
    ['an unknown way to choose leaders', { leaderSelection: { frequency: 1n, mode: 'rota' } }],
  ])('a committee with %s › SCHEDULE_MALFORMED, current or pending', (_, change) => {
    const bad = fake(change)
    const pending = { current: named(b, 20n), pending: named(bad, 30n) }
    expect(judge(bookAt25(), pending)).toBe('SCHEDULE_MALFORMED')
    expect(judge(newBook(), { current: named(bad, 10n) }, start)).toBe('SCHEDULE_MALFORMED')
  })

  it('keys of another scheme › SCHEDULE_MALFORMED', () => {
    const other = testCommittee(1, { scheme: blsMinPk.current }).schedule
    const answer = { current: named(b, 20n), pending: named(other, 30n) }
    expect(judge(bookAt25(), answer)).toBe('SCHEDULE_MALFORMED')
  })

  it('more validators than messages are made for › SCHEDULE_TOO_LARGE', () => {
    expect(judge(newBook(5), { current: named(a, 10n) }, start)).toBe('SCHEDULE_TOO_LARGE')
  })
})

describe('proofs of possession', () => {
  const bls = testCommittee(2, { scheme: blsMinPk.current })
  const { schedule, keys } = bls
  const chain = unwrap(
    createGenesis({ chainId: 1n, forkNumber: 0n, firstBlock: 0n, scheme: bls.scheme }),
  )
  const proofs = keys.map((key) => key.provePossession())
  const judgeProofs = (given: readonly Uint8Array[]): string => {
    const book = new EpochBook({ genesis: chain, maxValidators: 10 })
    const context = { asOf: 0n, released: 0n, epochOfBlock: undefined }
    return judge(book, { current: named(schedule, 0n, { proofsOfPossession: given }) }, context)
  }

  it('all there › the epoch is entered', () => {
    expect(judgeProofs(proofs)).toBe('0 from 0')
  })

  it.each([
    ['none', []],
    ['one missing', proofs.slice(0, 1)],
    ['one empty', [proofs[0] ?? new Uint8Array(), new Uint8Array()]],
    ['in the wrong order', proofs.toReversed()],
  ])('%s › SCHEDULE_POSSESSION', (_, given) => {
    expect(judgeProofs(given)).toBe('SCHEDULE_POSSESSION')
  })

  it('one too many › SCHEDULE_MALFORMED: what is kept could not be read again', () => {
    expect(judgeProofs([...proofs, new Uint8Array(48)])).toBe('SCHEDULE_MALFORMED')
  })
})

describe('an answer that contradicts what is known', () => {
  it.each([
    ['another committee for the current epoch', { current: named(c, 20n) }, 'SCHEDULE_CHANGED'],
    ['another first block of it', { current: named(b, 19n) }, 'SCHEDULE_CHANGED'],
    ['a later first block of it, never announced', { current: named(c, 24n) }, 'SCHEDULE_LATE'],
    ['another number of it', { current: named(b, 20n, { epoch: 2n }) }, 'SCHEDULE_NUMBER'],
    [
      'another number of the next',
      { current: named(b, 20n), pending: named(c, 30n, { epoch: 3n }) },
      'SCHEDULE_NUMBER',
    ],
    [
      'a next one that begins with a block that is committed',
      { current: named(b, 20n), pending: named(c, 25n) },
      'SCHEDULE_LATE',
    ],
    [
      'a next one that begins no later than the current one',
      { current: named(b, 20n), pending: named(c, 20n) },
      'SCHEDULE_RANGE',
    ],
  ])('%s › is refused', (_, answer, code) => {
    expect(judge(bookAt25(), answer)).toBe(code)
  })

  it('next one begins with the next block › taken before that is released, SCHEDULE_LATE after', () => {
    const answer = { current: named(b, 20n), pending: named(c, 26n) }
    expect(judge(bookAt25(), answer, asOf(25n, { released: 26n }))).toBe('2 from 26')
    expect(judge(bookAt25(), answer, asOf(25n, { released: 27n }))).toBe('SCHEDULE_LATE')
  })

  it('what was announced › may neither change nor disappear', () => {
    const book = bookAt25()
    add(book, { current: named(b, 20n), pending: named(c, 40n) })
    const later = asOf(30n)
    expect(judge(book, { current: named(b, 20n), pending: named(c, 40n) }, later)).toBe('')
    for (const pending of [undefined, named(a, 40n), named(c, 41n)]) {
      expect(judge(book, { current: named(b, 20n), pending }, later)).toBe('SCHEDULE_CHANGED')
    }
  })

  it('as of a block before the announcement, as in a replay › need not name it', () => {
    const book = bookAt25()
    add(book, { current: named(b, 20n), pending: named(c, 40n) })
    expect(judge(book, { current: named(b, 20n) }, asOf(24n))).toBe('')
  })

  it('first committee › begins with the chain, neither before nor after', () => {
    for (const firstBlock of [9n, 11n]) {
      const answer = { current: named(a, firstBlock) }
      expect(judge(newBook(), answer, start)).toBe('SCHEDULE_RANGE')
    }
    const inside = asOf(25n, { epochOfBlock: 3n })
    for (const firstBlock of [10n, 26n]) {
      expect(judge(newBook(), { current: named(a, firstBlock) }, inside)).toBe('SCHEDULE_RANGE')
    }
  })
})
