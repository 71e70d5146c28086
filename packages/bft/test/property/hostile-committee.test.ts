import { expect, test } from 'vitest'
import { seededRandom } from '@zkstack/concurrency'
import { DecodeError } from '@zkstack/crypto'
import { standInScheme } from '@zkstack/crypto/testing'
import { decodeSigned, encodeSigned, viewOf } from '@zkstack/roles'
import type { Signed } from '@zkstack/roles'
import { checkInvariants, createInvariantMonitor, diagnose, step } from '@zkstack/bft'
import type { ChonkyState, Effect, InvariantViolation, Observation } from '@zkstack/bft'
import { bytesOf, createCommittee, StepReplica } from '@zkstack/bft/testing'
import { HostileCommittee } from './hostile-committee.js'

const firstSeed = Number(process.env['SEED'] ?? '1')
/** `SEED=` runs one attack again; `SEEDS=` says how many to run. */
const seeds = process.env['SEED'] === undefined ? Number(process.env['SEEDS'] ?? '30') : 1

/** What only a quorum of honest members can promise. */
const promisedByOthers = ['AGREEMENT', 'CHAIN', 'ONE_BLOCK_A_VIEW', 'VOTE_AGAINST_FINAL']

/** Watches one replica through all its lives: what it writes and says must never contradict what it wrote and said. */
class Watcher {
  readonly violations: InvariantViolation[] = []
  #monitor = createInvariantMonitor(undefined)

  observe(observation: Observation): void {
    const { monitor, violations } = checkInvariants(this.#monitor, observation)
    this.#monitor = monitor
    this.violations.push(...violations.filter(({ code }) => !promisedByOthers.includes(code)))
  }

  /** An effect is being carried out. */
  carriedOut(effect: Effect, sign: (message: Signed['msg']) => Signed): void {
    if (effect.type === 'persist') this.observe({ type: 'persisted', state: effect.state })
    if (effect.type === 'broadcast') {
      this.observe({ type: 'sending', message: sign(effect.message) })
    }
  }
}

/** The view after that of the newest QC. */
function justified({ highCommitQc, highTimeoutQc }: ChonkyState): bigint {
  const commit = highCommitQc?.message.view.number ?? -1n
  const timeout = highTimeoutQc?.view.number ?? -1n
  return (commit > timeout ? commit : timeout) + 1n
}

function decoded(bytes: Uint8Array): Signed | undefined {
  try {
    return decodeSigned(bytes, standInScheme)
  } catch (e) {
    if (e instanceof DecodeError) return undefined
    throw e
  }
}

/** What an attack led to. */
interface Outcome {
  readonly blocks: bigint
  readonly messages: number
  readonly violations: readonly InvariantViolation[]
}

/** Attacks a replica, which crashes now and then. */
function attack(seed: number, machine: typeof step = step): Outcome {
  const random = seededRandom(`hostile committee ${seed}`)
  const size = [1, 2, 4, 6, 7, 11][seed % 6] ?? 6
  const weights = Array.from({ length: size }, (_, i) =>
    seed % 3 === 0 ? BigInt(1 + (i % 4)) : 1n,
  )
  const committee = createCommittee({ validators: weights, seed: `hostile ${seed % 10}` })
  const hostile = new HostileCommittee(committee, random)
  const index = hostile.below(size)
  const watcher = new Watcher()
  const carriedOut = (effect: Effect): boolean => {
    watcher.carriedOut(effect, (message) => committee.sign(index, message))
    return false
  }
  let replica = new StepReplica({
    committee,
    index,
    step: machine,
    holdChecks: seed % 2 === 0,
    execution: {
      propose: () => bytesOf(`payload ${hostile.below(1000)}`),
      verify: () => hostile.pick([{ ok: true }, { ok: true }, 'later']),
    },
    crashBefore: carriedOut,
  })
  replica.start()
  let messages = 0
  for (let turn = 0; turn < 120; turn += 1) {
    if (replica.crashed || hostile.below(60) === 0) {
      let effects = hostile.below(40)
      replica = replica.restart({
        crashBefore: (effect) => effects-- === 0 || carriedOut(effect),
      })
      replica.start()
    }
    if (hostile.below(12) === 0) replica.expire(hostile.pick([undefined, 1, 2000]))
    if (hostile.below(8) === 0) replica.runChecks(1 + hostile.below(4))
    const msg = hostile.message(replica.state)
    const leads = msg.type === 'leaderProposal' && hostile.below(3) > 0
    const author = leads ? committee.leader(viewOf(msg).number) : hostile.below(size)
    const bytes = encodeSigned(committee.sign(author, msg))
    const message = decoded(hostile.below(4) === 0 ? hostile.damaged(bytes) : bytes)
    if (message === undefined) continue
    messages += 1
    replica.receive(message, hostile.pick([undefined, undefined, hostile.below(size), 'nobody']))
    expect(replica.state.view, `SEED=${seed}`).toBe(justified(replica.state))
    diagnose(replica.state)
  }
  return { blocks: replica.disk.next, messages, violations: watcher.violations }
}

test('everybody else is faulty, signs anything, and the replica crashes now and then › it never throws and never contradicts itself', () => {
  let blocks = 0n
  let messages = 0
  for (let seed = firstSeed; seed < firstSeed + seeds; seed += 1) {
    const run = attack(seed)
    expect(run.violations, `SEED=${seed}`).toEqual([])
    blocks += run.blocks
    messages += run.messages
  }
  // The attacks are no mere noise: blocks became final in them.
  if (seeds > 1) {
    expect(blocks).toBeGreaterThan(0n)
    expect(messages).toBeGreaterThan(seeds * 50)
  }
})

test('negative control: votes are sent and not written › VOTE_ON_DISK', () => {
  const forgetful: typeof step = (before, input) => {
    const { state, effects } = step(before, input)
    const isWritten = (effect: Effect): boolean =>
      effect.type !== 'persist' || effect.state.phase !== 'commit'
    return { state, effects: effects.filter(isWritten) }
  }
  const codes = new Set<string>()
  for (let seed = 1; seed <= 12; seed += 1) {
    for (const { code } of attack(seed, forgetful).violations) codes.add(code)
  }
  expect([...codes]).toContain('VOTE_ON_DISK')
})
