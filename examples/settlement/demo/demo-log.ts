import type { CertificateHeader } from '@zkstack/settlement'

/** A settled certificate, for the picture. */
export interface SettledMark {
  readonly networkId: number
  readonly header: CertificateHeader
  readonly atMs: number
}

/** Tells what happens, with the time since the start, and remembers what the picture shows. */
export class DemoLog {
  readonly settled: SettledMark[] = []
  readonly notes: { readonly text: string; readonly atMs: number }[] = []
  checks = 0
  readonly #write: (line: string) => void
  readonly #startMs = performance.now()

  constructor(write: (line: string) => void) {
    this.#write = write
  }

  /** Milliseconds since the start. */
  get nowMs(): number {
    return performance.now() - this.#startMs
  }

  say(text: string): void {
    this.#write(`${(this.nowMs / 1000).toFixed(1).padStart(6)} s  ${text}\n`)
  }

  /** Says it, and puts it in the picture. */
  note(text: string): void {
    this.notes.push({ text, atMs: this.nowMs })
    this.say(text)
  }

  /** Something that must hold. @throws Error when it does not */
  check(what: string, actual: string | bigint, expected: string | bigint): void {
    if (actual !== expected) throw new Error(`${what}: expected ${expected}, got ${actual}`)
    this.checks += 1
    this.say(`  ✓ ${what}: ${actual}`)
  }
}
