import { keccak256, toHex } from '@zkstack/crypto'
import type { FinalBlock } from '@zkstack/roles'
import type { ExecutionLayer, ProposeRequest, Verdict, VerifyRequest } from '@zkstack/storage'

/** Options of a {@link CounterChain}. */
export interface CounterChainOptions {
  /** Number of the first block. Default 0. */
  readonly firstBlock?: bigint
  /** Size of the payloads that it proposes, in bytes; at least 40. Default 40. */
  readonly payloadBytes?: number
}

const HEIGHT_BYTES = 8
/** Height (big-endian), then the digest of all payloads before (32 bytes). */
const HEADER_BYTES = HEIGHT_BYTES + 32

/**
 * The smallest execution layer that notices every fault: a payload is its own height and the digest of the chain
 * before it. It checks that commits come in order, once, and with the payload it expects, and lives as long as the
 * object, so that it stands for a durable one across restarts of its node.
 */
export class CounterChain implements ExecutionLayer {
  /** Added to the first byte of every digest: chains of different salts make different payloads. */
  salt = 0
  readonly #firstBlock: bigint
  readonly #payloadBytes: number
  #next: bigint
  #digest: Uint8Array = new Uint8Array(32)
  #commits = 0
  readonly #header = new Uint8Array(HEADER_BYTES)
  readonly #heightOfHeader = new DataView(this.#header.buffer)

  constructor(o: CounterChainOptions = {}) {
    this.#firstBlock = o.firstBlock ?? 0n
    this.#next = this.#firstBlock
    this.#payloadBytes = Math.max(HEADER_BYTES, o.payloadBytes ?? HEADER_BYTES)
  }

  /** The last committed block; undefined before the first. */
  get height(): bigint | undefined {
    return this.#next > this.#firstBlock ? this.#next - 1n : undefined
  }

  /** Digest of all committed payloads, in hex: equal on all nodes at the same height. */
  get state(): string {
    return toHex(this.#digest)
  }

  /** How often `commit` was called. */
  get commits(): number {
    return this.#commits
  }

  /** Forgets everything, as with a disk that was lost. */
  reset(): void {
    this.#next = this.#firstBlock
    this.#digest = new Uint8Array(32)
    this.#commits = 0
  }

  propose(p: ProposeRequest): Promise<Uint8Array | null> {
    const payload = new Uint8Array(Math.min(this.#payloadBytes, p.maxBytes))
    payload.set(this.#headerOf(p.number))
    return Promise.resolve(payload)
  }

  verify(p: VerifyRequest): Promise<Verdict> {
    return Promise.resolve(this.#judge(p.number, p.payload))
  }

  commit(block: FinalBlock): Promise<void> {
    this.#commits += 1
    const verdict = this.#judge(block.number, block.payload)
    if (!verdict.ok)
      return Promise.reject(new Error(`commit of block ${block.number}: ${verdict.reason}`))
    this.#digest = keccak256(this.#digest, block.payload)
    this.#next = block.number + 1n
    return Promise.resolve()
  }

  lastCommitted(): Promise<bigint | null> {
    return Promise.resolve(this.height ?? null)
  }

  #judge(number: bigint, payload: Uint8Array): Verdict {
    if (number !== this.#next)
      return { ok: false, reason: `expected block ${this.#next}, got ${number}` }
    const isOurs = startsWith(payload, this.#headerOf(number))
    return isOurs ? { ok: true } : { ok: false, reason: 'does not follow the last block' }
  }

  /** Valid until it is called again. */
  #headerOf(number: bigint): Uint8Array {
    this.#heightOfHeader.setBigUint64(0, number)
    this.#header.set(this.#digest, HEIGHT_BYTES)
    this.#header[HEIGHT_BYTES] = ((this.#digest[0] ?? 0) + this.salt) % 256
    return this.#header
  }
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  if (bytes.length < start.length) return false
  for (let i = 0; i < start.length; i++) if (bytes[i] !== start[i]) return false
  return true
}
