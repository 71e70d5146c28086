import type { Fault } from './fault.js'
import { latencyPresets } from './latency.js'
import { weightsOf } from './simulation-committee.js'
import type { SimulationOptions } from './simulation-options.js'

/**
 * Refuses what describes no run: one without nodes keeps all invariants, and a fault of a node that does not exist never happens.
 * @throws RangeError
 */
export function checkSimulation(o: SimulationOptions): void {
  const { validators = 6, fullNodes, rotation, latency } = o
  if (typeof validators === 'number') checkWhole('validators', validators, 1)
  checkWhole('fullNodes', fullNodes, 0)
  checkWhole('blocks', o.blocks, 0)
  checkWhole('minBlocks', o.minBlocks, 0)
  checkTime('writeMs', o.writeMs)
  checkTime('executionMs', o.executionMs)
  if (o.maxMs !== undefined && !(o.maxMs > 0)) throw new RangeError(`maxMs: got ${o.maxMs}`)
  if (typeof latency === 'string' && !Object.hasOwn(latencyPresets, latency))
    throw new RangeError(`latency: there is no ${latency}`)
  if (rotation !== undefined && 'members' in rotation) {
    checkWhole('rotation.everyBlocks', rotation.everyBlocks, 1)
    checkWhole('rotation.members', rotation.members, 1)
  }
  const nodes = weightsOf(validators).length + (fullNodes ?? 0)
  for (const fault of o.faults ?? []) checkFault(fault, nodes)
}

/** @throws RangeError unless it is absent, or a whole number of at least `least`. */
export function checkWhole(name: string, value: number | undefined, least: number): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= least)) return
  throw new RangeError(`${name}: expected a whole number of at least ${least}, got ${value}`)
}

function checkTime(name: string, ms: number | undefined): void {
  if (ms === undefined || (Number.isFinite(ms) && ms >= 0)) return
  throw new RangeError(`${name}: expected milliseconds, got ${ms}`)
}

function checkFault(fault: Fault, nodes: number): void {
  for (const node of nodesOf(fault)) {
    if (!Number.isSafeInteger(node) || node < 0 || node >= nodes)
      throw new RangeError(`faults: there is no node ${node}`)
  }
  const { type } = fault
  if (type === 'skew') {
    if (fault.speed > 0 && Number.isFinite(fault.speed + fault.utcOffsetMs)) return
    throw new RangeError(`faults: no clock runs at ${fault.speed}, off by ${fault.utcOffsetMs} ms`)
  }
  if ('at' in fault) checkTime(`faults: at of ${type}`, fault.at)
  if ('downMs' in fault) checkTime(`faults: downMs of ${type}`, fault.downMs)
  if ('lastsMs' in fault) checkTime(`faults: lastsMs of ${type}`, fault.lastsMs)
  if (type === 'crashAtWrite') checkWhole('faults: write', fault.write, 1)
  if (type === 'slowDisk') checkTime('faults: writeMs', fault.writeMs)
  if (type !== 'trouble') return
  checkTime('faults: delayMs', fault.delayMs)
  for (const share of [fault.loss, fault.duplicate, fault.reorder]) {
    if (!(share >= 0 && share <= 1))
      throw new RangeError(`faults: ${share} is no share from 0 to 1`)
  }
}

function nodesOf(fault: Fault): readonly number[] {
  if (fault.type === 'partition') return fault.groups.flat()
  return fault.node === undefined ? [] : [fault.node]
}
