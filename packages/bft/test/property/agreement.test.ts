import { describe, expect, test } from 'vitest'
import { seededRandom } from '@zkstack/concurrency'
import type { Random } from '@zkstack/concurrency'
import { step } from '@zkstack/bft'
import type { InvariantViolation } from '@zkstack/bft'
import { encodeEvidence, verifyEvidence } from '@zkstack/roles'
import {
  bytesOf,
  byTimeout,
  createCommittee,
  createStepNetwork,
  FakeDisk,
  findDisagreement,
  findDoubleVote,
  monitoredStep,
  StepReplica,
} from '@zkstack/bft/testing'
import type { StepNetwork, StepNetworkOptions } from '@zkstack/bft/testing'

const firstSeed = Number(process.env['SEED'] ?? '1')
/** `SEED=` runs one schedule again; `SEEDS=` says how many to run. */
const seeds = process.env['SEED'] === undefined ? Number(process.env['SEEDS'] ?? '12') : 1

interface Disorder {
  /** Chance that a step loses the message instead of delivering it. */
  readonly lose: number
  /** Chance that a step lets a view time out. */
  readonly expire: number
  /** Chance that a step crashes a node. */
  readonly crash: number
}

const calm: Disorder = { lose: 0.01, expire: 0.01, crash: 0.002 }
const wild: Disorder = { lose: 0.1, expire: 0.03, crash: 0.01 }

/** Does `steps` random things: deliveries in any order, losses, repetitions, timeouts, crashes, partitions. */
function shake(network: StepNetwork, random: Random, steps: number, disorder: Disorder): void {
  const pick = (n: number): number => random.uint32() % n
  for (let i = 0; i < steps; i += 1) {
    if (i % 200 === 0) partition(network, random)
    const node = pick(network.nodes.length)
    if (network.nodes[node]!.crashed) {
      if (random.float() < 0.2) network.restart(node)
    } else if (random.float() < disorder.crash) {
      network.crash(node)
    } else if (network.inFlight.length === 0 || random.float() < disorder.expire) {
      network.expire(node)
    } else {
      const position = pick(network.inFlight.length)
      const item = network.inFlight[position]!
      if (random.float() < disorder.lose) network.inFlight.splice(position, 1)
      else {
        network.deliver(position)
        if (random.float() < 0.02) network.post(item)
      }
    }
    if (random.float() < 0.01) network.syncBlocks()
  }
}

/** Splits the nodes in up to three parts that do not hear each other. */
function partition(network: StepNetwork, random: Random): void {
  const parts = network.nodes.map(() => random.uint32() % 3)
  const split = random.float() < 0.3
  network.link = (from, to) => !split || parts[from] === parts[to]
}

function heal(network: StepNetwork): void {
  network.link = () => true
  for (const [node, replica] of network.nodes.entries()) {
    if (replica.crashed) network.restart(node)
  }
}

/** What went wrong among the honest nodes, if anything; nodes that share a key are not honest. */
function findFault(network: StepNetwork): string | undefined {
  const count = (index: number): number =>
    network.nodes.filter((replica) => replica.index === index).length
  const honest = (node: number): boolean => count(network.nodes[node]!.index) === 1
  return (
    findDisagreement(network.finalized.filter(({ node }) => honest(node))) ??
    findDoubleVote(network.sent.filter(({ node }) => honest(node)).map(({ message }) => message))
  )
}

function play(seed: number, o: StepNetworkOptions, disorder: Disorder, steps = 2500): StepNetwork {
  const network = createStepNetwork(o)
  network.start()
  shake(network, seededRandom(seed), steps, disorder)
  return network
}

function height(network: StepNetwork): bigint {
  return network.nodes.reduce((high, { disk }) => (disk.next > high ? disk.next : high), 0n)
}

const committee = createCommittee({ validators: 6 })
/** Validator 5 runs twice with one key: a fault of the one kind that a committee of six tolerates. */
const withTwin = [0, 1, 2, 3, 4, 5, 5]

describe.each([
  ['calm', calm],
  ['wild', wild],
])('six replicas, random schedules, %s', (_, disorder) => {
  test.each(Array.from({ length: seeds }, (__, i) => firstSeed + i))(
    'seed %i › no disagreement and no double vote, and blocks go on once the network heals',
    (seed) => {
      // Nodes die in the middle of their effects too: after a write, before the message that it allows.
      const chance = seededRandom(seed).split('crash')
      const crashBefore = (): boolean => chance.float() < disorder.crash / 20
      let healed = false
      const violations: InvariantViolation[] = []
      const onViolation = (violation: InvariantViolation): void => {
        violations.push(violation)
      }
      const replica = (index: number) => {
        const watched = { step: monitoredStep({ committee, index, onViolation }) }
        return healed ? watched : { ...watched, crashBefore }
      }
      const network = play(seed, { committee, replica }, disorder)
      healed = true
      expect(findFault(network), `SEED=${seed}`).toBeUndefined()
      for (const node of network.nodes.keys()) network.crash(node)
      heal(network)
      const goal = height(network) + 3n
      const done = (): boolean => network.nodes.every(({ disk }) => disk.next >= goal)
      expect(network.runUntil(done), `SEED=${seed}`).toBe(true)
      expect(findFault(network), `SEED=${seed}`).toBeUndefined()
      expect(network.evidence, `SEED=${seed}`).toEqual([])
      expect(violations, `SEED=${seed}`).toEqual([])
    },
  )
})

describe('six validators of whom one runs twice', () => {
  test.each(Array.from({ length: seeds }, (__, i) => firstSeed + i))(
    'seed %i › the others neither disagree nor vote twice',
    (seed) => {
      const o = { committee, nodes: withTwin, replica: proposing }
      const network = play(seed, o, seed % 2 === 0 ? calm : wild)
      heal(network)
      network.runUntil(() => false, 5)
      expect(findFault(network), `SEED=${seed}`).toBeUndefined()
    },
  )

  test('rule 16 › several seeds › evidence is found, all of it verifies, and none is against the others', () => {
    const found = Array.from({ length: seeds }, (_, i) => {
      const seed = firstSeed + i
      const o = { committee, nodes: withTwin, replica: proposing }
      const { evidence } = play(seed, o, wild)
      for (const { node: _node, type: _type, validator, ...item } of evidence) {
        expect(validator, `SEED=${seed}`).toBe(5)
        const proven = verifyEvidence(encodeEvidence(item), committee.scope)
        expect(proven, `SEED=${seed}`).toMatchObject({ ok: true, value: { validator: 5 } })
      }
      return evidence.length
    })
    if (seeds > 1) expect(Math.max(...found)).toBeGreaterThan(0)
  })
})

/** Each node proposes payloads of its own, so that twins propose different blocks. */
function proposing(
  node: number,
): NonNullable<ReturnType<NonNullable<StepNetworkOptions['replica']>>> {
  return { execution: { propose: (view) => bytesOf(`node ${node}, view ${view}`) } }
}

describe('the tests can fail', () => {
  function faultsOf(replica: StepNetworkOptions['replica']): (string | undefined)[] {
    return Array.from({ length: 20 }, (_, i) => {
      const o = { committee, nodes: withTwin, ...(replica && { replica }) }
      return findFault(play(firstSeed + i, o, wild, 1500))
    })
  }

  test('negative control › a step that forgets its phase › a double vote is found', () => {
    const forgetful: typeof step = (state, input) =>
      step(state.phase === 'commit' ? { ...state, phase: 'prepare' } : state, input)
    const faults = faultsOf((node) => ({ ...proposing(node), step: forgetful }))
    expect(faults.some((fault) => fault?.startsWith('two commits'))).toBe(true)
  })

  test('negative control › disks that forget › a double vote is found', () => {
    class Forgetful extends FakeDisk {
      override load(): undefined {
        return undefined
      }
    }
    const faults = faultsOf((node) => ({ ...proposing(node), disk: new Forgetful() }))
    expect(faults.some((fault) => fault !== undefined)).toBe(true)
  })

  test('negative control › every validator runs twice, in two halves › they disagree', () => {
    const nodes = [...committee.everybody(), ...committee.everybody()]
    const network = createStepNetwork({ committee, nodes, replica: proposing })
    network.link = (from, to) => from < 6 === to < 6
    network.start()
    for (let round = 0; round < 600; round += 1) network.deliver()
    expect(findDisagreement(network.finalized)).toBeDefined()
  })

  test('negative control › two halves that disagree meet again › the monitor of a replica sees it', () => {
    const nodes = [...committee.everybody(), ...committee.everybody()]
    const codes = new Set<string>()
    const network = createStepNetwork({
      committee,
      nodes,
      replica: (node) => {
        const index = node % 6
        const onViolation = ({ code }: InvariantViolation): void => void codes.add(code)
        return { ...proposing(node), step: monitoredStep({ committee, index, onViolation }) }
      },
    })
    network.link = (from, to) => from < 6 === to < 6
    network.start()
    for (let round = 0; round < 600; round += 1) network.deliver()
    expect([...codes]).toEqual([])
    network.link = () => true
    for (let round = 0; round < 1500; round += 1) network.deliver()
    expect([...codes]).toContain('ONE_BLOCK_A_VIEW')
  })

  /**
   * Validators 4 and 5 are faulty. In view 1 a quorum of {0, 1, 2, 4, 5} commits A, which only validator 0 learns. In the
   * timeouts the faulty ones deny their votes.
   */
  function attack(faulty: readonly number[]): {
    readonly proposal: Uint8Array
    readonly voted: boolean
  } {
    const a = committee.commit(1n, committee.header(0n, 'A'))
    const voters = [0, 1, 2, 4, 5]
    const denying = voters.filter((index) => faulty.includes(index))
    const affirming = voters.filter((index) => !faulty.includes(index) && index !== 0)
    const qc = committee.timeoutQc(1n, [
      [committee.timeout(1n), [3, ...denying]],
      [committee.timeout(1n, { highVote: a }), affirming],
    ])
    const replica = new StepReplica({ committee, index: 3 })
    replica.start()
    replica.receive(committee.signNewView(2, byTimeout(qc)))
    replica.receive(committee.signProposal(2, byTimeout(qc), bytesOf('B')))
    const { highVote } = replica.state
    return { proposal: bytesOf('B'), voted: highVote !== undefined }
  }

  test('negative control › f + 1 validators deny their votes for a final block › an honest one votes for another', () => {
    expect(attack([4, 5]).voted).toBe(true)
  })

  test('one validator denies its vote for a final block › no honest one votes for another', () => {
    expect(attack([5]).voted).toBe(false)
  })
})
