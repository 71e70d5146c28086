import { seededRandom, type SeededRandom } from '@zkstack/concurrency'
import { protocols } from '@zkstack/network'
import { labelOf, viewOf } from '@zkstack/roles'
import type { ExecutionLayer } from '@zkstack/storage'
import { standInScheme } from '@zkstack/crypto/testing'
import { CounterChain } from '../counter-chain.js'
import { drawFaults } from './draw-faults.js'
import type { CrashAtWriteFault, Fault } from './fault.js'
import { FaultPlan } from './fault-plan.js'
import { InvariantChecker } from './invariant-checker.js'
import { latencyPresets, longestDelay, type LatencyMatrix } from './latency.js'
import { LivenessWatch, livenessBound } from './liveness-watch.js'
import { Scheduler } from './scheduler.js'
import type { WireObserver } from './simulated-connection.js'
import { SimulatedMachine } from './simulated-machine.js'
import { SimulatedNode, type NodeObserver } from './simulated-node.js'
import { SimulatedWire } from './simulated-wire.js'
import { simulationCommittee, type SimulationCommittee } from './simulation-committee.js'
import { SimulationLog } from './simulation-log.js'
import type { SimulationOptions, SimulationReport } from './simulation-options.js'

const defaults = {
  blocks: 5,
  minBlocks: 0,
  viewTimeoutMs: 1_000,
  writeMs: 0.5,
  maxMs: 600_000,
}

/** Faults that are drawn begin within so many view timeouts. */
const faultyViews = 3

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
  readonly #wire: SimulatedWire
  readonly #machines: readonly SimulatedMachine[]
  readonly #nodes: readonly SimulatedNode[]
  readonly #plan: FaultPlan
  readonly #liveness: LivenessWatch
  #deliveries = 0
  #views = 0n

  constructor(options: SimulationOptions) {
    this.#random = seededRandom(`simulation ${options.seed}`)
    const drawn = this.#draw('execution', [1, 30, 50, 80])
    const o = { ...defaults, executionMs: drawn, ...options }
    this.#o = o
    this.#log = new SimulationLog({ trace: o.trace ?? false })
    const weights = weightsOf(o.validators ?? 6)
    const scheme = o.scheme ?? standInScheme
    const { fullNodes = 0, firstBlock = 0n } = o
    this.#cast = simulationCommittee({ weights, fullNodes, scheme, firstBlock })
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
      scope: this.#cast.committee.scope,
      now: () => this.#scheduler.now,
    })
    this.#wire = new SimulatedWire({
      scheduler: this.#scheduler,
      random: this.#random,
      latency: this.#latency,
      keys: this.#cast.nodeKeys.map(({ publicKey }) => publicKey),
      observer: this.#wireObserver(),
    })
    this.#machines = this.#cast.nodeKeys.map((_, node) => this.#machine(node))
    this.#nodes = this.#machines.map((machine, node) => this.#node(node, machine))
    this.#plan = new FaultPlan({
      faults: this.#faults,
      scheduler: this.#scheduler,
      wire: this.#wire,
      nodes: this.#nodes,
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
      }),
      heights: () => this.#nodes.map(({ index }) => this.#checker.nextCommit(index)),
      isStable: () => this.#isStable(),
      now: () => this.#scheduler.now,
      late: (text) => {
        this.#checker.found('liveness', undefined, `${text}; ${this.#describeNodes()}`)
      },
    })
  }

  /** Runs it to its end. */
  async run(): Promise<SimulationReport> {
    for (const node of this.#nodes) this.#scheduler.at(0, () => this.#start(node))
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
    const others = this.#nodes.length - 1
    return this.#plan.isOver && this.#nodes.every(({ isUp, peers }) => isUp && peers === others)
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
        deliveries: this.#deliveries,
        writes: this.#machines.map(({ writes }) => writes),
        blocks: this.#nodes.map(({ index }) =>
          Number(this.#checker.nextCommit(index) - firstBlock),
        ),
        views: this.#views,
        restarts: this.#nodes.reduce((sum, { starts }) => sum + Math.max(0, starts - 1), 0),
      },
      events: this.#log.events,
    }
  }

  #describeNodes(): string {
    return this.#nodes.map((node) => `${node.index}: ${node.describe()}`).join('; ')
  }

  #start(node: SimulatedNode): void {
    this.#log.add({ at: this.#scheduler.now, type: 'start', node: node.index, text: 'starts' })
    node.start()
  }

  #node(index: number, machine: SimulatedMachine): SimulatedNode {
    const o = this.#o
    const { committee, genesis, nodeKeys } = this.#cast
    const nodeKey = nodeKeys[index]
    if (nodeKey === undefined) throw new RangeError(`there is no node ${index}`)
    const firstBlock = o.firstBlock ?? 0n
    const execution: ExecutionLayer = o.execution?.(index) ?? new CounterChain({ firstBlock })
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
        listen: this.#wire.addressOf(index),
        peers: {
          outbound: nodeKeys.flatMap(({ publicKey }, i) =>
            i === index ? [] : [{ key: publicKey, addr: this.#wire.addressOf(i) }],
          ),
        },
        // A run does not wait for the long pauses of production.
        limits: { network: { redialMinMs: 50, redialMaxMs: 500, banStaticMs: 1_000 } },
        timing: { viewTimeoutMs: o.viewTimeoutMs },
      },
    })
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
        checker.found('failure', node, `${code}: ${text}`)
      },
    }
  }

  #wireObserver(): WireObserver {
    const { note, describe } = { note: this.#log, describe: this.#describeFrame.bind(this) }
    const add = (
      type: 'send' | 'deliver' | 'lose',
      node: number,
      peer: number,
      text: string,
    ): void => {
      note.add({ at: this.#scheduler.now, type, node, peer, text })
    }
    return {
      sent: (from, to, protocol, frame) => {
        if (protocol === protocols.consensus) {
          this.#checker.sent(from, frame)
          note.noteBytes(frame)
          const { number } = viewOf(this.#checker.decode(frame).msg)
          if (number > this.#views) this.#views = number
        }
        add('send', from, to, describe(protocol, frame))
      },
      delivered: (from, to, protocol, frame) => {
        if (protocol === protocols.consensus) this.#deliveries += 1
        add('deliver', to, from, describe(protocol, frame))
      },
      lost: (from, to, protocol, frame) => {
        add('lose', to, from, describe(protocol, frame))
      },
    }
  }

  #describeFrame(protocol: string, frame: Uint8Array): string {
    if (protocol !== protocols.consensus) return `${protocol} ${frame.length}`
    const { msg } = this.#checker.decode(frame)
    return `${labelOf(msg)} ${viewOf(msg).number}`
  }

  #draw<T>(what: string, choices: readonly [T, ...T[]]): T {
    return choices[this.#random.split(what).uint32() % choices.length] ?? choices[0]
  }
}

function weightsOf(validators: number | readonly bigint[]): readonly bigint[] {
  return typeof validators === 'number' ? Array.from({ length: validators }, () => 1n) : validators
}

function latencyOf(latency: NonNullable<SimulationOptions['latency']>): LatencyMatrix {
  return typeof latency === 'string' ? latencyPresets[latency] : latency
}

/** Speed of the slowest clock. */
function slowestClock(faults: readonly Fault[]): number {
  return Math.min(1, ...faults.flatMap((fault) => (fault.type === 'skew' ? [fault.speed] : [])))
}
