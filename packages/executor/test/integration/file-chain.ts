import { createHash } from 'node:crypto'
import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'
import type { FinalBlock } from '@zkstack/roles'
import type { ExecutionLayer, ProposeRequest, Verdict, VerifyRequest } from '@zkstack/storage'

/** The payloads that a ledger holds, one a line; a torn last line does not count. */
export function readLedger(path: string): string[] {
  const text = readFileSync(path, 'utf8')
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1)
}

/**
 * An execution layer on disk: the ledger is a file, each block a synced line. A payload is its height and the digest of the
 * ledger before, so that nothing fits but the next block.
 */
export class FileChain implements ExecutionLayer {
  readonly #file: number
  readonly #onCommit: (number: bigint) => void
  #next = 0n
  #digest = ''

  /** Opens the file, or creates it, and drops a torn last line. */
  constructor(path: string, onCommit: (number: bigint) => void) {
    closeSync(openSync(path, 'a'))
    const lines = readLedger(path)
    this.#onCommit = onCommit
    for (const line of lines) this.#add(line)
    ftruncateSync(
      (this.#file = openSync(path, 'r+')),
      lines.reduce((n, l) => n + l.length + 1, 0),
    )
    closeSync(this.#file)
    this.#file = openSync(path, 'a')
  }

  propose(): Promise<Uint8Array | null> {
    return Promise.resolve(new TextEncoder().encode(this.#wanted()))
  }

  verify({ payload }: Pick<ProposeRequest & VerifyRequest, 'payload'>): Promise<Verdict> {
    const ok = new TextDecoder().decode(payload) === this.#wanted()
    return Promise.resolve(ok ? { ok } : { ok, reason: 'does not follow the last block' })
  }

  async commit({ number, payload }: FinalBlock): Promise<void> {
    const line = new TextDecoder().decode(payload)
    if (line !== this.#wanted()) throw new Error(`block ${number}: '${line}'`)
    writeSync(this.#file, `${line}\n`)
    fsyncSync(this.#file)
    this.#add(line)
    this.#onCommit(number)
  }

  lastCommitted(): Promise<bigint | null> {
    return Promise.resolve(this.#next === 0n ? null : this.#next - 1n)
  }

  #add(line: string): void {
    this.#digest = createHash('sha256').update(this.#digest).update(line).digest('hex')
    this.#next += 1n
  }

  #wanted(): string {
    return `${this.#next} ${this.#digest}`
  }
}
