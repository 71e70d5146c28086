/** How long a client may take to take an answer, in milliseconds: as long as its request may take to arrive. */
export const TAKING_TIMEOUT_MS = 60_000
