import { afterEach, describe, expect, test } from 'vitest'
import { bytesOf, byTimeout, createCommittee, RunnerRig } from '@zkstack/bft/testing'
import type { RunnerRigOptions } from '@zkstack/bft/testing'

let rig: RunnerRig
const committee = createCommittee({ validators: 6 })

async function start(o: RunnerRigOptions): Promise<RunnerRig> {
  rig = new RunnerRig({ committee, ...o })
  await rig.start()
  return rig
}

afterEach(async () => {
  await rig.stop()
})

describe('signer', () => {
  test('signer › it fails once › a warning, and the message is sent at the next timer', async () => {
    let failures = 1
    await start({
      signer: {
        publicKey: committee.key(0),
        sign: async (hash) => {
          if (failures-- > 0) throw new Error('the device is busy')
          return committee.signature(0, hash)
        },
      },
    })
    expect(rig.sent).toEqual([])
    expect(rig.warnings).toEqual(['SIGNER_FAILED'])
    expect(rig.runner.snapshot().unsigned).toEqual(['ReplicaTimeoutV2'])
    await rig.expire()
    expect(rig.sentOf('replicaTimeout')).toHaveLength(1)
    expect(rig.runner.snapshot().unsigned).toEqual([])
  })

  test('signer › it fails for a vote whose view then ends › the vote is not signed later', async () => {
    let failing = false
    await start({
      signer: {
        publicKey: committee.key(0),
        sign: async (hash) => {
          if (failing) throw new Error('the device is busy')
          return committee.signature(0, hash)
        },
      },
    })
    await rig.timeoutView()
    failing = true
    const justification = byTimeout(committee.timeoutQc(0n))
    await rig.deliver(committee.signProposal(1, justification, bytesOf('a')))
    expect(rig.warnings).toContain('SIGNER_FAILED')
    failing = false
    await rig.timeoutView()
    await rig.expire()
    expect(rig.sentOf('replicaCommit')).toEqual([])
  })

  test('signer › it fails for a vote and the view times out › the vote is signed with the timeout', async () => {
    let failing = false
    await start({
      signer: {
        publicKey: committee.key(0),
        sign: async (hash) => {
          if (failing) throw new Error('the device is busy')
          return committee.signature(0, hash)
        },
      },
    })
    await rig.timeoutView()
    failing = true
    const justification = byTimeout(committee.timeoutQc(0n))
    await rig.deliver(committee.signProposal(1, justification, bytesOf('a')))
    failing = false
    await rig.expire()
    expect(rig.sentOf('replicaCommit')).toHaveLength(1)
  })

  test('signer › it throws at once, without a promise › a warning like any other', async () => {
    await start({
      signer: {
        publicKey: committee.key(0),
        sign: () => {
          throw new Error('no promise')
        },
      },
    })
    expect(rig.warnings).toEqual(['SIGNER_FAILED'])
  })

  test('signer › it never answers › the replica follows the chain, and the signal aborts after a view timeout', async () => {
    const signals: AbortSignal[] = []
    await start({
      signer: {
        publicKey: committee.key(0),
        sign: (_, { signal }) => {
          signals.push(signal)
          return new Promise(() => undefined)
        },
      },
    })
    const vote = committee.commit(4n, committee.header(0n, 'a'))
    for (const index of [1, 2, 3, 4, 5]) await rig.deliver(committee.signCommit(index, vote))
    expect(rig.runner.snapshot().view).toBe(5n)
    expect(rig.sent).toEqual([])
    await rig.expire()
    expect(signals[0]?.aborted).toBe(true)
    expect(rig.warnings).toContain('SIGNER_FAILED')
    // Older messages of a label give way to newer ones: never more than one of each waits.
    expect(rig.runner.snapshot().unsigned.length).toBeLessThanOrEqual(4)
  })

  test('signer › it answers after the replica was stopped › nothing is sent', async () => {
    let answer = (): void => undefined
    const asked = new Promise<void>((resolve) => {
      answer = resolve
    })
    await start({
      signer: {
        publicKey: committee.key(0),
        sign: async (hash) => {
          await asked
          return committee.signature(0, hash)
        },
      },
    })
    await rig.stop()
    answer()
    await rig.settle()
    expect(rig.sent).toEqual([])
  })

  test('signer › it returns no signature of the scheme › a warning, and nothing is sent', async () => {
    await start({ signer: { publicKey: committee.key(0), sign: async () => new Uint8Array(3) } })
    expect(rig.warnings).toEqual(['SIGNER_MALFORMED'])
    expect(rig.sent).toEqual([])
  })

  test('signer › it changes its answer afterwards › what was sent does not change', async () => {
    const buffer = new Uint8Array(8)
    await start({
      signer: {
        publicKey: committee.key(0),
        sign: async (hash) => {
          buffer.set(committee.signature(0, hash))
          return buffer
        },
      },
    })
    const { sig } = rig.sent[0]!
    const before = Uint8Array.from(sig)
    buffer.fill(0)
    expect(sig).toEqual(before)
  })
})
