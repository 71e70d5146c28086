import { seededRandom } from '@zkstack/concurrency'
import type { SeededRandom } from '@zkstack/concurrency'
import { highQcOf } from '@zkstack/roles'
import type { CommitQC, ConsensusMsg, Signed } from '@zkstack/roles'
import { bytesOf } from '../committee.js'
import { findDisagreement, findDoubleVote } from '../invariants.js'
import { createStepNetwork } from '../step-network.js'
import type { InFlight, StepNetwork } from '../step-network.js'
import type { StepReplica } from '../step-replica.js'
import { committeeOf } from './twins-cluster.js'
import type { TwinsScenario } from './twins-scenario.js'
import { TwinsWire } from './twins-wire.js'

/** Options of {@link playScenario}. */
export interface PlayOptions {
  /** Of the order in which messages arrive; default 0. */
  readonly seed?: string | number
  /** Blocks that every correct node must have in the end; default 3. */
  readonly blocks?: number
}

/** What came of a scenario. */
export interface ScenarioReport {
  /** A broken promise, described; `undefined` if none was. */
  readonly fault: string | undefined
  /** The highest view that a correct node reached. */
  readonly views: bigint
}

/** Timers that may fire in a row without a new view before the partitions end, and on average in all. */
const patience = 4

/**
 * Runs a scenario until every correct node has the blocks. A message of a round passes within the parts of that round; what
 * may not pass is kept, the newest of each label from one node to another, and follows the next that may. When views have
 * ceased to end, as somebody's last word was kept, the network becomes whole. Final blocks travel with the certificates
 * that name them.
 */
export function playScenario(scenario: TwinsScenario, o: PlayOptions = {}): ScenarioReport {
  const { cluster, rounds } = scenario
  const random = seededRandom(`twins/${o.seed ?? 0}`)
  const committee = committeeOf(cluster, (view) => {
    return rounds[Number(view) - 1]?.leader ?? Number(view) % cluster.weights.length
  })
  const network = createStepNetwork({
    committee,
    nodes: cluster.nodes,
    replica: (node) => ({
      execution: { propose: (view) => bytesOf(`node ${node}, view ${view}`) },
    }),
  })
  const wire = new TwinsWire(rounds, network, random)
  network.start()
  const goal = committee.scope.firstBlock + BigInt(o.blocks ?? 3)
  const correct = cluster.nodes.flatMap((index, node) =>
    cluster.twins.includes(index) ? [] : [node],
  )
  const watched = correct.length > 0 ? correct : [...cluster.nodes.keys()]
  const done = (): boolean =>
    watched.every((node) => (network.nodes[node]?.disk.next ?? 0n) >= goal)
  const limit = patience * (rounds.length + cluster.weights.length)
  const finished = run({ network, wire, random, done, limit })
  const stall = finished ? undefined : `no ${goal} blocks after ${limit} timers`
  return {
    fault: findFault(network, watched) ?? stall,
    views: highestView(watched.map((node) => network.nodes[node])),
  }
}

interface Run {
  readonly network: StepNetwork
  readonly wire: TwinsWire
  readonly random: SeededRandom
  readonly done: () => boolean
  readonly limit: number
}

/** Says whether it was done, or came to a disagreement, before so many timers. */
function run({ network, wire, random, done, limit }: Run): boolean {
  let final = 0
  let highest = { view: 0n, since: 0 }
  for (let timers = 0; timers <= limit; timers += 1) {
    while (network.inFlight.length > 0) {
      if (done()) return true
      const position = random.uint32() % network.inFlight.length
      const item = network.inFlight[position]
      if (item !== undefined) bringBlocks(network, item)
      network.deliver(position)
      if (network.finalized.length === final) continue
      final = network.finalized.length
      if (findDisagreement(network.finalized) !== undefined) return true
    }
    if (done()) return true
    const view = highestView(network.nodes)
    if (view > highest.view) highest = { view, since: timers }
    else if (timers - highest.since >= patience) wire.heal()
    network.nextTimer()
  }
  return false
}

function highestView(nodes: readonly (StepReplica | undefined)[]): bigint {
  return nodes.reduce((high, node) => {
    const view = node?.state.view ?? 0n
    return view > high ? view : high
  }, 0n)
}

/** Gives the receiver the sender's blocks up to the one that a certificate in the message makes final. */
function bringBlocks(network: StepNetwork, { from, to, message }: InFlight): void {
  const source = network.nodes[from]
  const final = certificateIn(message)?.message.proposal.number
  if (source === undefined || final === undefined) return
  for (const block of source.disk.blocks) {
    const replica = network.nodes[to]
    if (replica === undefined || block.number > final || block.number !== replica.disk.next)
      continue
    network.act(to, (receiver) => receiver.receiveBlock(block))
  }
}

function certificateIn({ msg }: Signed): CommitQC | undefined {
  if (msg.type === 'replicaTimeout') return msg.value.highQc
  const { justification } = withJustification(msg) ?? {}
  if (justification === undefined) return undefined
  return justification.type === 'commit' ? justification.qc : highQcOf(justification.qc)
}

function withJustification(
  msg: ConsensusMsg,
): (ConsensusMsg & { type: 'leaderProposal' | 'replicaNewView' })['value'] | undefined {
  return msg.type === 'leaderProposal' || msg.type === 'replicaNewView' ? msg.value : undefined
}

function findFault(network: StepNetwork, watched: readonly number[]): string | undefined {
  const indices = new Set(watched.map((node) => network.nodes[node]?.index))
  const correct = (node: number): boolean => watched.includes(node)
  return (
    findDisagreement(network.finalized.filter(({ node }) => correct(node))) ??
    findDisagreement(
      watched.flatMap((node) => {
        const blocks = network.nodes[node]?.disk.blocks ?? []
        return blocks.map(({ number, justification }) => ({
          ...{ node, number, payload: justification.message.proposal.payload },
        }))
      }),
    ) ??
    (indices.size === watched.length
      ? findDoubleVote(network.sent.filter(({ node }) => correct(node)).map((sent) => sent.message))
      : undefined) ??
    findWrongBlame(network, watched, indices)
  )
}

function findWrongBlame(
  network: StepNetwork,
  watched: readonly number[],
  indices: ReadonlySet<number | undefined>,
): string | undefined {
  if (indices.size < watched.length) return undefined
  for (const node of watched) {
    for (const effect of network.nodes[node]?.effects ?? []) {
      const convicts = effect.type === 'blamed' || effect.type === 'evidence'
      if (convicts && indices.has(effect.validator)) {
        return `node ${node} convicts correct validator ${effect.validator}`
      }
    }
  }
  return undefined
}
