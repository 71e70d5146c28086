import type { Signed } from '@zkstack/roles'

/** What carries votes and proposals between the nodes of the measurement. */
export interface VoteLine {
  broadcast(message: Signed): void
  stop(): Promise<void>
}

/** What a {@link VoteLine} tells. */
export interface VoteLineEvents {
  listens(key: Uint8Array, addr: string): void
  connected(): void
  /** A message came; of a proposal that came without our layer, all but its payload. */
  message(message: Signed): void
  failed(error: unknown): void
}
