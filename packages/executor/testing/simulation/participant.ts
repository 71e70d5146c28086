/** A node of a simulation, honest or not, through all its processes. */
export interface Participant {
  readonly index: number
  /** Whether there is a process. */
  readonly isUp: boolean
  /** Begins a process. */
  start(): void
  /** Ends the process as a power cut does. */
  crash(o: { readonly silently: boolean }): void
  /** Ends the process in order, then calls back, also when it dies before; false when it does so already or cannot. */
  stop(stopped: () => void): boolean
}
