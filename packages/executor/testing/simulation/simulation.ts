import { seededRandom, type SeededRandom } from '@zkstack/concurrency'
import type { ExecutionLayer } from '@zkstack/storage'
import { standInScheme } from '@zkstack/crypto/testing'
import type { ActorKind } from '@zkstack/bft/testing'
import { toHex } from '@zkstack/crypto'
import type { NodeOptions } from '../../src/options/node-options.js'
import { CounterChain } from '../counter-chain.js'
import { PlannedCommittees } from '../planned-committees.js'
import { ActorNode } from './actor-node.js'
import { counterPayloads } from './counter-payloads.js'
import { drawFaults } from './draw-faults.js'
import { slowestClock, type CrashAtWriteFault, type Fault } from './fault.js'
import { FaultPlan } from './fault-plan.js'
import { InvariantChecker } from './invariant-checker.js'
import { latencyOf, longestDelay, type LatencyMatrix } from './latency.js'
import { LivenessWatch, livenessBound } from './liveness-watch.js'
import type { Participant } from './participant.js'
import { Scheduler } from './scheduler.js'
import { SimulatedMachine } from './simulated-machine.js'
import { SimulatedNode, type NodeObserver } from './simulated-node.js'
import { SimulatedWire } from './simulated-wire.js'
import { simulationCommittee, weightsOf, type SimulationCommittee } from './simulation-committee.js'
import { SimulationLog } from './simulation-log.js'
import type { SimulationOptions, SimulationReport } from './simulation-options.js'
import { WireLog } from './wire-log.js'

const defaults = {
  blocks: 5,
  minBlocks: 0,
  viewTimeoutMs: 1_000,
  writeMs: 0.5,
  maxMs: 600_000,
}

/** Largest payload that nodes accept, in bytes. */
const maxPayloadBytes = 100_000

/** Faults that are drawn begin within so many view timeouts. */
const faultyViews = 3

/** How many blocks before its first one a committee is announced. */
const ANNOUNCED_BLOCKS = 2n

/** Views that may be lost where one epoch follows another: in the old one, and until all have begun the new one. */
const EDGE_VIEWS = 2

/** One run. */
export class Simulation {
  readonly #o: SimulationOptions & typeof defaults & { readonly executionMs: number }
  readonly #random: SeededRandom
  readonly #scheduler = new Scheduler()
  readonly #log: SimulationLog
  readonly #cast: SimulationCommittee
  readonly #latency: LatencyMatrix
  readonly #faults: readonly Fault[]
  readonly #checker: InvariantChecker
  readonly #wireLog: WireLog
  readonly #wire: SimulatedWire
  readonly #machines: readonly SimulatedMachine[]
  readonly #executions: readonly ExecutionLayer[]
  readonly #actors: ReadonlyMap<number, ActorKind>
  readonly #actorNodes: readonly ActorNode[]
  /** The honest ones. */
  readonly #nodes: readonly SimulatedNode[]
  readonly #everybody: readonly Participant[]
  readonly #plan: FaultPlan
  readonly #liveness: LivenessWatch

  constructor(options: SimulationOptions) {
    this.#random = seededRandom(`simulation ${options.seed}`)
    const drawn = this.#draw('execution', [1, 40, 80, 120])
    const o = { ...defaults, executionMs: drawn, ...options }
    this.#o = o
    this.#log = new SimulationLog({ trace: o.trace ?? false })
    const weights = weightsOf(o.validators ?? 6)
    const scheme = o.scheme ?? standInScheme
    const { fullNodes = 0, firstBlock = 0n, rotation } = o
    this.#actors = o.actors ?? new Map()
    const faulty = [...this.#actors.keys()]
    const cast = { weights, fullNodes, scheme, firstBlock, faulty, rotation, random: this.#random }
    this.#cast = simulationCommittee(cast)
    this.#latency = latencyOf(
      o.latency ?? this.#draw('latency', ['lan', 'lan', 'regions', 'world'] as const),
    )
    const count = this.#cast.nodeKeys.length
    this.#faults =
      o.faults ??
      drawFaults({
        random: this.#random.split('faults'),
        nodes: count,
        viewTimeoutMs: o.viewTimeoutMs,
        withinMs: faultyViews * o.viewTimeoutMs,
      })
    this.#checker = new InvariantChecker({
      scopes: this.#cast.epochs.map(({ scope }) => scope),
      now: () => this.#scheduler.now,
    })
    this.#wireLog = new WireLog({
      log: this.#log,
      checker: this.#checker,
      scheme: this.#cast.genesis.scheme,
      isActor: (node) => this.#actors.has(node),
      now: () => this.#scheduler.now,
    })
    this.#wire = new SimulatedWire({
      scheduler: this.#scheduler,
      random: this.#random,
      latency: this.#latency,
      keys: this.#cast.nodeKeys.map(({ publicKey }) => publicKey),
      observer: this.#wireLog,
    })
    this.#machines = this.#cast.nodeKeys.map((_, node) => this.#machine(node))
    this.#executions = this.#machines.map(
      (_, node) => o.execution?.(node) ?? new CounterChain({ firstBlock }),
    )
    this.#nodes = this.#machines.flatMap((machine, node) =>
      this.#actors.has(node) ? [] : [this.#node(node, machine)],
    )
    this.#actorNodes = [...this.#actors].map(([node, kind]) => this.#actor(node, kind))
    this.#everybody = [...this.#nodes, ...this.#actorNodes].sort((a, b) => a.index - b.index)
    this.#plan = new FaultPlan({
      faults: this.#faults,
      scheduler: this.#scheduler,
      wire: this.#wire,
      nodes: this.#everybody,
      log: this.#log,
    })
    this.#liveness = new LivenessWatch({
      blocks: BigInt(o.blocks),
      until: firstBlock + BigInt(o.minBlocks),
      boundMs: livenessBound({
        viewTimeoutMs: o.viewTimeoutMs / slowestClock(this.#faults),
        delayMs: longestDelay(this.#latency),
        writeMs: o.writeMs,
        executionMs: o.executionMs,
        faultyLeaders: this.#cast.mostFaulty + (rotation === undefined ? 0 : EDGE_VIEWS),
      }),
      heights: () => this.#nodes.map(({ index }) => this.#checker.nextCommit(index)),
      commits: () => this.#checker.commits,
      isStable: () => this.#isStable(),
      now: () => this.#scheduler.now,
      late: (text) => {
        this.#checker.found('liveness', undefined, `${text}; ${this.#describeNodes()}`)
      },
    })
  }

  /** Runs it to its end. */
  async run(): Promise<SimulationReport> {
    for (const node of this.#everybody) this.#scheduler.at(0, () => this.#start(node))
    this.#plan.arm()
    await this.#scheduler.run(() => this.#isOver())
    return this.#report()
  }

  #isOver(): boolean {
    const { now } = this.#scheduler
    if (this.#checker.violations.length > 0) return true
    if (this.#liveness.check()) return true
    if (now < this.#o.maxMs) return this.#checker.violations.length > 0
    const connected = this.#nodes.map(({ peers }) => peers).join(' ')
    this.#checker.found(
      'liveness',
      undefined,
      `not over after ${now} ms; peers ${connected}; ${this.#describeNodes()}`,
    )
    return true
  }

  /** Whether all faults are over, and all nodes are up and connected. */
  #isStable(): boolean {
    if (!this.#plan.isOver) return false
    const others = this.#nodes.length - 1
    for (const node of this.#nodes) if (!node.isUp || node.peers !== others) return false
    return true
  }

  #report(): SimulationReport {
    const { violations } = this.#checker
    const { now, events } = this.#scheduler
    for (const { invariant, at, node, text } of violations) {
      this.#log.add({ at, type: 'violation', node, text: `${invariant}: ${text}` })
    }
    const firstBlock = this.#o.firstBlock ?? 0n
    return {
      seed: String(this.#o.seed),
      digest: this.#log.digest(),
      ok: violations.length === 0,
      violations,
      faults: this.#faults,
      stats: {
        virtualMs: now,
        events,
        deliveries: this.#wireLog.deliveries,
        writes: this.#machines.map(({ writes }) => writes),
        blocks: this.#nodes.map(({ index }) =>
          Number(this.#checker.nextCommit(index) - firstBlock),
        ),
        views: this.#wireLog.views,
        restarts: this.#nodes.reduce((sum, { starts }) => sum + Math.max(0, starts - 1), 0),
      },
      events: this.#log.events,
    }
  }

  #describeNodes(): string {
    return this.#nodes.map((node) => `${node.index}: ${node.describe()}`).join('; ')
  }

  #start(node: Participant): void {
    this.#log.add({ at: this.#scheduler.now, type: 'start', node: node.index, text: 'starts' })
    node.start()
  }

  #node(index: number, machine: SimulatedMachine): SimulatedNode {
    const o = this.#o
    const { committee, genesis, nodeKeys } = this.#cast
    const nodeKey = nodeKeys[index]
    if (nodeKey === undefined) throw new RangeError(`there is no node ${index}`)
    const execution = this.#executions[index]
    if (execution === undefined) throw new RangeError(`there is no execution layer ${index}`)
    const skew = this.#faults.find((fault) => fault.type === 'skew' && fault.node === index)
    return new SimulatedNode({
      index,
      scheduler: this.#scheduler,
      wire: this.#wire,
      machine,
      random: this.#random.split(`node ${index}`),
      speed: skew?.type === 'skew' ? skew.speed : 1,
      utcOffsetMs: skew?.type === 'skew' ? skew.utcOffsetMs : 0,
      execution,
      executionMs: o.executionMs,
      wrapStore: (store) => o.wrapStore?.(store, index) ?? store,
      counted: this.#honestKeys(),
      observer: this.#nodeObserver(index),
      options: {
        genesis,
        nodeKey,
        ...(index < committee.size && {
          validatorKey: {
            publicKey: committee.key(index),
            sign: (hash: Uint8Array) => Promise.resolve(committee.signature(index, hash)),
          },
        }),
        ...this.#validatorsOf(index),
        listen: this.#wire.addressOf(index),
        peers: { outbound: this.#peersOf(index) },
        // A run does not wait for the long pauses of production.
        limits: {
          maxPayloadBytes,
          network: { redialMinMs: 50, redialMaxMs: 500, banStaticMs: 1_000 },
        },
        timing: { viewTimeoutMs: o.viewTimeoutMs },
      },
    })
  }

  #validatorsOf(index: number): Pick<NodeOptions, 'validators'> {
    const { planned } = this.#cast
    if (planned === undefined) return {}
    const source = new PlannedCommittees(planned, ANNOUNCED_BLOCKS)
    return { validators: this.#o.wrapValidators?.(source, index) ?? source }
  }

  #actor(index: number, kind: ActorKind): ActorNode {
    const { committee, epochs, genesis, nodeKeys } = this.#cast
    const nodeKey = nodeKeys[index]
    if (nodeKey === undefined) throw new RangeError(`actors: there is no node ${index}`)
    return new ActorNode({
      index,
      kind,
      actor: {
        viewTimeoutMs: this.#o.viewTimeoutMs,
        maxPayloadBytes,
        payloads: this.#o.payloads ?? counterPayloads(this.#executions),
      },
      validators: committee,
      faulty: [...this.#actors.keys()],
      epochs,
      scheduler: this.#scheduler,
      wire: this.#wire,
      random: this.#random.split(`actor ${index}`),
      genesis,
      nodeKey,
      peers: this.#peersOf(index),
    })
  }

  #peersOf(index: number): { readonly key: Uint8Array; readonly addr: string }[] {
    return this.#cast.nodeKeys.flatMap(({ publicKey }, i) =>
      i === index ? [] : [{ key: publicKey, addr: this.#wire.addressOf(i) }],
    )
  }

  #honestKeys(): ReadonlySet<string> {
    const honest = this.#cast.nodeKeys.filter((_, node) => !this.#actors.has(node))
    return new Set(honest.map(({ publicKey }) => toHex(publicKey)))
  }

  #machine(node: number): SimulatedMachine {
    const fatal = this.#faults.filter(
      (fault): fault is CrashAtWriteFault => fault.type === 'crashAtWrite' && fault.node === node,
    )
    return new SimulatedMachine({
      random: this.#random.split(`machine ${node}`),
      writeMs: () => this.#plan.slowWriteMs(node) ?? this.#o.writeMs,
      onWrite: (index, { target, bytes }) => {
        const fault = fatal.find(({ write }) => write === index)
        const text = `${target} write ${index}, ${bytes} bytes${fault === undefined ? '' : `, dies ${fault.point}`}`
        this.#log.add({ at: this.#scheduler.now, type: 'write', node, text })
        return fault?.point ?? 'done'
      },
      onPowerCut: (index) => {
        const fault = fatal.find(({ write }) => write === index)
        if (fault !== undefined) this.#plan.powerCut(fault)
      },
    })
  }

  #nodeObserver(node: number): NodeObserver {
    const log = this.#log
    const checker = this.#checker
    const at = (): number => this.#scheduler.now
    return {
      stateDurable: (state) => {
        checker.stateDurable(node, state)
      },
      blockDurable: (block) => {
        checker.blockDurable(node, block)
      },
      proposed: (_, payload) => {
        checker.accepted(payload)
      },
      accepted: (_, payload) => {
        checker.accepted(payload)
      },
      committed: (block) => {
        log.add({ at: at(), type: 'commit', node, text: `block ${block.number}` })
        checker.committed(node, block)
        for (const actor of this.#actorNodes) actor.advance(block.number + 1n)
      },
      started: (next) => {
        checker.started(node, next)
      },
      failed: (error) => {
        checker.found('failure', node, error.message)
      },
      warned: (code, text) => {
        log.add({ at: at(), type: 'warning', node, text: `${code} ${text}` })
      },
      broken: (code, text) => {
        checker.found(code === 'AGREEMENT' ? 'agreement' : 'failure', node, `${code}: ${text}`)
      },
    }
  }

  #draw<T>(what: string, choices: readonly [T, ...T[]]): T {
    return choices[this.#random.split(what).uint32() % choices.length] ?? choices[0]
  }
}
