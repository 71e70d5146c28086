import { afterEach, describe, expect, test } from 'vitest'
import { RetryableError } from '@zkstack/concurrency'
import type { ExecutionLayer } from '@zkstack/storage'
import { bytesOf, byTimeout, createCommittee, RunnerRig } from '@zkstack/bft/testing'
import type { RunnerRigOptions } from '@zkstack/bft/testing'

const committee = createCommittee({ validators: 6 })
let rig: RunnerRig

const accepts: Pick<ExecutionLayer, 'propose' | 'verify'> = {
  propose: async () => bytesOf('payload'),
  verify: async () => ({ ok: true }),
}

async function start(o: RunnerRigOptions): Promise<void> {
  rig = new RunnerRig({ committee, ...o })
  await rig.start()
  await rig.timeoutView()
}

/** A replica that leads view 1. */
function startLeader(propose: ExecutionLayer['propose']): Promise<void> {
  return start({ index: 1, execution: { ...accepts, propose } })
}

/** A replica that is asked to judge the proposal of view 1. */
async function startJudge(verify: ExecutionLayer['verify']): Promise<void> {
  await start({ execution: { ...accepts, verify } })
  const justification = byTimeout(committee.timeoutQc(0n))
  await rig.deliver(committee.signProposal(1, justification, bytesOf('payload')))
}

afterEach(async () => {
  await rig.stop()
})

describe('propose', () => {
  test('propose › it is asked › with height, epoch, view, limit and a deadline in wall-clock time', async () => {
    let request: unknown
    await startLeader(async (p) => {
      request = p
      return bytesOf('payload')
    })
    expect(request).toEqual({
      number: 0n,
      epoch: 0n,
      view: 1n,
      maxBytes: 1000,
      deadline: new Date(rig.clock.nowUtc() + 2000),
    })
    expect(rig.sentOf('leaderProposal')).toHaveLength(1)
    expect(rig.warnings).toEqual([])
  })

  test('propose › null › nothing is proposed, without a warning', async () => {
    await startLeader(async () => null)
    expect(rig.sentOf('leaderProposal')).toEqual([])
    expect(rig.warnings).toEqual([])
  })

  test('propose › RetryableError once › asked once more within the view', async () => {
    let calls = 0
    await startLeader(async () => {
      calls += 1
      if (calls === 1) throw new RetryableError('not yet')
      return bytesOf('payload')
    })
    expect(rig.sentOf('leaderProposal')).toEqual([])
    await rig.clock.run(200)
    expect(calls).toBe(2)
    expect(rig.sentOf('leaderProposal')).toHaveLength(1)
    expect(rig.warnings).toEqual([])
  })

  test('propose › RetryableError twice › the view is skipped with a warning', async () => {
    let calls = 0
    await startLeader(async () => {
      calls += 1
      throw new RetryableError('not yet')
    })
    await rig.clock.run(1500)
    expect(calls).toBe(2)
    expect(rig.warnings).toEqual(['PROPOSE_FAILED'])
    expect(rig.runner.snapshot().status).toBe('running')
  })

  test('propose › any other error › no second call, a warning', async () => {
    let calls = 0
    await startLeader(async () => {
      calls += 1
      throw new Error('broken')
    })
    await rig.clock.run(1500)
    expect(calls).toBe(1)
    expect(rig.warnings).toEqual(['PROPOSE_FAILED'])
  })

  test('propose › more than maxBytes › the view is skipped with a warning', async () => {
    await startLeader(async () => new Uint8Array(1001))
    expect(rig.warnings).toEqual(['PROPOSE_OVERSIZED'])
    expect(rig.sentOf('leaderProposal')).toEqual([])
  })

  test('propose › something that is no Uint8Array › a warning', async () => {
    // An execution layer in plain JavaScript can do that.
    await startLeader(async () => JSON.parse('"text"') as Uint8Array)
    expect(rig.warnings).toEqual(['PROPOSE_FAILED'])
  })

  test('propose › no answer before the deadline › the signal aborts, a warning, and the replica goes on', async () => {
    let signal: AbortSignal | undefined
    await startLeader((_, o) => {
      ;({ signal } = o)
      return new Promise(() => undefined)
    })
    await rig.expire()
    expect(signal?.aborted).toBe(true)
    expect(rig.warnings).toEqual(['EXECUTION_LATE'])
    expect(rig.runner.snapshot()).toMatchObject({ status: 'running', phase: 'timeout' })
  })

  test('propose › the view ends first › the signal aborts and there is no warning', async () => {
    let signal: AbortSignal | undefined
    await startLeader((_, o) => {
      ;({ signal } = o)
      return new Promise(() => undefined)
    })
    await rig.deliver(committee.signNewView(3, byTimeout(committee.timeoutQc(7n))))
    expect(rig.runner.snapshot().view).toBe(8n)
    expect(signal?.aborted).toBe(true)
    expect(rig.warnings).toEqual([])
  })

  test('propose › the execution layer changes the bytes afterwards › what was proposed does not change', async () => {
    const bytes = bytesOf('payload')
    await startLeader(async () => bytes)
    bytes.fill(0)
    expect(rig.sentOf('leaderProposal')).toMatchObject([
      { msg: { value: { payload: bytesOf('payload') } } },
    ])
  })
})

describe('verify', () => {
  test('verify › it is asked › with height, epoch, payload and the leader’s key', async () => {
    let request: unknown
    await startJudge(async (p) => {
      request = p
      return { ok: true }
    })
    expect(request).toEqual({
      number: 0n,
      epoch: 0n,
      payload: bytesOf('payload'),
      leader: committee.key(1),
    })
    expect(rig.sentOf('replicaCommit')).toHaveLength(1)
  })

  test('verify › not ok › no vote, no warning and no blame', async () => {
    await startJudge(async () => ({ ok: false, reason: 'nonsense' }))
    expect(rig.sentOf('replicaCommit')).toEqual([])
    expect(rig.warnings).toEqual([])
    expect(rig.runner.snapshot().blamed).toEqual([])
  })

  test('verify › RetryableError once › asked once more, and then the vote', async () => {
    let calls = 0
    await startJudge(async () => {
      calls += 1
      if (calls === 1) throw new RetryableError('not yet')
      return { ok: true }
    })
    await rig.clock.run(200)
    expect(calls).toBe(2)
    expect(rig.sentOf('replicaCommit')).toHaveLength(1)
  })

  test('verify › it throws › no vote in this view, a warning', async () => {
    await startJudge(async () => {
      throw new Error('broken')
    })
    expect(rig.warnings).toEqual(['VERIFY_FAILED'])
    expect(rig.sentOf('replicaCommit')).toEqual([])
  })

  test('verify › it returns no verdict › a warning, no vote', async () => {
    await startJudge(async () => JSON.parse('null') as { ok: true })
    expect(rig.warnings).toEqual(['VERIFY_FAILED'])
    expect(rig.sentOf('replicaCommit')).toEqual([])
  })

  test('verify › no answer before the deadline › no vote, and a late one changes nothing', async () => {
    let answer = (_: { ok: true }): void => undefined
    await startJudge(
      () =>
        new Promise((resolve) => {
          answer = resolve
        }),
    )
    await rig.expire()
    answer({ ok: true })
    await rig.settle()
    expect(rig.warnings).toEqual(['EXECUTION_LATE'])
    expect(rig.sentOf('replicaCommit')).toEqual([])
    expect(rig.runner.snapshot().phase).toBe('timeout')
  })

  test('verify › the execution layer scribbles over the payload › the block is what was proposed', async () => {
    await startJudge(async ({ payload }) => {
      payload.fill(0)
      return { ok: true }
    })
    const vote = committee.commit(1n, committee.header(0n, 'payload'))
    for (const index of [1, 2, 3, 4]) await rig.deliver(committee.signCommit(index, vote))
    expect(rig.store.blocks).toMatchObject([{ payload: bytesOf('payload') }])
  })
})
