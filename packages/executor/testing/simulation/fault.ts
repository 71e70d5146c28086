import type { CrashPoint } from './simulated-machine.js'
import type { LinkTrouble } from './simulated-link.js'

interface Window {
  /** Virtual milliseconds since the beginning. */
  readonly at: number
  readonly lastsMs: number
}

/** The process of a node ends at a moment and comes back later, with the disk as it was. */
export interface CrashFault {
  readonly type: 'crash'
  readonly node: number
  readonly at: number
  readonly downMs: number
  /** Whether its peers learn of it only when it is back, as after a power cut. */
  readonly silently: boolean
}

/** The process of a node ends at its write `write`, counted from 1, and comes back later. */
export interface CrashAtWriteFault {
  readonly type: 'crashAtWrite'
  readonly node: number
  readonly write: number
  readonly point: CrashPoint
  readonly downMs: number
}

/** A node is stopped in order and started again. */
export interface StopFault {
  readonly type: 'stop'
  readonly node: number
  readonly at: number
  readonly downMs: number
}

/** Only nodes of one group hear each other; a node in no group is alone. */
export interface PartitionFault extends Window {
  readonly type: 'partition'
  readonly groups: readonly (readonly number[])[]
  /** `cut`: connections break, and nobody answers. `hold`: they stay, and what is sent arrives at the end. */
  readonly how: 'cut' | 'hold'
}

/** A node hears the others, but they do not hear it; what it says arrives at the end. */
export interface MuteFault extends Window {
  readonly type: 'mute'
  readonly node: number
}

/** Lines are bad: all of them, or those to and from one node. */
export interface TroubleFault extends Window, LinkTrouble {
  readonly type: 'trouble'
  readonly node?: number
}

/** Every write of a node takes longer. */
export interface SlowDiskFault extends Window {
  readonly type: 'slowDisk'
  readonly node: number
  readonly writeMs: number
}

/** The clock of a node goes wrong, from the beginning to the end. */
export interface SkewFault {
  readonly type: 'skew'
  readonly node: number
  /** 1.1: a tenth too fast. */
  readonly speed: number
  /** How far its wall clock is off, in milliseconds. */
  readonly utcOffsetMs: number
}

/** Something that goes wrong in a simulation. */
export type Fault =
  | CrashFault
  | CrashAtWriteFault
  | StopFault
  | PartitionFault
  | MuteFault
  | TroubleFault
  | SlowDiskFault
  | SkewFault

/** When a fault is over, in virtual milliseconds; 0 for one whose moment is not known before. */
export function endOf(fault: Fault): number {
  switch (fault.type) {
    case 'crash':
    case 'stop':
      return fault.at + fault.downMs
    case 'partition':
    case 'mute':
    case 'trouble':
    case 'slowDisk':
      return fault.at + fault.lastsMs
    case 'crashAtWrite':
    case 'skew':
      return 0
  }
}

/** A fault in one line. */
export function describeFault(fault: Fault): string {
  switch (fault.type) {
    case 'crash':
      return `${ms(fault.at)} node ${fault.node} dies${fault.silently ? ' without a word' : ''} for ${ms(fault.downMs)}`
    case 'crashAtWrite':
      return `node ${fault.node} dies ${fault.point === 'torn' ? 'in the middle of' : fault.point} its write ${fault.write} for ${ms(fault.downMs)}`
    case 'stop':
      return `${ms(fault.at)} node ${fault.node} stops in order for ${ms(fault.downMs)}`
    case 'partition':
      return `${ms(fault.at)} partition ${fault.groups.map((g) => `{${g.join(' ')}}`).join(' | ')}, ${fault.how}, for ${ms(fault.lastsMs)}`
    case 'mute':
      return `${ms(fault.at)} nobody hears node ${fault.node}, for ${ms(fault.lastsMs)}`
    case 'trouble':
      return `${ms(fault.at)} lines of ${fault.node === undefined ? 'all nodes' : `node ${fault.node}`} lose ${part(fault.loss)}, double ${part(fault.duplicate)}, reorder ${part(fault.reorder)}, delay ${ms(fault.delayMs)}, for ${ms(fault.lastsMs)}`
    case 'slowDisk':
      return `${ms(fault.at)} disk of node ${fault.node} takes ${ms(fault.writeMs)} a write, for ${ms(fault.lastsMs)}`
    case 'skew':
      return `clock of node ${fault.node} runs at ${fault.speed.toFixed(3)}, off by ${ms(fault.utcOffsetMs)}`
  }
}

const ms = (value: number): string => `${Math.round(value)} ms`
const part = (value: number): string => `${Math.round(100 * value)} %`

/** Speed of the slowest clock. */
export function slowestClock(faults: readonly Fault[]): number {
  return Math.min(1, ...faults.flatMap((fault) => (fault.type === 'skew' ? [fault.speed] : [])))
}
