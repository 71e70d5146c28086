/** One-way delays in milliseconds between places: `delays[from][to]`. */
export type LatencyMatrix = readonly (readonly number[])[]

/**
 * Names of {@link latencyPresets}: `lan` one data centre; `regions` four of one continent; `world` six of the world.
 */
export type LatencyPreset = 'lan' | 'regions' | 'world'

/**
 * One-way delays in milliseconds, half the round trips that cloud providers publish between their regions, rounded; within one
 * place 0.25 ms. Nodes are spread over the places in turn.
 *
 * `regions`: Virginia, Ohio, Oregon, Montréal. `world`: Virginia, Oregon, Frankfurt, São Paulo, Tokyo, Sydney.
 */
export const latencyPresets: Readonly<Record<LatencyPreset, LatencyMatrix>> = {
  lan: [[0.25]],
  regions: [
    [0.25, 6, 33, 8],
    [6, 0.25, 25, 12],
    [33, 25, 0.25, 30],
    [8, 12, 30, 0.25],
  ],
  world: [
    [0.25, 33, 46, 57, 73, 99],
    [33, 0.25, 79, 88, 49, 70],
    [46, 79, 0.25, 102, 112, 143],
    [57, 88, 102, 0.25, 128, 156],
    [73, 49, 112, 128, 0.25, 52],
    [99, 70, 143, 156, 52, 0.25],
  ],
}

/** The delay between two nodes that are spread over the places of a matrix in turn. @throws RangeError for a ragged matrix. */
export function delayBetween(matrix: LatencyMatrix, from: number, to: number): number {
  const delay = matrix[from % matrix.length]?.[to % matrix.length]
  if (delay === undefined || !(delay >= 0)) {
    throw new RangeError('latency: expected a square matrix of delays in milliseconds')
  }
  return delay
}

/** The longest delay of a matrix. */
export function longestDelay(matrix: LatencyMatrix): number {
  return Math.max(...matrix.flat())
}

/** Delays by name or by place. */
export function latencyOf(latency: LatencyPreset | LatencyMatrix): LatencyMatrix {
  return typeof latency === 'string' ? latencyPresets[latency] : latency
}
