import { leastParts, type SimulatorCosts, type TimedPart } from './measure-simulator.js'

/** The figures, for people. */
export function describeCosts(costs: SimulatorCosts): string {
  const { stepMs, stepDeliveries, wholeMs, processMs, deliveries, parts, reached, windows } = costs
  const all = Object.keys(parts) as TimedPart[]
  const floor = (names: readonly TimedPart[], share: number): string => {
    const floorMs = names.reduce((sum, name) => sum + parts[name].ms, 0)
    const words = names.map((name) => {
      const { calls, ms } = parts[name]
      return `${name} ${ms.toFixed(2)} (${calls.toFixed(0)} calls)`
    })
    return `  floor ${floorMs.toFixed(2)} ms: ${words.join(', ')}; ${(100 * share).toFixed(0)} % of it reached`
  }
  return [
    `simulator::step/n=6: ${(1000 / stepMs).toFixed(0)} views/s, ${stepDeliveries.toFixed(0)} deliveries a view`,
    `simulator::whole/n=6: ${(1000 / wholeMs).toFixed(0)} views/s, ${wholeMs.toFixed(2)} ms a view (${processMs.toFixed(2)} with the engine’s own threads), ${deliveries.toFixed(0)} deliveries over the network; medians of ${windows} windows`,
    floor(leastParts, reached.least),
    floor(all, reached.all),
    '',
  ].join('\n')
}
