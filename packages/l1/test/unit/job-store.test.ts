import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hash32, toHex } from '@zkstack/crypto'
import {
  jobId,
  jobTables,
  keySigner,
  levelJobStore,
  memoryJobStore,
  upgradeJobRecord,
  type AttemptRecord,
  type JobResult,
  type JobStore,
} from '@zkstack/l1'
import { anvilKey, jobStoreCompliance } from '@zkstack/l1/testing'
import { address } from '@zkstack/pessimistic-proof'
import { checkedRecord } from '@zkstack/storage'
import { Level } from 'level'
import { afterEach, describe, expect, test } from 'vitest'
import {
  attemptKey,
  decodeAttemptKey,
  decodeWalletKey,
  walletKey,
} from '../../src/jobs/store/job-keys.js'
import {
  decodeAttemptResult,
  encodeAttempt,
  encodeAttemptResult,
  encodeJob,
  encodeJobResult,
} from '../../src/jobs/store/job-records.js'
import { JobRepository } from '../../src/jobs/store/job-repository.js'

const id = jobId(Uint8Array.from({ length: 16 }, (_, i) => i + 1))
const wallet = address(Uint8Array.from({ length: 20 }, (_, i) => 0xa0 + i))
const job = {
  id,
  to: address(new Uint8Array(20).fill(0xcc)),
  calldata: Uint8Array.of(0x6c, 0x76, 0x68, 0x77),
  value: 2n ** 255n,
  gasLimit: 130_000n,
}
const record: AttemptRecord = {
  attempt: {
    number: 0,
    wallet,
    nonce: 2n ** 40n,
    transactionHash: hash32(new Uint8Array(32).fill(7)),
    submittedAtMs: 1_700_000_000_123,
    maxFeePerGas: 2n ** 100n,
    maxPriorityFeePerGas: 0n,
  },
  transaction: Uint8Array.of(2, 0xc0),
  result: undefined,
}
const result: JobResult = {
  wallet,
  nonce: 2n ** 40n,
  attemptNumber: 0,
  call: {
    outcome: 'reverted',
    transactionHash: hash32(new Uint8Array(32).fill(7)),
    blockHash: hash32(new Uint8Array(32).fill(8)),
    blockNumber: 21_000_000n,
  },
}

const opened: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of opened.splice(0)) await close()
})

const stores: Readonly<Record<string, () => Promise<JobStore>>> = {
  memory: async () => memoryJobStore(),
  level: async () => {
    const path = await mkdtemp(join(tmpdir(), 'jobs-'))
    const database = new Level<Uint8Array, Uint8Array>(path, {
      keyEncoding: 'view',
      valueEncoding: 'view',
    })
    await database.open()
    opened.push(async () => {
      await database.close()
      await rm(path, { recursive: true })
    })
    return levelJobStore(database)
  },
}

describe('keys', () => {
  test('the snapshots of upstream › the same bytes', () => {
    const number = 0x1112131415161718n
    const key = attemptKey(id, 0)
    expect(toHex(key)).toBe('0102030405060708090a0b0c0d0e0f100000000000000000')
    new DataView(key.buffer).setBigUint64(16, number)
    expect(toHex(key)).toBe('0102030405060708090a0b0c0d0e0f101112131415161718')
    expect(() => decodeAttemptKey(key)).toThrow('number')
    const inWallet = walletKey(wallet, 0x0102030405060708n, { id, number: 1 })
    expect(inWallet).toHaveLength(52)
    expect(toHex(inWallet)).toBe(
      'a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3' +
        '0102030405060708' +
        '0102030405060708090a0b0c0d0e0f10' +
        '0000000000000001',
    )
    expect(decodeWalletKey(inWallet)).toEqual({ wallet, nonce: 0x0102030405060708n, id, number: 1 })
  })
})

describe('records of a time before checksums', () => {
  test('each gets its checksum, once; what is neither stays as it is', async () => {
    const signed = await keySigner(anvilKey(0)).signTransaction(
      {
        ...{ chainId: 1n, nonce: 0n, gasLimit: 21_000n, value: 0n, to: wallet },
        ...{ calldata: new Uint8Array(), maxFeePerGas: 2n, maxPriorityFeePerGas: 1n },
      },
      { signal: new AbortController().signal },
    )
    if (!signed.ok) throw new Error(signed.error.message)
    const call = { type: 'contractCall', call: result.call } as const
    const old: readonly (readonly [string, Uint8Array, Uint8Array])[] = [
      [jobTables.jobs, id, encodeJob(job)],
      [jobTables.attempts, attemptKey(id, 0), encodeAttempt(record.attempt)],
      [jobTables.attemptTransactions, attemptKey(id, 0), signed.value.bytes],
      [jobTables.attemptResults, attemptKey(id, 0), encodeAttemptResult(call)],
      [jobTables.jobResults, id, encodeJobResult(result)],
      [jobTables.attemptsPerWallet, walletKey(wallet, 1n, { id, number: 0 }), new Uint8Array()],
    ]
    for (const [table, key, value] of old) {
      const upgraded = upgradeJobRecord(table, key, value)
      expect(upgraded, table).toEqual(checkedRecord(table, key, value).value)
      if (upgraded === undefined) continue
      expect(upgradeJobRecord(table, key, upgraded)).toBeUndefined()
      const damaged = upgraded.map((byte, i) => (i === 3 ? byte ^ 4 : byte))
      expect(upgradeJobRecord(table, key, damaged), table).toBeUndefined()
    }
    expect(upgradeJobRecord('certificates', id, encodeJob(job))).toBeUndefined()
  })
})

describe('values', () => {
  test('a job and an attempt › messages of the fields that upstream has', () => {
    const word = `0a20${'80'.padEnd(64, '0')}`
    expect(toHex(encodeJob(job))).toBe(
      `0a160a14${'cc'.repeat(20)}` +
        '12060a046c766877' +
        `1a240a22${word}` +
        `22120a10${'1fbd0'.padStart(32, '0')}`,
    )
    expect(toHex(encodeAttempt({ ...record.attempt, nonce: 5n }))).toContain('12020805')
  })

  test('results of every kind › what is read is what was written', () => {
    for (const kind of [
      'unknown',
      'nonceAlreadyUsed',
      'settlementSucceededElsewhere',
      'abandonedByAdmin',
    ] as const) {
      const error = { type: 'clientError', kind, message: 'früher' } as const
      expect(decodeAttemptResult(encodeAttemptResult(error))).toEqual(error)
    }
    const call = { type: 'contractCall', call: result.call } as const
    expect(decodeAttemptResult(encodeAttemptResult(call))).toEqual(call)
  })
})

for (const [name, open] of Object.entries(stores)) {
  describe(`jobs in a ${name} store`, () => {
    for (const { name: requirement, run } of jobStoreCompliance(open)) test(requirement, run)

    test('a job, its attempts and results › read as they were written', async () => {
      const repository = new JobRepository(await open())
      expect(await repository.read(id)).toEqual({ ok: true, value: undefined })
      await repository.create(job, [])
      await repository.write(id, [{ type: 'attempt', record }])
      const unfinished = { job, attempts: [record], result: undefined }
      expect(await repository.read(id)).toEqual({ ok: true, value: unfinished })
      const call = { type: 'contractCall', call: result.call } as const
      await repository.write(id, [
        { type: 'attemptResult', attemptNumber: 0, result: call },
        { type: 'jobResult', result },
      ])
      const finished = { job, attempts: [{ ...record, result: call }], result }
      expect(await repository.read(id)).toEqual({ ok: true, value: finished })
      expect(await repository.isCompleted(id)).toBe(true)
    })

    test('attempts of two wallets › the highest nonce of each, whatever the job', async () => {
      const repository = new JobRepository(await open())
      const other = address(new Uint8Array(20).fill(0xff))
      expect(await repository.highestNonce(other)).toBeUndefined()
      const numbers = [3n, 2n ** 33n, 255n]
      for (const [number, nonce] of numbers.entries()) {
        const attempt = { ...record.attempt, number, nonce }
        await repository.write(id, [{ type: 'attempt', record: { ...record, attempt } }])
      }
      const foreign = { ...record.attempt, number: 9, nonce: 1n, wallet: other }
      await repository.write(id, [{ type: 'attempt', record: { ...record, attempt: foreign } }])
      expect(await repository.highestNonce(wallet)).toBe(2n ** 33n)
      expect(await repository.highestNonce(other)).toBe(1n)
    })

    test('an insert of a key that is there › nothing of the batch is written', async () => {
      const store = await open()
      const repository = new JobRepository(store)
      const link = { type: 'insert', table: 'links', key: id, value: id } as const
      expect(await repository.create(job, [link])).toMatchObject({ ok: true })
      const second = { ...job, id: jobId(new Uint8Array(16).fill(9)) }
      const refused = await repository.create(second, [link])
      expect(refused).toMatchObject({
        ok: false,
        error: { code: 'ALREADY_PRESENT', table: 'links' },
      })
      expect(await repository.has(second.id)).toBe(false)
    })

    test('a record of which a bit is flipped, or that stands under another key › UNREADABLE, not an exception', async () => {
      const store = await open()
      const repository = new JobRepository(store)
      const call = { type: 'contractCall', call: result.call } as const
      await repository.create(job, [])
      await repository.write(id, [
        { type: 'attempt', record },
        { type: 'attemptResult', attemptNumber: 0, result: call },
        { type: 'jobResult', result },
      ])
      const records = [
        [jobTables.jobs, id],
        [jobTables.attempts, attemptKey(id, 0)],
        [jobTables.attemptTransactions, attemptKey(id, 0)],
        [jobTables.attemptResults, attemptKey(id, 0)],
        [jobTables.jobResults, id],
      ] as const
      for (const [table, key] of records) {
        const whole = await store.get(table, key)
        if (whole === undefined) throw new TypeError(`${table} is empty`)
        for (const at of [0, 31, 32, whole.length - 1]) {
          const value = whole.map((byte, i) => (i === at ? byte ^ 4 : byte))
          await store.write([{ type: 'put', table, key, value }])
          expect(await repository.read(id), `${table} ${at}`).toMatchObject({
            error: { code: 'UNREADABLE' },
          })
        }
        await store.write([{ type: 'put', table, key, value: whole }])
      }
      expect(await repository.read(id)).toMatchObject({ ok: true, value: { result } })
      const other = jobId(new Uint8Array(16).fill(9))
      const moved = (await store.get(jobTables.jobs, id)) ?? new Uint8Array()
      await store.write([{ type: 'put', table: jobTables.jobs, key: other, value: moved }])
      expect(await repository.read(other)).toMatchObject({ error: { code: 'UNREADABLE' } })
    })

    test('an index of nonces that the disk has changed › no nonce is given by it', async () => {
      const store = await open()
      const repository = new JobRepository(store)
      await repository.write(id, [{ type: 'attempt', record }])
      const table = jobTables.attemptsPerWallet
      const key = walletKey(wallet, 2n ** 40n, { id, number: 0 })
      const value = (await store.get(table, key)) ?? new Uint8Array()
      const changed = walletKey(wallet, 2n ** 40n + 1n, { id, number: 0 })
      await store.write([
        { type: 'del', table, key },
        { type: 'put', table, key: changed, value },
      ])
      await expect(repository.highestNonce(wallet)).rejects.toThrow('checksum')
    })
  })
}
