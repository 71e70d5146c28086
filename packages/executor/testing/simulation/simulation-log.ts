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

/** Bytes that are hashed in one go. */
const chunkBytes = 65_536

/** Characters of a line that certainly fit into a chunk. */
const maxLine = chunkBytes / 4

/** Hashes everything that happens, and keeps it when a trace is wanted. */
export class SimulationLog {
  readonly events: SimulationEvent[] = []
  readonly #keepsTrace: boolean
  readonly #hash: Hash = createHash('sha256')
  readonly #pending = Buffer.allocUnsafe(chunkBytes)
  #length = 0

  constructor(o: { readonly trace: boolean }) {
    this.#keepsTrace = o.trace
  }

  /** Whether events are kept, so that it is worth to describe them. */
  get keepsTrace(): boolean {
    return this.#keepsTrace
  }

  /** Adds a line to what is hashed. */
  note(line: string): void {
    const text = `${line}\n`
    if (text.length > maxLine) {
      this.noteBytes(Buffer.from(text))
      return
    }
    if (this.#length + 3 * text.length > chunkBytes) this.#flush()
    this.#length += this.#pending.write(text, this.#length)
  }

  /** Adds bytes to what is hashed. */
  noteBytes(bytes: Uint8Array): void {
    if (this.#length + bytes.length > chunkBytes) this.#flush()
    if (bytes.length > chunkBytes) {
      this.#hash.update(bytes)
      return
    }
    this.#pending.set(bytes, this.#length)
    this.#length += bytes.length
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
    this.#hash.update(this.#pending.subarray(0, this.#length))
    this.#length = 0
  }
}
