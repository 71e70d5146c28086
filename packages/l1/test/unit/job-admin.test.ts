import { hash32 } from '@zkstack/crypto'
import { address } from '@zkstack/pessimistic-proof'
import { describe, expect, test } from 'vitest'
import { foreignTransaction } from '../helpers/foreign-transaction.js'
import { codeOf, running, signal, signer } from '../helpers/manager-rig.js'

describe('operators', () => {
  test('abort › the job is let go and stays stored; reload › it goes on; a waiter never noticed (agglayer #1675)', async () => {
    const rig = await running()
    const id = await rig.submit()
    const waiting = rig.manager.wait(id, { signal })
    const { admin } = rig.manager
    const [aborted, early] = await Promise.all([admin.abort(id), admin.reload(id)])
    expect([codeOf(aborted), codeOf(early)]).toEqual(['ok', 'UNAVAILABLE'])
    await rig.settle()
    expect(await rig.status(id)).toMatchObject({ status: 'pending', hasLiveTask: false })
    expect(codeOf(await admin.abort(id))).toBe('NO_LIVE_TASK')
    await rig.mine(4)
    expect(await rig.manager.result(id)).toEqual({ ok: true, value: undefined })
    expect(codeOf(await admin.reload(id))).toBe('ok')
    expect(codeOf(await waiting)).toBe('ok')
  })

  test('a completed job › abort, reload and edits are refused', async () => {
    const rig = await running()
    const id = await rig.submit()
    await rig.mine(4)
    const { admin } = rig.manager
    const refusals = [
      await admin.abort(id),
      await admin.reload(id),
      await admin.markAttemptDefinitelyFailed(id, 0, 'gone'),
      await admin.removeAttemptResult(id, 0),
    ]
    expect(refusals.map(codeOf)).toEqual(refusals.map(() => 'ALREADY_COMPLETED'))
  })

  test('a completed job, edited by force › taken up again, and its outcome derived from L1', async () => {
    const rig = await running()
    const id = await rig.submit()
    await rig.mine(4)
    const { admin } = rig.manager
    const edit = await admin.removeAttemptResult(id, 0, { force: true })
    expect(edit).toEqual({ ok: true, value: { attemptNumber: 0, liveTask: 'absent' } })
    const [first, second] = await Promise.all([
      admin.forceRemoveJobResult(id),
      admin.forceRemoveJobResult(id),
    ])
    expect([codeOf(first), codeOf(second)]).toEqual(['ok', 'NOT_COMPLETED'])
    expect(codeOf(await rig.manager.wait(id, { signal }))).toBe('ok')
    expect((await rig.status(id)).record.attempts[0]?.result).toMatchObject({
      type: 'contractCall',
    })
    expect(rig.l1.count(signer.address, rig.l1.height)).toBe(1n)
  })

  test('a pending job › its result cannot be removed', async () => {
    const rig = await running()
    const id = await rig.submit()
    expect(codeOf(await rig.manager.admin.forceRemoveJobResult(id))).toBe('NOT_COMPLETED')
  })

  test("a transaction that was sent by other means › watched, and its success is the job's", async () => {
    const rig = await running({ baseFeePerGas: 2_000n, quotedBaseFeePerGas: 10n })
    const id = await rig.submit()
    await rig.manager.admin.abort(id)
    await rig.settle()
    const foreign = {
      transactionHash: hash32(new Uint8Array(32).fill(9)),
      wallet: signer.address,
      nonce: 0n,
    }
    const edit = await rig.manager.admin.insertAttempt(id, foreign, { signal })
    expect(edit).toEqual({ ok: true, value: { attemptNumber: 1, liveTask: 'absent' } })
    const [own] = rig.l1.mempool
    if (own === undefined) throw new TypeError('nothing was sent')
    rig.l1.mineForeign({ ...own, hash: foreign.transactionHash })
    await rig.manager.admin.reload(id)
    await rig.mine(4)
    expect(await rig.manager.result(id)).toMatchObject({ value: { attemptNumber: 1 } })
  })

  test('a transaction of which only the hash is known › its wallet and nonce come from L1', async () => {
    const rig = await running()
    const id = await rig.submit()
    const { admin } = rig.manager
    await admin.abort(id)
    await rig.settle()
    const foreign = foreignTransaction(rig.l1, signer.address)
    const transactionHash = hash32(foreign.hash.slice())
    const unknown = await admin.insertAttempt(id, { transactionHash }, { signal })
    expect(codeOf(unknown)).toBe('INVALID')
    rig.l1.mineForeign(foreign)
    const wallet = address(new Uint8Array(20).fill(0x77))
    for (const wrong of [{ wallet }, { nonce: 5n }]) {
      const edit = await admin.insertAttempt(id, { transactionHash, ...wrong }, { signal })
      expect(codeOf(edit)).toBe('INVALID')
    }
    expect(codeOf(await admin.insertAttempt(id, { transactionHash }, { signal }))).toBe('ok')
    const { attempts } = (await rig.status(id)).record
    expect(attempts.at(-1)?.attempt).toMatchObject({ wallet: signer.address, nonce: 0n })
  })

  test('an attempt at the nonce of another job, or that L1 contradicts › INVALID', async () => {
    const rig = await running()
    const first = await rig.submit(1)
    const second = await rig.submit(2)
    const foreign = {
      transactionHash: hash32(new Uint8Array(32)),
      wallet: signer.address,
      nonce: 0n,
    }
    const { admin } = rig.manager
    expect(codeOf(await admin.insertAttempt(second, foreign, { signal }))).toBe('INVALID')
    rig.l1.mine()
    expect(codeOf(await admin.insertAttempt(first, foreign, { signal }))).toBe('INVALID')
  })

  test('an edit of a job that is being driven › acts on it at once (agglayer #1610, PR #1715)', async () => {
    const rig = await running({ baseFeePerGas: 2_000n, quotedBaseFeePerGas: 10n })
    const id = await rig.submit()
    const { admin } = rig.manager
    expect(codeOf(await admin.markAttemptDefinitelyFailed(id, 0, ''))).toBe('INVALID')
    expect(codeOf(await admin.markAttemptDefinitelyFailed(id, 7, 'gone'))).toBe('NOT_FOUND')
    const edit = await admin.markAttemptDefinitelyFailed(id, 0, 'its wallet was rotated')
    expect(edit).toEqual({ ok: true, value: { attemptNumber: 0, liveTask: 'queued' } })
    await rig.clock.run(10_000)
    const { record, lastError } = await rig.status(id)
    expect(lastError).toBe('abandonedByAdmin: its wallet was rotated')
    expect(record.attempts[0]?.result).toMatchObject({ kind: 'abandonedByAdmin' })
    // No longer pending, it is offered afresh at the same nonce.
    const attempts = { kind: 'replacement' }
    expect(rig.metrics.value('agglayer_node_settlement_attempts', attempts)).toBeGreaterThan(0)
    expect(rig.l1.mempool.every(({ nonce }) => nonce === 0n)).toBe(true)
  })
})
