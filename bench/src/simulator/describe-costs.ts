import type { PartCost } from './part-costs.js'
import type { SimulatorCosts } from './measure-simulator.js'

/** What every simulator of this protocol needs; the floor without the rest. */
const least = ['step', 'codec', 'hash', 'scheduler']

/** The figures, for people. */
export function describeCosts(costs: SimulatorCosts): string {
  const { stepMs, stepDeliveries, wholeMs, processMs, deliveries, parts } = costs
  const all = Object.entries(parts)
  return [
    `simulator::step/n=6: ${(1000 / stepMs).toFixed(0)} views/s, ${stepDeliveries.toFixed(0)} deliveries a view`,
    `simulator::whole/n=6: ${(1000 / wholeMs).toFixed(0)} views/s, ${wholeMs.toFixed(2)} ms a view (${processMs.toFixed(2)} with the engine’s own threads), ${deliveries.toFixed(0)} deliveries over the network`,
    `  ${floorOf(
      all.filter(([name]) => least.includes(name)),
      wholeMs,
    )}`,
    `  ${floorOf(all, wholeMs)}`,
    '',
  ].join('\n')
}

function floorOf(parts: readonly (readonly [string, PartCost])[], wholeMs: number): string {
  const floorMs = parts.reduce((sum, [, { ms }]) => sum + ms, 0)
  const words = parts.map(
    ([name, { calls, ms }]) => `${name} ${ms.toFixed(2)} (${calls.toFixed(0)} calls)`,
  )
  return `floor ${floorMs.toFixed(2)} ms: ${words.join(', ')}; ${((100 * floorMs) / wholeMs).toFixed(0)} % of it reached`
}
