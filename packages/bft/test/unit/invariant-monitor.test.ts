import { describe, expect, test } from 'vitest'
import { checkInvariants, createInvariantMonitor, replicaStateOf, step } from '@zkstack/bft'
import type { InvariantMonitor, InvariantViolation, Observation } from '@zkstack/bft'
import type { CommitQC } from '@zkstack/roles'
import {
  byCommit,
  bytesOf,
  byTimeout,
  createCommittee,
  monitoredStep,
  ReplicaHarness,
  RunnerRig,
} from '@zkstack/bft/testing'

const committee = createCommittee({ validators: 6 })

/** A certificate that the whole committee signed, as only a committee with more than f faulty members does twice. */
const qc = (view: bigint, number: bigint, text: string): CommitQC =>
  committee.commitQc(committee.commit(view, committee.header(number, text)))

function harnessOf(o: { readonly step?: typeof step } = {}): {
  readonly harness: ReplicaHarness
  readonly violations: InvariantViolation[]
} {
  const violations: InvariantViolation[] = []
  const watched = monitoredStep({
    ...o,
    committee,
    index: 0,
    onViolation: (violation) => violations.push(violation),
  })
  return {
    harness: ReplicaHarness.inView1({ committee, validators: 6, step: watched }),
    violations,
  }
}

const codesOf = (violations: readonly InvariantViolation[]): readonly string[] =>
  violations.map(({ code }) => code)

function checkAll(
  monitor: InvariantMonitor,
  observations: readonly Observation[],
): readonly string[] {
  const codes: string[] = []
  let current = monitor
  for (const observation of observations) {
    const report = checkInvariants(current, observation)
    current = report.monitor
    codes.push(...codesOf(report.violations))
  }
  return codes
}

describe('invariant monitor of an honest history', () => {
  test('blocks, timeouts, re-proposals and a jump ahead › nothing is broken', () => {
    const { harness, violations } = harnessOf()
    for (let i = 0; i < 4; i += 1) harness.commitBlock()
    harness.timeoutView()
    harness.propose()
    harness.timeoutView()
    harness.commitBlock()
    harness.replica.receive(committee.signNewView(3, byTimeout(committee.timeoutQc(40n))))
    harness.timeoutView()
    expect(violations).toEqual([])
    expect(harness.view).toBe(42n)
  })

  test('one block certified in two views, by different signers › nothing is broken', () => {
    const { harness, violations } = harnessOf()
    const { replica } = harness
    replica.receive(committee.signNewView(1, byCommit(qc(5n, 0n, 'A'))))
    replica.receive(committee.signNewView(2, byCommit(qc(7n, 0n, 'A'))))
    const vote = committee.commit(7n, committee.header(0n, 'A'))
    const other = committee.commitQc(vote, [1, 2, 3, 4, 5])
    replica.receive(
      committee.signNewView(
        3,
        byTimeout(
          committee.timeoutQc(8n, [
            [committee.timeout(8n, { highQc: other }), committee.everybody()],
          ]),
        ),
      ),
    )
    expect(violations).toEqual([])
    expect(harness.view).toBe(9n)
  })

  test('hundreds of certificates › the memory is bounded', () => {
    let monitor = createInvariantMonitor(undefined)
    for (let view = 1n; view <= 300n; view += 1n) {
      const header = committee.header(view, 'x')
      const certificate = { ...qc(1n, 1n, 'x'), message: committee.commit(view, header) }
      const report = checkInvariants(monitor, { type: 'stored', header, qc: certificate })
      monitor = report.monitor
      expect(report.violations).toEqual([])
    }
    expect(monitor.certificates).toHaveLength(64)
  })
})

describe('negative control: more than f of the committee is faulty', () => {
  test('two blocks of one height are certified › AGREEMENT, with both certificates', () => {
    const { harness, violations } = harnessOf()
    const [a, b] = [qc(5n, 0n, 'A'), qc(7n, 0n, 'B')]
    harness.replica.receive(committee.signNewView(1, byCommit(a)))
    harness.replica.receive(committee.signNewView(2, byCommit(b)))
    expect(violations).toMatchObject([{ code: 'AGREEMENT', data: { qcs: [a, b] } }])
  })

  test('the other certificate comes inside a TimeoutQC › AGREEMENT', () => {
    const { harness, violations } = harnessOf()
    harness.replica.receive(committee.signNewView(1, byCommit(qc(5n, 0n, 'A'))))
    const timeout = committee.timeout(9n, { highQc: qc(3n, 0n, 'B') })
    const timeoutQc = committee.timeoutQc(9n, [[timeout, committee.everybody()]])
    harness.replica.receive(committee.signNewView(2, byTimeout(timeoutQc)))
    expect(codesOf(violations)).toEqual(['AGREEMENT'])
  })

  test('the other certificate comes inside timeout votes › AGREEMENT', () => {
    const { harness, violations } = harnessOf()
    harness.replica.receive(committee.signNewView(1, byCommit(qc(5n, 0n, 'A'))))
    const timeout = committee.timeout(6n, { highQc: qc(3n, 0n, 'B') })
    for (const index of [1, 2, 3, 4, 5]) {
      harness.replica.receive(committee.signTimeout(index, timeout))
    }
    expect(codesOf(violations)).toEqual(['AGREEMENT'])
  })

  test('two blocks of one view are certified › ONE_BLOCK_A_VIEW', () => {
    const { harness, violations } = harnessOf()
    harness.replica.receive(committee.signNewView(1, byCommit(qc(5n, 0n, 'A'))))
    const timeout = committee.timeout(9n, { highQc: qc(5n, 0n, 'B') })
    const timeoutQc = committee.timeoutQc(9n, [[timeout, committee.everybody()]])
    harness.replica.receive(committee.signNewView(2, byTimeout(timeoutQc)))
    expect(codesOf(violations)).toEqual(['ONE_BLOCK_A_VIEW'])
  })

  test('a later view certifies a lower block › CHAIN', () => {
    const { harness, violations } = harnessOf()
    harness.replica.receive(committee.signNewView(1, byCommit(qc(5n, 3n, 'A'))))
    harness.replica.receive(committee.signNewView(2, byCommit(qc(7n, 2n, 'B'))))
    expect(codesOf(violations)).toEqual(['CHAIN'])
  })

  test('a quorum denies a final block, and we vote for another › VOTE_AGAINST_FINAL', () => {
    const { harness, violations } = harnessOf()
    const { replica } = harness
    replica.receive(committee.signNewView(1, byCommit(qc(5n, 0n, 'A'))))
    const denial = byTimeout(committee.timeoutQc(6n))
    replica.receive(committee.signNewView(2, denial))
    replica.receive(committee.signProposal(committee.leader(7n), denial, bytesOf('B')))
    expect(harness.phase).toBe('commit')
    expect(codesOf(violations)).toEqual(['VOTE_AGAINST_FINAL'])
  })

  test('another block is stored than was certified › AGREEMENT', () => {
    const monitor = createInvariantMonitor(undefined)
    const [a, b] = [qc(5n, 0n, 'A'), qc(7n, 0n, 'B')]
    const stored = (certificate: CommitQC, block = certificate): Observation => {
      return { type: 'stored', header: block.message.proposal, qc: certificate }
    }
    expect(checkAll(monitor, [stored(a), stored(b)])).toEqual(['AGREEMENT'])
    expect(checkAll(monitor, [stored(a, b)])).toEqual(['AGREEMENT'])
    expect(checkAll(monitor, [stored(a), stored(a)])).toEqual([])
  })
})

describe('negative control: a replica is broken', () => {
  test('the step forgets its phase › the second vote is a DOUBLE_VOTE', () => {
    const forgetful: typeof step = (state, input) =>
      step(state.phase === 'commit' ? { ...state, phase: 'prepare' } : state, input)
    const { harness, violations } = harnessOf({ step: forgetful })
    harness.propose(bytesOf('a'))
    harness.propose(bytesOf('b'))
    expect(codesOf(violations)).toContain('DOUBLE_VOTE')
    expect(codesOf(violations)).toContain('VIEW_ORDER')
  })

  test('the step does not persist its votes › VOTE_ON_DISK', () => {
    const hasty: typeof step = (state, input) => {
      const { effects, ...rest } = step(state, input)
      const kept = effects.filter((e) => e.type !== 'persist' || e.state.phase !== 'commit')
      return { ...rest, effects: kept }
    }
    const { harness, violations } = harnessOf({ step: hasty })
    harness.propose()
    expect(codesOf(violations)).toEqual(['VOTE_ON_DISK'])
  })

  test('the step sends before it persists › VOTE_ON_DISK', () => {
    const hasty: typeof step = (state, input) => {
      const { effects, ...rest } = step(state, input)
      return { ...rest, effects: effects.toSorted((a) => (a.type === 'broadcast' ? -1 : 0)) }
    }
    const { violations } = harnessOf({ step: hasty })
    expect(codesOf(violations)).toContain('VOTE_ON_DISK')
  })

  test('view, phase, high vote, a high QC or the blocks go back › VIEW_ORDER or CHAIN', () => {
    const { harness } = harnessOf()
    harness.commitBlock()
    harness.propose()
    const { state } = harness.replica
    const tick = { type: 'tick', now: 0 } as const
    const codesAfter = (change: Partial<typeof state>): readonly string[] =>
      checkAll(createInvariantMonitor(undefined), [
        { type: 'step', before: state, input: tick, after: { ...state, ...change } },
      ])
    expect(codesAfter({ view: 1n })).toEqual(['VIEW_ORDER'])
    expect(codesAfter({ phase: 'prepare' })).toEqual(['VIEW_ORDER'])
    expect(codesAfter({ highVote: undefined })).toEqual(['VIEW_ORDER'])
    expect(codesAfter({ highCommitQc: undefined })).toEqual(['VIEW_ORDER'])
    expect(codesAfter({ highTimeoutQc: undefined })).toEqual(['VIEW_ORDER'])
    expect(codesAfter({ nextBlock: 0n })).toEqual(['CHAIN'])
    expect(codesAfter({ view: 9n })).toEqual(['VIEW_JUSTIFIED'])
    expect(codesAfter({})).toEqual([])
  })

  test('an older state is written over a newer one › VIEW_ORDER', () => {
    const { harness } = harnessOf()
    const older = replicaStateOf(harness.replica.state)
    harness.commitBlock()
    const newer = replicaStateOf(harness.replica.state)
    const persisted = (state: typeof older): Observation => ({ type: 'persisted', state })
    const monitor = createInvariantMonitor(undefined)
    expect(checkAll(monitor, [persisted(older), persisted(newer)])).toEqual([])
    expect(checkAll(monitor, [persisted(newer), persisted(older)])).toContain('VIEW_ORDER')
  })
})

describe('the runner', () => {
  test('an invariant breaks › an event with the certificates, a metric, and the replica stops', async () => {
    const rig = new RunnerRig({ committee })
    await rig.start()
    await rig.deliver(committee.signNewView(1, byCommit(qc(5n, 0n, 'A'))))
    expect(rig.events.filter(({ type }) => type === 'invariant')).toEqual([])
    await rig.deliver(committee.signNewView(2, byCommit(qc(7n, 0n, 'B'))))
    const reported = rig.events.flatMap((e) => (e.type === 'invariant' ? [e.violation.code] : []))
    expect(reported).toEqual(['AGREEMENT'])
    expect(await rig.ended).toMatchObject({ code: 'INVARIANT_BROKEN' })
    const sent = rig.sentOf('replicaNewView').map(({ msg }) => msg.value.justification.type)
    expect(sent).toEqual(['commit'])
    const count = rig.metrics.value('zkstack_consensus_invariants_broken', { code: 'AGREEMENT' })
    expect(count).toBe(1)
  })
})
