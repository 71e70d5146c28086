import {
  describeFault,
  endOf,
  type CrashAtWriteFault,
  type Fault,
  type MuteFault,
  type PartitionFault,
} from './fault.js'
import type { Participant } from './participant.js'
import type { Scheduler } from './scheduler.js'
import type { SimulatedWire } from './simulated-wire.js'
import type { SimulationLog } from './simulation-log.js'

/** What a {@link FaultPlan} works on. */
export interface FaultPlanInit {
  readonly faults: readonly Fault[]
  readonly scheduler: Scheduler
  readonly wire: SimulatedWire
  readonly nodes: readonly Participant[]
  readonly log: SimulationLog
}

/** Makes go wrong what is to go wrong. Of faults of one kind that overlap, the last one to begin holds until it ends. */
export class FaultPlan {
  readonly #init: FaultPlanInit
  readonly #lastMs: number
  readonly #slowDisks = new Map<number, number>()
  #comingBack = 0

  constructor(init: FaultPlanInit) {
    this.#init = init
    this.#lastMs = Math.max(0, ...init.faults.map(endOf))
  }

  /** Whether nothing is wrong any more, and nothing will be, but for crashes at writes that have not come. */
  get isOver(): boolean {
    return this.#comingBack === 0 && this.#init.scheduler.now >= this.#lastMs
  }

  /** How long a write of a node takes while its disk is slow. */
  slowWriteMs(node: number): number | undefined {
    return this.#slowDisks.get(node)
  }

  /** Schedules everything whose moment is known. */
  arm(): void {
    for (const fault of this.#init.faults) {
      if (fault.type === 'skew' || fault.type === 'crashAtWrite') continue
      this.#init.scheduler.at(fault.at, () => {
        this.#begin(fault)
      })
    }
  }

  /** The write of a fault has come. */
  powerCut(fault: CrashAtWriteFault): void {
    this.#note(fault)
    this.#crash(fault.node, fault.downMs, false)
  }

  #begin(fault: Exclude<Fault, { type: 'skew' | 'crashAtWrite' }>): void {
    this.#note(fault)
    switch (fault.type) {
      case 'crash':
        this.#crash(fault.node, fault.downMs, fault.silently)
        return
      case 'stop':
        this.#stop(fault.node, fault.downMs)
        return
      case 'partition':
        this.#partition(fault)
        return
      case 'mute':
        this.#mute(fault)
        return
      case 'trouble': {
        const links = this.#linksOf(fault.node)
        for (const link of links) link.trouble = fault
        this.#after(fault.lastsMs, () => {
          for (const link of links) if (link.trouble === fault) link.mend()
        })
        return
      }
      case 'slowDisk':
        this.#slowDisks.set(fault.node, fault.writeMs)
        this.#after(fault.lastsMs, () => this.#slowDisks.delete(fault.node))
    }
  }

  #crash(index: number, downMs: number, silently: boolean): void {
    const node = this.#node(index)
    if (!node.isUp) return
    this.#tell('crash', index, 'dies')
    node.crash({ silently })
    this.#comeBack(node, downMs)
  }

  #stop(index: number, downMs: number): void {
    const node = this.#node(index)
    const stops = node.stop(() => {
      this.#tell('stop', index, 'has stopped')
      this.#comingBack -= 1
      this.#comeBack(node, downMs)
    })
    if (stops) this.#comingBack += 1
  }

  #comeBack(node: Participant, downMs: number): void {
    this.#comingBack += 1
    this.#after(downMs, () => {
      this.#comingBack -= 1
      this.#tell('start', node.index, 'starts again')
      node.start()
    })
  }

  #partition({ groups, how, lastsMs }: PartitionFault): void {
    const { wire, nodes } = this.#init
    const groupOf = (node: number): number => {
      const group = groups.findIndex((members) => members.includes(node))
      return group < 0 ? groups.length + node : group
    }
    const pairs = nodes.flatMap((_, a) =>
      nodes.flatMap((_node, b) => (groupOf(a) === groupOf(b) ? [] : [[a, b] as const])),
    )
    for (const [a, b] of pairs) {
      if (how === 'cut') wire.cut(a, b)
      wire.link(a, b).hold()
    }
    this.#after(lastsMs, () => {
      for (const [a, b] of pairs) wire.link(a, b).release()
    })
  }

  #mute({ node, lastsMs }: MuteFault): void {
    const { wire, nodes } = this.#init
    const links = nodes.flatMap(({ index }) => (index === node ? [] : [wire.link(node, index)]))
    for (const link of links) link.hold()
    this.#after(lastsMs, () => {
      for (const link of links) link.release()
    })
  }

  #linksOf(node: number | undefined): ReturnType<SimulatedWire['link']>[] {
    const { wire, nodes } = this.#init
    return nodes.flatMap((_, a) =>
      nodes.flatMap((_node, b) =>
        node === undefined || a === node || b === node ? [wire.link(a, b)] : [],
      ),
    )
  }

  #after(ms: number, act: () => void): void {
    this.#init.scheduler.in(ms, act)
  }

  #node(index: number): Participant {
    const node = this.#init.nodes[index]
    if (node === undefined) throw new RangeError(`faults: there is no node ${index}`)
    return node
  }

  #note(fault: Fault): void {
    const node = 'node' in fault ? fault.node : undefined
    this.#tell('fault', node, describeFault(fault))
  }

  #tell(type: 'fault' | 'crash' | 'stop' | 'start', node: number | undefined, text: string): void {
    const { log, scheduler } = this.#init
    log.add({ at: scheduler.now, type, node, text })
  }
}
