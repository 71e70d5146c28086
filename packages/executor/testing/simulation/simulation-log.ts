import { createHash, type Hash } from 'node:crypto'

/** What happened, for people. */
export interface SimulationEvent {
  /** Virtual milliseconds since the beginning. */
  readonly at: number
  readonly type:
    | 'send'
    | 'deliver'
    | 'lose'
    | 'write'
    | 'start'
    | 'crash'
    | 'stop'
    | 'commit'
    | 'fault'
    | 'warning'
    | 'violation'
  /** Index of the node; undefined for what concerns all. */
  readonly node: number | undefined
  /** The other node of a message. */
  readonly peer?: number
  readonly text: string
}

/** Characters that are hashed in one go. */
const chunk = 16_384

/** Hashes everything that happens, and keeps it when a trace is wanted. */
export class SimulationLog {
  readonly events: SimulationEvent[] = []
  readonly #keepsTrace: boolean
  readonly #hash: Hash = createHash('sha256')
  #pending = ''

  constructor(o: { readonly trace: boolean }) {
    this.#keepsTrace = o.trace
  }

  /** Whether events are kept, so that it is worth to describe them. */
  get keepsTrace(): boolean {
    return this.#keepsTrace
  }

  /** Adds a line to what is hashed. */
  note(line: string): void {
    this.#pending += `${line}\n`
    if (this.#pending.length > chunk) this.#flush()
  }

  /** Adds bytes to what is hashed. */
  noteBytes(bytes: Uint8Array): void {
    this.#flush()
    this.#hash.update(bytes)
  }

  /** Notes an event, and keeps it when a trace is wanted. */
  add(event: SimulationEvent): void {
    const { at, type, node, peer, text } = event
    this.note(`${at} ${type} ${node ?? ''} ${peer ?? ''} ${text}`)
    if (this.#keepsTrace) this.events.push(event)
  }

  /** SHA-256 in hex over everything so far; the log can take no more. */
  digest(): string {
    this.#flush()
    return this.#hash.digest('hex')
  }

  #flush(): void {
    if (this.#pending !== '') this.#hash.update(this.#pending)
    this.#pending = ''
  }
}
