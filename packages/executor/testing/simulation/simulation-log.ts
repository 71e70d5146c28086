import { createHash, type Hash } from 'node:crypto'

/** In an order that is part of every digest. */
const types = [
  'send',
  'deliver',
  'lose',
  'write',
  'start',
  'crash',
  'stop',
  'commit',
  'fault',
  'warning',
  'violation',
] as const

/** What happened, for people. */
export interface SimulationEvent {
  /** Virtual milliseconds since the beginning. */
  readonly at: number
  readonly type: (typeof types)[number]
  /** Index of the node; undefined for what concerns all. */
  readonly node: number | undefined
  /** The other node of a message. */
  readonly peer?: number
  readonly text: string
}

/** Bytes that are hashed in one go. */
const chunkBytes = 65_536

/** Time, type, node, peer and length of the text, before the text of an event. */
const headBytes = 8 + 1 + 2 + 2 + 4

/** The index of no node. */
const nobody = -1

/** Hashes everything that happens, and keeps it when a trace is wanted. */
export class SimulationLog {
  readonly events: SimulationEvent[] = []
  readonly #keepsTrace: boolean
  readonly #hash: Hash = createHash('sha256')
  readonly #pending = Buffer.alloc(chunkBytes)
  readonly #view = new DataView(this.#pending.buffer, this.#pending.byteOffset)
  #length = 0

  constructor(o: { readonly trace: boolean }) {
    this.#keepsTrace = o.trace
  }

  /** Whether events are kept, so that it is worth to describe them. */
  get keepsTrace(): boolean {
    return this.#keepsTrace
  }

  /** Adds bytes to what is hashed. */
  noteBytes(bytes: Uint8Array): void {
    this.#room(bytes.length)
    if (bytes.length > chunkBytes) {
      this.#hash.update(bytes)
      return
    }
    this.#pending.set(bytes, this.#length)
    this.#length += bytes.length
  }

  /** Notes an event, and keeps it when a trace is wanted. */
  add(event: SimulationEvent): void {
    const { at, type, node = nobody, peer = nobody, text } = event
    this.#room(headBytes)
    const head = this.#view
    head.setFloat64(this.#length, at)
    head.setUint8(this.#length + 8, types.indexOf(type))
    head.setInt16(this.#length + 9, node)
    head.setInt16(this.#length + 11, peer)
    head.setUint32(this.#length + 13, text.length)
    this.#length += headBytes
    this.#noteText(text)
    if (this.#keepsTrace) this.events.push(event)
  }

  /** SHA-256 in hex over everything so far; the log can take no more. */
  digest(): string {
    this.#flush()
    return this.#hash.digest('hex')
  }

  #noteText(text: string): void {
    const most = 3 * text.length
    if (most > chunkBytes) {
      this.noteBytes(Buffer.from(text))
      return
    }
    this.#room(most)
    this.#length += this.#pending.write(text, this.#length)
  }

  #room(bytes: number): void {
    if (this.#length + bytes > chunkBytes) this.#flush()
  }

  #flush(): void {
    this.#hash.update(this.#pending.subarray(0, this.#length))
    this.#length = 0
  }
}
