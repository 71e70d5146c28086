import { keccak256, loadCryptoBackends, signatureScheme, toHex } from '@zkstack/crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import * as roles from '../../src/index.js'
import { unwrap } from '../../testing/index.js'
import { bytesOf, gold, goldBytes, goldHash, goldHex } from '../helpers/gold.js'

const validators = gold.validators_in_schedule_order
const inputOrder = validators.toSorted((a, b) => a.input_index - b.input_index)

function goldGenesis(): roles.Genesis {
  const spec = {
    validators: inputOrder.map((v) => ({
      key: bytesOf(v.public),
      weight: BigInt(v.weight),
      leader: true,
    })),
    leaderSelection: { frequency: 1n, mode: 'weighted' },
  } as const
  const numbers = { chainId: 1337n, forkNumber: 42n, firstBlock: 2834n }
  return unwrap(roles.createGenesis({ ...numbers, schedule: spec }))
}

const payload = roles.decodeFinalBlock(goldBytes('final_block_canonical')).payload
const view: roles.View = { genesis: goldHash('genesis_hash'), number: 9136n, epoch: 7n }
const proposal: roles.BlockHeader = { number: 7728n, payload: goldHash('payload_hash') }
const commit: roles.ReplicaCommit = { view, proposal }
const everybody = roles.Signers.of(5, [0, 1, 2, 3, 4])
const commitQc: roles.CommitQC = {
  message: commit,
  signers: everybody,
  signature: goldBytes('commit_qc_agg_sig'),
}
const timeout: roles.ReplicaTimeout = { view, highVote: commit, highQc: commitQc }
const timeoutQc: roles.TimeoutQC = {
  view,
  entries: [{ message: timeout, signers: everybody }],
  signature: goldBytes('timeout_qc_agg_sig'),
}
const newView: roles.ReplicaNewView = { justification: { type: 'commit', qc: commitQc } }
const leaderProposal: roles.LeaderProposal = {
  payload,
  justification: { type: 'timeout', qc: timeoutQc },
}

const messages = {
  replica_commit: { type: 'replicaCommit', value: commit },
  replica_timeout: { type: 'replicaTimeout', value: timeout },
  replica_new_view: { type: 'replicaNewView', value: newView },
  leader_proposal: { type: 'leaderProposal', value: leaderProposal },
} satisfies Record<string, roles.ConsensusMsg>

const netAddress: roles.NetAddress = {
  addr: { ip: Uint8Array.of(127, 0, 0, 1), port: 3054 },
  version: 1n,
  timestamp: { seconds: 1_700_000_000n, nanos: 500_000_000 },
}

describe('golden bytes', () => {
  const fullState: roles.ReplicaState = {
    epoch: 7n,
    view: 9137n,
    phase: 'commit',
    highVote: commit,
    highCommitQc: commitQc,
    highTimeoutQc: timeoutQc,
    proposals: [{ number: 7728n, payload, hash: proposal.payload }],
  }
  const final = roles.createFinalBlock(payload, commitQc)
  const encoded: readonly (readonly [string, Uint8Array])[] = [
    ['view_canonical', roles.encodeView(view)],
    ['block_header_canonical', roles.encodeBlockHeader(proposal)],
    ['replica_commit_canonical', roles.encodeReplicaCommit(commit)],
    ['commit_qc_canonical', roles.encodeCommitQC(commitQc)],
    ['timeout_qc_canonical', roles.encodeTimeoutQC(timeoutQc)],
    ['final_block_canonical', roles.encodeFinalBlock(final)],
    ['block_final_v2_canonical', roles.encodeBlock(final)],
    ['replica_state_default_canonical', roles.encodeReplicaState(roles.defaultReplicaState())],
    [
      'session_id_deadbeef_validator_msg',
      roles.encodeMsg({ type: 'sessionId', value: bytesOf('deadbeef') }),
    ],
    [
      'session_id_deadbeef_node_msg',
      roles.encodeNodeMsg({ type: 'sessionId', value: bytesOf('deadbeef') }),
    ],
    [
      'net_address_127.0.0.1:3054_v1_ts1700000000.5_msg',
      roles.encodeMsg({ type: 'netAddress', value: netAddress }),
    ],
    ...Object.entries(messages).map(
      ([name, value]) =>
        [`${name}_msg_canonical`, roles.encodeMsg({ type: 'consensus', value })] as const,
    ),
  ]

  it.each(encoded)('%s › encoded › gives the bytes of the vector', (name, bytes) => {
    expect(toHex(bytes)).toBe(goldHex(name))
  })

  it('genesis and schedule › encoded from validators in input order › give the bytes of the vector', () => {
    const genesis = goldGenesis()
    expect(toHex(roles.encodeGenesis(genesis))).toBe(goldHex('genesis_canonical'))
    expect(genesis.schedule && toHex(roles.encodeSchedule(genesis.schedule))).toBe(
      goldHex('schedule_canonical'),
    )
    expect(roles.formatGenesisHash(genesis.hash)).toBe(
      `genesis_hash:keccak256:${goldHex('genesis_hash')}`,
    )
  })

  it('replica state › full, without its wrapper › has the length and digest of the vector', () => {
    const bytes = roles.encodeReplicaState(fullState).subarray(3)
    expect(bytes.length).toBe(gold.chonky_state_full_len)
    expect(toHex(keccak256(bytes))).toBe(goldHex('chonky_state_full_keccak'))
    expect(roles.decodeReplicaState(roles.encodeReplicaState(fullState))).toEqual(fullState)
  })

  it('replica state › default, without its wrapper › gives the bytes of the vector', () => {
    const bytes = roles.encodeReplicaState(roles.defaultReplicaState()).subarray(2)
    expect(toHex(bytes)).toBe(goldHex('chonky_state_default_canonical'))
  })

  it('bit vector › of all five › is the one in the vector', () => {
    const bytes = toHex(roles.encodeCommitQC(commitQc))
    expect(bytes).toContain(`1205${goldHex('signers_all5_bitvector')}`)
  })

  it('every canonical message › decoded and encoded again › is unchanged', () => {
    for (const value of Object.values(messages)) {
      const bytes = roles.encodeMsg({ type: 'consensus', value })
      expect(roles.decodeMsg(bytes)).toEqual({ type: 'consensus', value })
    }
    const genesis = roles.decodeGenesis(goldBytes('genesis_canonical'))
    expect(toHex(genesis.hash)).toBe(goldHex('genesis_hash'))
  })
})

describe('golden hashes', () => {
  it('payload › hashed › has the hash of the vector', () => {
    expect(roles.formatPayloadHash(roles.hashPayload(payload))).toBe(
      `payload:keccak256:${goldHex('payload_hash')}`,
    )
  })

  it.each(Object.entries(messages))('%s › hashed › has the hash of the vector', (name, msg) => {
    expect(roles.formatMsgHash(roles.hashMsg(msg))).toBe(
      `validator_msg:keccak256:${goldHex(`${name}_msg_hash`)}`,
    )
  })

  it('session id and net address › hashed › have the hashes of the vector, different in each role', () => {
    const session = { type: 'sessionId', value: bytesOf('deadbeef') } as const
    expect(toHex(roles.hashAnyMsg(session))).toBe(goldHex('session_id_deadbeef_validator_hash'))
    expect(toHex(roles.hashNodeMsg(session))).toBe(goldHex('session_id_deadbeef_node_hash'))
    expect(toHex(roles.hashAnyMsg({ type: 'netAddress', value: netAddress }))).toBe(
      goldHex('net_address_hash'),
    )
  })
})

describe('golden schedule', () => {
  it('schedule › built from the five keys › sorts them as the vector does', () => {
    const { schedule } = goldGenesis()
    const order = inputOrder.map((v) => schedule?.indexOf(bytesOf(v.public)))
    expect(order).toEqual([0, 1, 4, 3, 2])
    expect(schedule?.totalWeight).toBe(60n)
    expect(roles.Signers.of(5, [1, 2, 4]).weight(schedule as roles.Schedule)).toBe(37n)
  })

  it.each(gold.weighted_leaders)(
    'weighted leader › of view %i (draw %i) › is %i',
    (v, _, leader) => {
      expect(goldGenesis().schedule?.leaderAt(BigInt(v))).toBe(leader)
    },
  )

  it('round robin › over the five keys › chooses the leaders of the vector', () => {
    const scheme = present(signatureScheme(0))
    const spec = goldGenesis().schedule as roles.Schedule
    const leaderSelection = { frequency: 1n, mode: 'roundRobin' } as const
    const schedule = unwrap(
      roles.Schedule.create({ validators: spec.validators, leaderSelection, scheme }),
    )
    for (const [v, leader] of gold.round_robin_leaders) {
      expect(schedule.leaderAt(BigInt(v))).toBe(leader)
    }
  })
})

describe('golden signatures', () => {
  beforeAll(() => loadCryptoBackends())
  const key = (inputIndex: number): roles.ValidatorSecretKey => {
    const text = `validator:secret:bls12_381:${inputOrder[inputIndex]?.secret ?? ''}`
    return unwrap(roles.parseValidatorKey(text))
  }

  it.each(Object.entries(messages))(
    '%s › signed by key 0 › gives the signature of the vector',
    (name, msg) => {
      expect(toHex(key(0).sign(roles.hashMsg(msg)))).toBe(goldHex(`${name}_sig_by_key0`))
    },
  )

  it('net address › signed by key 0 › gives the signature of the vector', () => {
    const hash = roles.hashAnyMsg({ type: 'netAddress', value: netAddress })
    expect(toHex(key(0).sign(hash))).toBe(goldHex('net_address_sig_by_key0'))
  })

  it('secret keys › parsed from text › have the public keys of the vector', () => {
    for (const [i, v] of inputOrder.entries()) expect(toHex(key(i).publicKey)).toBe(v.public)
  })

  it('both QCs › verified in the scope of the golden genesis › are valid', () => {
    const schedule = goldGenesis().schedule as roles.Schedule
    const scope = { genesis: view.genesis, epoch: 7n, schedule, firstBlock: 2834n }
    expect(roles.verifyCommitQC(commitQc, scope)).toEqual({ ok: true, value: undefined })
    expect(roles.verifyTimeoutQC(timeoutQc, scope)).toEqual({ ok: true, value: undefined })
  })

  it('commit QC › grown vote by vote › ends with the aggregate of the vector', () => {
    const schedule = goldGenesis().schedule as roles.Schedule
    const scope = { genesis: view.genesis, epoch: 7n, schedule, firstBlock: 2834n }
    const msg = { type: 'replicaCommit', value: commit } as const
    let qc = roles.emptyCommitQC(commit, schedule)
    expect(toHex(qc.signature)).toBe(goldHex('infinity_sig'))
    for (let i = 0; i < 5; i++) {
      const signed = { msg, key: key(i).publicKey, sig: key(i).sign(roles.hashMsg(msg)) }
      qc = unwrap(roles.addToCommitQC(qc, signed, scope))
    }
    expect(toHex(qc.signature)).toBe(goldHex('commit_qc_agg_sig'))
    expect(qc.signers.equals(everybody)).toBe(true)
  })

  it('proofs of possession › made by the five keys › are those of the vector, and a genesis with them is accepted', () => {
    for (let i = 0; i < 5; i++) {
      expect(toHex(key(i).provePossession())).toBe(goldHex(`pop_key${i}`))
    }
  })
})

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new TypeError('missing')
  return value
}
