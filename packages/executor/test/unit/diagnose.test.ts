import { describe, expect, it } from 'vitest'
import { diagnose, type Cause, type NodeSnapshot } from '../../src/index.js'

type Replica = NonNullable<NodeSnapshot['replica']>

const nobody = { verified: [], unverified: [], verifiedWeight: '0', unverifiedWeight: '0' }

/** A validator of six in view 9, a moment after the view began, with everybody connected and talking. */
const healthyReplica: Replica = {
  status: 'running',
  epoch: '0',
  view: '9',
  phase: 'prepare',
  self: 0,
  leader: 3,
  deadline: 11_900,
  totalWeight: '6',
  quorum: '5',
  highVote: undefined,
  highCommitQc: { view: '8', number: '7' },
  highTimeoutQc: undefined,
  nextBlock: '8',
  commits: [],
  timeouts: nobody,
  silent: [],
  ahead: [],
  blamed: [],
  awaits: [{ type: 'proposal', leader: 3 }],
  queuedMessages: 0,
  queuedChecks: 0,
  unsigned: [],
  signing: undefined,
  viewSince: 9_900,
  heardAt: [null, 9_900, 9_900, 9_900, 9_900, 9_900],
  writing: undefined,
  timerLateMs: 0,
  inputsAtOneTime: 1,
}

const key = (index: number): string => `validator:public:ed25519:${String(index).repeat(64)}`

const healthy: NodeSnapshot = {
  clock: { nowMs: 10_000, utcMs: 1_700_000_000_000, readings: 1 },
  viewTimeoutMs: 2_000,
  genesis: { hash: '00', chainId: '1', scheme: 'ed25519', backend: 'node' },
  nodeKey: 'node',
  validatorKey: key(0),
  status: {
    phase: 'validating',
    role: 'validator',
    view: '9',
    epoch: '0',
    head: '7',
    committed: '7',
    peers: 5,
  },
  addresses: [],
  store: { first: '0', next: '8' },
  commitBacklog: '0',
  execution: { calls: [], committedAt: 9_880 },
  committee: [0, 1, 2, 3, 4, 5].map((index) => ({ key: key(index), weight: '1' })),
  epochs: {
    current: { epoch: '0', firstBlock: '0', lastBlock: undefined },
    pending: undefined,
    waitingBlocks: 0,
    waitsFor: undefined,
  },
  network: {
    knownPeers: [],
    validatorAddresses: [],
    banned: [],
    held: {
      hellos: 0,
      knownPeers: 0,
      faults: 0,
      budgets: 5,
      seenTransactions: 0,
      queuedTransactions: 0,
    },
  },
  replica: healthyReplica,
  peers: [1, 2, 3, 4, 5].map((index) => ({
    key: String(index),
    peerId: '',
    direction: 'inbound',
    address: '',
    carrier: String(index).repeat(64),
    buildVersion: undefined,
    range: { first: '0', next: '8' },
    rttMs: 1,
    isStatic: true,
  })),
  warnings: [],
  limits: {} as NodeSnapshot['limits'],
}

const withReplica = (change: Partial<Replica>): NodeSnapshot => ({
  ...healthy,
  replica: { ...healthyReplica, ...change },
})

const causesOf = (snapshot: NodeSnapshot): readonly Cause[] =>
  diagnose(snapshot).findings.map(({ cause }) => cause)

const withRange = (range: { first: string; next: string } | undefined): NodeSnapshot => ({
  ...healthy,
  peers: healthy.peers.map((peer) => ({ ...peer, range })),
})

describe('diagnose', () => {
  it('everything goes well › nothing is wrong', () => {
    expect(diagnose(healthy)).toEqual({
      summary: 'Nothing is wrong.',
      findings: [],
      facts: [
        'The node is validating, with 5 peers.',
        'Block 7 was committed 120 ms ago.',
        'View 9, phase prepare, for 100 ms. Its leader is validator 3.',
        'Connected: weight 6 of 6; a quorum is 5.',
      ],
    })
  })

  it('the leader is late › it is named with the end of its key', () => {
    const snapshot = withReplica({ viewSince: 8_500 })
    expect(diagnose(snapshot).summary).toBe(
      'Validator 3 (…33333333) leads view 9 and has proposed nothing for 1.5 s; its last message came 100 ms ago.',
    )
  })

  it('votes are missing › whose, how much weight there is and how much is needed', () => {
    const snapshot = withReplica({
      phase: 'commit',
      viewSince: 8_500,
      awaits: [{ type: 'votes', kind: 'commit', missingWeight: '2' }],
      commits: [{ ...nobody, number: '8', payload: '00', unverified: [0, 1, 2] }],
      heardAt: [null, 9_900, 9_900, 8_000, 7_000, 9_000],
    })
    expect(diagnose(snapshot).summary).toBe(
      'Votes for block 8 in view 9 have weight 3 of the 5 needed: validators 3, 4 and 5 did not vote, silent for 3.0 s (validator 4), 2.0 s (validator 3), 1.0 s (validator 5).',
    )
  })

  it('a quorum of votes is there, and only not checked yet › nobody is said to be missing', () => {
    const snapshot = withReplica({
      phase: 'commit',
      viewSince: 8_500,
      awaits: [{ type: 'votes', kind: 'commit', missingWeight: '5' }],
      commits: [{ ...nobody, number: '8', payload: '00', unverified: [0, 1, 2, 4, 5] }],
    })
    expect(causesOf(snapshot)).toEqual([])
  })

  it('weights beyond 2^53 › are added exactly', () => {
    const large = String(2n ** 53n + 1n)
    const snapshot: NodeSnapshot = {
      ...withReplica({
        totalWeight: String(6n * (2n ** 53n + 1n)),
        quorum: String(5n * (2n ** 53n + 1n)),
      }),
      committee: healthy.committee.map((member) => ({ ...member, weight: large })),
      peers: healthy.peers.slice(0, 3),
    }
    expect(diagnose(snapshot).summary).toContain(`Only weight ${4n * (2n ** 53n + 1n)} of`)
  })

  it('too few are heard of, though all are connected › no quorum, and since when', () => {
    const snapshot = withReplica({ heardAt: [null, 9_900, 9_900, 9_900, 1_000, 2_000] })
    expect(diagnose(snapshot).findings[0]).toEqual({
      cause: 'quorum',
      validators: [4, 5],
      message:
        'Only weight 4 of 6 is heard of, and a quorum needs 5: nothing comes from validators 4 and 5, silent for 9.0 s (validator 4), 8.0 s (validator 5). No block can become final.',
    })
  })

  it('validators are cut off › each is told for how long, those never heard of apart, many at once in short', () => {
    const cutOff = (heardAt: Replica['heardAt']): string =>
      diagnose({ ...withReplica({ heardAt }), peers: [] }).findings[1]?.message ?? ''
    const connected = 'Only weight 1 of 6 is connected, and a quorum needs 5:'
    const apart = `${connected} validators 1, 2, 3, 4 and 5 are cut off or down,`
    expect(cutOff([null, null, null, null, null, null])).toBe(
      `${apart} never heard of since this node started. No block can become final.`,
    )
    expect(cutOff([null, 5_000, 5_010, 5_000, 5_000, 5_000])).toBe(
      `${apart} silent for 5.0 s. No block can become final.`,
    )
    expect(cutOff([null, null, 5_000, 1_000, null, 5_000])).toBe(
      `${apart} never heard of since this node started (validators 1 and 4), silent for 9.0 s (validator 3), 5.0 s (validators 2 and 5). No block can become final.`,
    )
    expect(cutOff([null, null, 5_000, 1_000, 3_000, 4_000])).toBe(
      `${apart} never heard of since this node started (validator 1), silent for 5.0 s to 9.0 s (validators 2, 3, 4 and 5). No block can become final.`,
    )
  })

  it('one is silent › the chain goes on without it', () => {
    const snapshot = withReplica({ heardAt: [null, 9_900, 9_900, 9_900, 9_900, null] })
    expect(diagnose(snapshot).summary).toMatch(
      /^Nothing comes from validator 5, never heard of since this node started\. The chain goes on/,
    )
  })

  it('the timer is overdue › the event loop is blocked; not when the disk explains it', () => {
    expect(causesOf(withReplica({ deadline: 4_000 }))).toEqual(['clock'])
    expect(causesOf(withReplica({ timerLateMs: 5_000 }))).toEqual(['clock'])
    const writing = { what: 'state', since: 3_000 } as const
    expect(causesOf(withReplica({ deadline: 4_000, writing }))).toEqual(['disk'])
  })

  it('a thousand inputs at one time › the clock stands still', () => {
    expect(causesOf(withReplica({ inputsAtOneTime: 1_000 }))).toEqual(['clock'])
    expect(causesOf({ ...healthy, clock: { ...healthy.clock, readings: 3 } })).toEqual(['clock'])
  })

  it('peers are ahead › it fetches the blocks, or they have pruned them', () => {
    expect(diagnose(withRange({ first: '0', next: '90' })).summary).toBe(
      'This node is behind: it has blocks below 8, peers have them up to 89. It is fetching them.',
    )
    expect(diagnose(withRange({ first: '50', next: '90' })).summary).toMatch(
      /^Block 8 is needed, and no connected peer has it any more: the 5 that are ahead begin at block 50\./,
    )
    expect(causesOf(withRange({ first: '0', next: '9' }))).toEqual([])
    expect(causesOf(withRange(undefined))).toEqual([])
  })

  it('no peer has the next block › the fallback source brings it, or there is trouble with it', () => {
    const pruned = withRange({ first: '50', next: '90' })
    const summaryOf = (fallback: NodeSnapshot['fallback']): string =>
      diagnose({ ...pruned, fallback }).summary
    expect(summaryOf({ next: '90', failure: undefined })).toBe(
      'This node is behind: it has blocks below 8, no connected peer has the next one. It is fetching them from the fallback source, which has them up to 89.',
    )
    expect(summaryOf({ next: undefined, failure: 'head failed: down' })).toBe(
      'No peer has block 8, and there is trouble with the fallback source. Last: head failed: down.',
    )
    expect(summaryOf({ next: '8', failure: undefined })).toMatch(/^Block 8 is needed/)
    const behind = {
      ...withRange({ first: '0', next: '90' }),
      fallback: { next: '90', failure: 'x' },
    }
    expect(diagnose(behind).summary).toMatch(/peers have them up to 89/)
  })

  it('checks pile up › the processor is too slow', () => {
    const awaits = [{ type: 'checks', count: 9 }] as const
    const snapshot = withReplica({ viewSince: 8_500, awaits, queuedChecks: 9 })
    expect(causesOf(snapshot)).toEqual(['verification'])
  })

  it('several causes › what is wrong here comes before what is wrong with others', () => {
    const snapshot: NodeSnapshot = {
      ...withReplica({ viewSince: 8_500, heardAt: [null, 9_900, 9_900, 0, 9_900, 9_900] }),
      execution: {
        calls: [{ method: 'commit', block: '7', since: 1_000 }],
        committedAt: undefined,
      },
    }
    expect(causesOf(snapshot)).toEqual(['execution', 'leader', 'silent'])
  })

  it('a node that failed › points to the log', () => {
    const failed = { ...healthy, status: { ...healthy.status, phase: 'failed' as const } }
    expect(causesOf(failed)[0]).toBe('stopped')
  })

  it('no committee is named yet › the execution layer has to', () => {
    const epochs = { ...healthy.epochs, current: undefined }
    const snapshot = { ...healthy, epochs, committee: [], replica: undefined }
    expect(causesOf(snapshot)).toEqual(['schedule'])
    expect(diagnose(snapshot).summary).toContain('first committee')
  })

  it('blocks of an epoch that is not known › says which epoch, and what the answer waits for', () => {
    const epochs = {
      current: { epoch: '3', firstBlock: '90', lastBlock: undefined },
      pending: undefined,
      waitingBlocks: 4,
      waitsFor: { number: '121', epoch: '4' },
    }
    const snapshot = { ...healthy, epochs }
    expect(causesOf(snapshot)).toEqual(['schedule'])
    expect(diagnose(snapshot).summary).toBe(
      '4 blocks wait for the committee of epoch 4, from block 121 on. The execution layer names it (validators.scheduleAt) as of a block below; the last one committed here is 7.',
    )
    expect(diagnose(snapshot).facts).toContain(
      'Epoch 3 began with block 90. This node votes in it.',
    )
  })

  it('a full node › has no committee to complain of', () => {
    const full: NodeSnapshot = { ...healthy, replica: undefined, validatorKey: undefined }
    expect(causesOf(full)).toEqual([])
    expect(causesOf({ ...full, peers: [] })).toEqual(['peers'])
  })
})
