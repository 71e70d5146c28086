import { seededRandom } from '@zkstack/concurrency'
import { verifyFinalBlock } from '@zkstack/roles'
import { step } from '../../src/chonky/step.js'
import { bytesOf } from '../committee.js'
import type { Committee } from '../committee.js'
import { findDisagreement, findDoubleVote } from '../invariants.js'
import { monitoredStep } from '../monitored-step.js'
import type { ActorKind, ActorPayloads } from './actor.js'
import { stabilizingLinks } from './link-model.js'
import type { LinkModel } from './link-model.js'
import { livenessBound } from './liveness-bound.js'
import { findOversize } from './state-size.js'
import { createTimedNetwork } from './timed-network.js'
import type { Conviction, TimedNetwork } from './timed-network.js'

/** Options of {@link runTrial}; times in milliseconds. */
export interface TrialOptions {
  readonly committee: Committee
  readonly seed: string | number
  /** Faulty members by validator index. */
  readonly actors: ReadonlyMap<number, ActorKind>
  /** How long the network is disorderly; default 3000. */
  readonly stableAt?: number
  /** How long it is watched after that; default 5000. */
  readonly watchMs?: number
  /** Default 500. */
  readonly viewTimeoutMs?: number
  /** The longest delay once the network is stable; default 100. */
  readonly delayMs?: number
  /** How long a check of signatures takes; default 0. */
  readonly checkMs?: number
  /** The network, instead of a disorderly one by chance. */
  readonly links?: LinkModel
  /** The state machine of the correct members; a test of the tests replaces it by a broken one. */
  readonly step?: typeof step
}

/** What came of a trial. */
export interface TrialReport {
  /** Promises that were broken, described; empty if none was. */
  readonly faults: readonly string[]
  /** Verdicts of correct replicas on faulty members. */
  readonly convictions: readonly Conviction[]
  /** Blocks on the longest disk. */
  readonly blocks: number
}

/** Payloads of trials: readable, and refused iff they say so. */
export const trialPayloads: ActorPayloads = {
  valid: (number, variant) => bytesOf(`block ${number}, variant ${variant}`),
  invalid: (number) => bytesOf(`refuse block ${number}`),
}

function judge(number: bigint, payload: Uint8Array): { ok: true } | { ok: false; reason: string } {
  const text = new TextDecoder().decode(payload)
  return text.startsWith(`block ${number},`) ? { ok: true } : { ok: false, reason: 'not a block' }
}

/**
 * Runs a committee with faulty members through a disorderly network that becomes stable, and checks what is promised:
 * agreement, validity, no double vote of a correct member, progress within the bound, bounded memory, no correct member
 * convicted.
 */
export function runTrial(o: TrialOptions): TrialReport {
  const { committee, seed, actors, stableAt = 3000, watchMs = 5000 } = o
  const { viewTimeoutMs = 500, delayMs = 100, checkMs = 0 } = o
  const random = seededRandom(`${seed}/links`)
  const disorder = { stormDelayMs: 2 * viewTimeoutMs, lossRate: 0.1, partitionMs: viewTimeoutMs }
  const faults = new Set<string>()
  const network = createTimedNetwork({
    ...{ committee, seed, actors, viewTimeoutMs, checkMs },
    links: o.links ?? stabilizingLinks({ random, from: stableAt, delayMs, ...disorder }),
    syncMs: delayMs,
    payloads: trialPayloads,
    replica: (index) => ({
      execution: { propose: (_, number) => trialPayloads.valid(number, index), verify: judge },
      step: monitoredStep({
        ...{ committee, index, step: o.step ?? step },
        onViolation: ({ message }) => faults.add(message),
      }),
    }),
  })
  network.onChange = (replica) => {
    const oversize = findOversize(replica.state)
    if (oversize !== undefined) faults.add(`replica ${replica.index} holds ${oversize}`)
  }
  network.run(stableAt + watchMs)
  const bounds = { viewTimeoutMs, delayMs, faultyLeaders: actors.size }
  for (const fault of [
    findDisagreement(network.finalized),
    findDoubleVote(network.sent),
    ...invalidBlocks(network),
    ...wrongConvictions(network),
    ...stalls(network, stableAt, (justStable) => livenessBound(bounds, justStable)),
  ]) {
    if (fault !== undefined) faults.add(fault)
  }
  const blocks = [...network.replicas.values()].map(({ disk }) => disk.blocks.length)
  return { faults: [...faults], convictions: network.convictions, blocks: Math.max(...blocks) }
}

function invalidBlocks({ replicas, committee }: TimedNetwork): string[] {
  const faults: string[] = []
  for (const { index, disk, halted } of replicas.values()) {
    if (halted !== undefined) faults.push(`replica ${index} halted: ${halted}`)
    for (const block of disk.blocks) {
      const proven = verifyFinalBlock(block, committee.scope).ok
      const accepted = judge(block.number, block.payload).ok
      if (!proven || !accepted)
        faults.push(`replica ${index} keeps an invalid block ${block.number}`)
    }
  }
  return faults
}

function wrongConvictions({ convictions, replicas }: TimedNetwork): string[] {
  return convictions
    .filter(({ validator }) => replicas.has(validator))
    .map(({ by, validator, rule }) => `replica ${by} convicts correct member ${validator}: ${rule}`)
}

function stalls(
  { finalized, replicas, now }: TimedNetwork,
  stableAt: number,
  bound: (justStable: boolean) => number,
): string[] {
  return [...replicas.keys()].flatMap((index) => {
    const times = finalized.filter(({ node, at }) => node === index && at >= stableAt)
    let [last, longest] = [stableAt, bound(true)]
    for (const at of [...times.map((block) => block.at), now]) {
      const waited = Math.round(at - last)
      if (waited > longest) {
        return [`replica ${index} saw no new final block for ${waited} ms from ${Math.round(last)}`]
      }
      last = at
      longest = bound(false)
    }
    return []
  })
}
