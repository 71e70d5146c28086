import { loadCryptoBackends } from '@zkstack/crypto'
import { checkSimulation } from './check-simulation.js'
import { Simulation } from './simulation.js'
import type { SimulationOptions, SimulationReport } from './simulation-options.js'

/**
 * Runs whole nodes in one thread and in virtual time: `createNode` with its replica, network, block sync, commit driver and the
 * store of production, on a simulated line, a simulated disk and a simulated clock. One seed gives one run: the same options
 * give the same digest, on every machine.
 *
 * After every event the invariants are checked; the first violation ends the run and is reported, never thrown.
 *
 * @throws RangeError for options that describe no network, or faults that cannot be.
 */
export async function simulate(options: SimulationOptions): Promise<SimulationReport> {
  checkSimulation(options)
  await loadCryptoBackends()
  return new Simulation(options).run()
}
