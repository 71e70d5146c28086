import type { Clock } from '@zkstack/concurrency'
import { toHex } from '@zkstack/crypto'
import { formatNodePublicKey, type ConsensusNode, type FinalBlock } from '@zkstack/executor'

/** A block as it became final here. */
export interface SeenBlock {
  /** Decimal. */
  readonly number: string
  /** Decimal. */
  readonly view: string
  readonly atUtcMs: number
  /** Time since the block before it; undefined for the first one seen. */
  readonly intervalMs: number | undefined
  readonly payloadBytes: number
  /** Indices of the validators whose votes are in its certificate: a quorum, not necessarily all who voted. */
  readonly signers: readonly number[]
}

/** Something about a peer or the committee that an operator may ask about later. */
export interface Happening {
  readonly atUtcMs: number
  readonly kind:
    | 'peer connected'
    | 'peer disconnected'
    | 'peer misbehaved'
    | 'view timed out'
    | 'evidence'
    | 'invariant'
  /** Whom it is about: a node's key, a validator's key, or nobody. */
  readonly subject: string
  /** Why: a code and an explanation. */
  readonly reason: string
}

/** What a {@link Journal} takes. */
export interface JournalInit {
  readonly node: Pick<ConsensusNode, 'on' | 'inspect'>
  readonly clock: Clock
}

const REMEMBERED_BLOCKS = 120
const REMEMBERED_HAPPENINGS = 60

/** Remembers what a node's snapshot cannot show because it is over: the newest blocks, and why peers left. */
export class Journal implements Disposable {
  readonly #o: JournalInit
  readonly #blocks: SeenBlock[] = []
  readonly #happenings: Happening[] = []
  readonly #off: (() => void)[]
  #lastBlockAt: number | undefined

  constructor(o: JournalInit) {
    this.#o = o
    const { node } = o
    this.#off = [
      node.on('block:finalized', (block) => {
        this.#block(block)
      }),
      node.on('peer:connected', (peer) => {
        this.#note('peer connected', formatNodePublicKey(peer.key), peer.direction)
      }),
      node.on('peer:disconnected', ({ key, code, text }) => {
        this.#note('peer disconnected', formatNodePublicKey(key), `${code}: ${text}`)
      }),
      node.on('peer:misbehaved', ({ peer, rule }) => {
        this.#note('peer misbehaved', formatNodePublicKey(peer), rule)
      }),
      node.on('view:timeout', ({ view, leader }) => {
        this.#note('view timed out', this.#validator(leader), `view ${view}`)
      }),
      node.on('evidence', ({ key, conflict }) => {
        this.#note('evidence', this.#validator(key), conflict)
      }),
      node.on('invariant', ({ code, message }) => {
        this.#note('invariant', '', `${code}: ${message}`)
      }),
    ]
  }

  /** The newest blocks, oldest first. */
  get blocks(): readonly SeenBlock[] {
    return [...this.#blocks]
  }

  /** The newest happenings, oldest first. */
  get happenings(): readonly Happening[] {
    return [...this.#happenings]
  }

  [Symbol.dispose](): void {
    for (const off of this.#off) off()
  }

  #block({ number, view, payload, justification: { signers } }: FinalBlock): void {
    const { clock } = this.#o
    const now = clock.now()
    const intervalMs = this.#lastBlockAt === undefined ? undefined : now - this.#lastBlockAt
    this.#lastBlockAt = now
    this.#blocks.push({
      number: number.toString(),
      view: view.toString(),
      atUtcMs: clock.nowUtc(),
      intervalMs,
      payloadBytes: payload.length,
      signers: Array.from({ length: signers.length }, (_, i) => i).filter((i) => signers.has(i)),
    })
    if (this.#blocks.length > REMEMBERED_BLOCKS) this.#blocks.shift()
  }

  #note(kind: Happening['kind'], subject: string, reason: string): void {
    this.#happenings.push({ atUtcMs: this.#o.clock.nowUtc(), kind, subject, reason })
    if (this.#happenings.length > REMEMBERED_HAPPENINGS) this.#happenings.shift()
  }

  /** The text form of a validator's key; hexadecimal when it has left the committee. */
  #validator(key: Uint8Array): string {
    const hex = toHex(key)
    const member = this.#o.node.inspect().committee.find((known) => known.key.endsWith(`:${hex}`))
    return member?.key ?? hex
  }
}
