import type { FinalBlock } from '@zkstack/roles'
import type { ExecutionLayer, ProposeRequest, Verdict } from '@zkstack/storage'

/** An execution layer that costs nothing, and notes when it handed out each payload. */
export class BenchChain implements ExecutionLayer {
  readonly #payload: Uint8Array
  readonly #proposedAt: Map<bigint, number>

  constructor(payloadBytes: number, proposedAt: Map<bigint, number>) {
    // Incompressible, so that LevelDB cannot save itself the work of writing it.
    this.#payload = new Uint8Array(payloadBytes)
    for (let at = 0; at < payloadBytes; at += 65_536) {
      crypto.getRandomValues(this.#payload.subarray(at, at + 65_536))
    }
    this.#proposedAt = proposedAt
  }

  propose({ number }: ProposeRequest): Promise<Uint8Array> {
    const payload = new Uint8Array(Math.max(8, this.#payload.length))
    payload.set(this.#payload)
    new DataView(payload.buffer).setBigUint64(0, number)
    this.#proposedAt.set(number, performance.now())
    return Promise.resolve(payload)
  }

  verify(): Promise<Verdict> {
    return Promise.resolve({ ok: true })
  }

  commit(_block: FinalBlock): Promise<void> {
    return Promise.resolve()
  }
}
