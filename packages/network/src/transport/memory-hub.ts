/** Options of a {@link MemoryHub}. */
export interface MemoryHubOptions {
  /** Delay of every frame in milliseconds. Default 0. */
  readonly latencyMs?: number
}

/** The wire of an in-process network: every {@link memoryTransport} on one hub can reach every other. */
export class MemoryHub {
  constructor(readonly options: MemoryHubOptions = {}) {}
}
