import { afterEach, describe, expect, test } from 'vitest'
import { Ctx } from '@zkstack/concurrency'
import { standInScheme } from '@zkstack/crypto/testing'
import { StorageError } from '@zkstack/storage'
import { createReplicaRunner, ReplicaError } from '@zkstack/bft'
import {
  bytesOf,
  byTimeout,
  countingScheme,
  createCommittee,
  FakeStore,
  RunnerRig,
} from '@zkstack/bft/testing'
import type { RunnerRigOptions } from '@zkstack/bft/testing'

const rigs: RunnerRig[] = []

function rigOf(o?: RunnerRigOptions): RunnerRig {
  const rig = new RunnerRig(o)
  rigs.push(rig)
  return rig
}

/** A promise that the test resolves. */
function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open: () => open() }
}

afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.stop()
})

describe('order of effects', () => {
  test('rule 22 › the disk has not acknowledged the state › nothing is sent until it has', async () => {
    const rig = rigOf()
    const disk = gate()
    rig.store.beforeWrite = () => disk.opened
    await rig.start()
    expect(rig.sent).toEqual([])
    disk.open()
    await rig.settle()
    expect(rig.sentOf('replicaTimeout')).toHaveLength(1)
  })

  test('rule 22 › a run of some blocks › each vote was on disk when it was sent', async () => {
    const log: string[] = []
    const rig = rigOf({
      send: (message) => {
        const { type } = message.msg
        if (type === 'replicaCommit') log.push(`send ${message.msg.value.view.number}`)
      },
    })
    rig.store.written = (what, value) => {
      if (what === 'state' && 'phase' in value && value.phase === 'commit') {
        log.push(`save ${value.view}`)
      }
    }
    await rig.start()
    await rig.timeoutView()
    const { committee } = rig
    const justification = byTimeout(committee.timeoutQc(0n))
    await rig.deliver(committee.signProposal(1, justification, bytesOf('a')))
    expect(log).toEqual(['save 1', 'send 1'])
  })

  test('rule 22 › writing the state fails › run rejects with the StorageError and nothing more is sent', async () => {
    const rig = rigOf()
    await rig.start()
    const before = rig.sent.length
    rig.store.beforeWrite = async () => {
      throw new StorageError('STORE_FULL', 'the disk has no room')
    }
    await rig.expire()
    const error = await rig.ended
    expect(error).toBeInstanceOf(StorageError)
    expect(error).toMatchObject({ code: 'STORE_FULL' })
    expect(rig.sent).toHaveLength(before)
    expect(rig.runner.snapshot().status).toBe('failed')
  })

  test('rule 22 › a store throws an error without a code › it becomes STORE_IO with the cause', async () => {
    const rig = rigOf()
    const cause = new Error('EIO')
    rig.store.beforeWrite = async () => {
      throw cause
    }
    await rig.start()
    expect(await rig.ended).toMatchObject({ code: 'STORE_IO', cause })
  })

  test('rule 22 › writing a block fails › run rejects with a StorageError', async () => {
    const rig = rigOf()
    await rig.start()
    await rig.timeoutView()
    const { committee } = rig
    rig.store.beforeWrite = async (what) => {
      if (what === 'block') throw new Error('bad sector')
    }
    await rig.deliver(committee.signProposal(1, byTimeout(committee.timeoutQc(0n)), bytesOf('a')))
    const vote = committee.commit(1n, committee.header(0n, 'a'))
    for (const index of [1, 2, 3, 4]) await rig.deliver(committee.signCommit(index, vote))
    expect(await rig.ended).toMatchObject({ name: 'StorageError' })
  })

  test('own messages › they are signed › they loop back and count', async () => {
    const rig = rigOf()
    await rig.start()
    expect(rig.runner.snapshot().timeouts.unverified).toEqual([0])
  })
})

describe('a whole view', () => {
  test('runner › proposal and votes arrive › the block is on disk, and the event names it', async () => {
    const rig = rigOf()
    await rig.start()
    await rig.timeoutView()
    const { committee } = rig
    await rig.deliver(committee.signProposal(1, byTimeout(committee.timeoutQc(0n)), bytesOf('a')))
    const vote = committee.commit(1n, committee.header(0n, 'a'))
    for (const index of [1, 2, 3, 4]) await rig.deliver(committee.signCommit(index, vote))
    expect(rig.store.blocks).toMatchObject([{ number: 0n, payload: bytesOf('a') }])
    expect(rig.events).toContainEqual({ type: 'finalized', header: vote.proposal, view: 1n })
    expect(rig.events).toContainEqual({
      type: 'viewEntered',
      view: 2n,
      leader: committee.key(2),
    })
    expect(rig.runner.snapshot()).toMatchObject({ view: 2n, phase: 'prepare', status: 'running' })
  })

  test('metrics › a block was made › they have the documented names', async () => {
    const rig = rigOf()
    await rig.start()
    await rig.timeoutView()
    const { committee } = rig
    await rig.deliver(committee.signProposal(1, byTimeout(committee.timeoutQc(0n)), bytesOf('a')))
    const vote = committee.commit(1n, committee.header(0n, 'a'))
    for (const index of [1, 2, 3, 4]) await rig.deliver(committee.signCommit(index, vote))
    const text = rig.metrics.openMetrics()
    for (const name of [
      'replica_view_number 2',
      'finalized_block_number 0',
      'proposal_payload_size_count 1',
      'proposal_latency_count 1',
      'commit_latency_count 1',
      'view_latency_count 1',
      'message_processing_latency_count{type="ReplicaCommitV2",result="OK"}',
    ]) {
      expect(text).toContain(`zkstack_consensus_${name}`)
    }
  })

  test('leader › it enters its view › it asks the execution layer and sends the proposal', async () => {
    const rig = rigOf({ index: 1 })
    await rig.start()
    await rig.timeoutView()
    expect(rig.sentOf('leaderProposal')).toMatchObject([
      { msg: { value: { payload: bytesOf('block 0') } } },
    ])
    expect(rig.sentOf('replicaCommit')).toHaveLength(1)
  })

  test('blocks › sync brings the block before › the waiting proposal goes on', async () => {
    const rig = rigOf()
    await rig.start()
    await rig.timeoutView()
    const { committee } = rig
    const qc = committee.commitQc(committee.commit(1n, committee.header(0n, 'synced')))
    await rig.deliver(committee.signProposal(2, { type: 'commit', qc }, bytesOf('next')))
    expect(rig.runner.snapshot().awaits).toContainEqual({ type: 'previousBlock', number: 0n })
    expect(rig.sentOf('replicaCommit')).toEqual([])
    await rig.blocks.push({
      kind: 'final',
      number: 0n,
      epoch: 0n,
      view: 1n,
      payload: bytesOf('synced'),
      payloadHash: qc.message.proposal.payload,
      justification: qc,
    })
    await rig.settle()
    expect(rig.sentOf('replicaCommit')).toHaveLength(1)
  })
})

describe('checks', () => {
  test('rule 13 › a check never ends › the timer fires and votes are taken', async () => {
    const rig = rigOf({ yieldTurn: () => new Promise(() => undefined) })
    await rig.start()
    const { committee } = rig
    await rig.deliver(committee.signNewView(3, byTimeout(committee.timeoutQc(5n))))
    expect(rig.runner.snapshot().queuedChecks).toBe(1)
    const sent = rig.sentOf('replicaTimeout').length
    await rig.expire()
    expect(rig.sentOf('replicaTimeout').length).toBe(sent + 1)
    await rig.deliver(committee.signTimeout(3, committee.timeout(0n)))
    expect(rig.runner.snapshot().timeouts.unverified).toEqual([0, 3])
  })

  test('moot checks › the view moved on while they waited › not one signature is checked for them', async () => {
    const counting = countingScheme(standInScheme)
    const committee = createCommittee({ validators: 6, scheme: counting.scheme })
    const turns: (() => void)[] = []
    const rig = rigOf({
      committee,
      yieldTurn: () => new Promise((resolve) => turns.push(resolve)),
    })
    await rig.start()
    counting.reset()
    // The first check is under way and stays there: a NewView, checked once.
    await rig.deliver(committee.signNewView(3, byTimeout(committee.timeoutQc(9n))))
    expect(counting.checks).toBe(1)
    // These wait behind it, and the result of the first makes them moot.
    for (const author of [1, 2, 4]) {
      const qc = committee.timeoutQc(BigInt(author) + 2n)
      await rig.deliver(committee.signNewView(author, byTimeout(qc)))
    }
    expect(rig.runner.snapshot().queuedChecks).toBe(4)
    turns[0]!()
    await rig.settle()
    expect(rig.runner.snapshot()).toMatchObject({ view: 10n, queuedChecks: 0 })
    expect(counting.checks).toBe(1)
  })

  test('moot checks › commits end the view while its timeouts wait to be checked › they are not', async () => {
    const counting = countingScheme(standInScheme)
    const committee = createCommittee({ validators: 6, scheme: counting.scheme })
    let turn = gate()
    turn.open()
    const rig = rigOf({ committee, yieldTurn: () => turn.opened })
    await rig.start()
    await rig.timeoutView()
    counting.reset()
    turn = gate()
    const vote = committee.commit(1n, committee.header(0n, 'a'))
    for (const index of [1, 2, 3, 4, 5]) {
      await rig.deliver(committee.signCommit(index, vote))
      await rig.deliver(committee.signTimeout(index, committee.timeout(1n, { highVote: vote })))
    }
    expect(rig.runner.snapshot().queuedChecks).toBe(2)
    turn.open()
    await rig.settle()
    expect(rig.runner.snapshot()).toMatchObject({ view: 2n, queuedChecks: 0 })
    expect(counting.checks).toBe(1)
  })

  test('bisection › a further vote comes while it runs › it does one check a turn, and finds all who forged', async () => {
    const counting = countingScheme(standInScheme)
    const committee = createCommittee({ validators: 11, scheme: counting.scheme })
    let turn = gate()
    const rig = rigOf({ committee, yieldTurn: () => turn.opened })
    await rig.start()
    for (const index of [1, 2, 3, 4, 5, 6, 7, 8]) {
      await rig.deliver(committee.forge(committee.signTimeout(index, committee.timeout(0n))))
    }
    expect(counting.checks).toBe(1)
    counting.reset()
    await rig.deliver(committee.signTimeout(9, committee.timeout(0n)))
    const first = turn
    turn = gate()
    first.open()
    await rig.settle()
    expect(counting.checks).toBe(1)
    turn.open()
    await rig.settle()
    expect(rig.events.filter((event) => event.type === 'misbehaved')).toHaveLength(8)
  })

  test('rule 21 › the signer signs wrongly › the replica stops with OWN_VOTE_INVALID', async () => {
    const committee = createCommittee({ validators: 6 })
    const rig = rigOf({
      committee,
      signer: {
        publicKey: committee.key(0),
        sign: async () => committee.signature(0, bytesOf('something else')),
      },
    })
    await rig.start()
    await rig.timeoutView()
    expect(await rig.ended).toMatchObject({ name: 'ReplicaError', code: 'OWN_VOTE_INVALID' })
  })
})

describe('life and death', () => {
  test('run › it is canceled › it rejects with the cancellation, leaves no timer, and later deliveries resolve', async () => {
    const rig = rigOf()
    await rig.start()
    const error = await rig.stop()
    expect(error).toMatchObject({ code: 'CANCELED' })
    expect(rig.clock.pendingTimers).toBe(0)
    expect(rig.runner.snapshot().status).toBe('stopped')
    await rig.runner.deliver(rig.committee.signTimeout(1, rig.committee.timeout(0n)), undefined)
  })

  test('run › it is canceled while messages wait › their deliveries resolve', async () => {
    const rig = rigOf()
    const disk = gate()
    rig.store.beforeWrite = () => disk.opened
    await rig.start()
    const delivery = rig.runner.deliver(
      rig.committee.signTimeout(1, rig.committee.timeout(0n)),
      rig.committee.key(1),
    )
    rig.ctx.cancel()
    disk.open()
    await rig.ended
    await delivery
  })

  test('run › a second time › TypeError', async () => {
    const rig = rigOf()
    await rig.start()
    await expect(rig.runner.run(Ctx.root())).rejects.toThrow(TypeError)
  })

  test('runner › the signer’s key is not in the schedule › NOT_A_VALIDATOR', () => {
    const stranger = createCommittee({ validators: 1, seed: 'stranger' })
    const create = (): unknown =>
      rigOf({ signer: { publicKey: stranger.key(0), sign: async () => new Uint8Array() } })
    expect(create).toThrow(ReplicaError)
    expect(createReplicaRunner).toBeTypeOf('function')
  })

  test('run › the block before the epoch is not there yet › nothing is sent until it is', async () => {
    const committee = createCommittee({ validators: 6, firstBlock: 1n })
    const rig = rigOf({ committee, store: new FakeStore(0n) })
    await rig.start()
    expect(rig.sent).toEqual([])
    await rig.blocks.push({
      kind: 'preGenesis',
      number: 0n,
      payload: bytesOf('old'),
      justification: new Uint8Array(),
    })
    await rig.settle()
    expect(rig.sentOf('replicaTimeout')).toHaveLength(1)
  })

  test('listeners › onEvent and send throw › the replica goes on', async () => {
    let sends = 0
    const rig = rigOf({
      onEvent: () => {
        throw new Error('listener')
      },
      send: () => {
        sends += 1
        throw new Error('network')
      },
    })
    await rig.start()
    await rig.timeoutView()
    expect(rig.runner.snapshot()).toMatchObject({ view: 1n, status: 'running' })
    expect(sends).toBeGreaterThan(1)
  })
})
