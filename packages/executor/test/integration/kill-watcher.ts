import { join } from 'node:path'
import { ed25519Scheme, fromHex } from '@zkstack/crypto'
import { FrameRecorder } from '../../testing/index.js'
import { readLedger } from './file-chain.js'

/** How many validators there are, unless a run has fewer. */
export const nodes = 6

/** What is known from outside, across all lives. */
export class KillWatcher {
  /** By node: the height that it commits next. */
  readonly heights: number[]
  readonly #recorder = new FrameRecorder(ed25519Scheme.current)
  readonly #faults: string[] = []
  /** Messages that were sent. */
  messages = 0

  constructor(validators = nodes) {
    this.heights = Array.from({ length: validators }, () => 0)
  }

  /** Votes to commit that were sent. */
  get votes(): number {
    return this.#recorder.count('ReplicaCommitV2')
  }

  /** Takes a line that a process said. */
  heard(line: string): void {
    const [what, first = '', second = ''] = line.split(' ')
    if (what === 'sent') this.#sent(first, second)
    if (what === 'commit') this.#committed(Number(first), Number(second))
    if (what === 'failed') this.#faults.push(line)
  }

  /** What must not be. */
  faults(): string[] {
    const double = this.#recorder.doubleVotes.map(
      ({ validator, view, kind }) =>
        `${validator.slice(0, 8)} contradicts itself in view ${view}: ${kind}`,
    )
    return [...this.#faults, ...double]
  }

  #sent(protocol: string, hex: string): void {
    const frame = fromHex(hex)
    if (frame === undefined) return
    this.messages += 1
    this.#recorder.observe(protocol, frame)
  }

  /** A block may have been committed and the process killed before it said so; nothing else may be missing. */
  #committed(node: number, number: number): void {
    const next = this.heights[node] ?? 0
    if (number !== next && number !== next + 1) {
      this.#faults.push(`node ${node} commits block ${number} after block ${next - 1}`)
    }
    this.heights[node] = number + 1
  }
}

/** Every ledger is a beginning of the longest one. */
export function compareLedgers(folder: string, validators = nodes): string[] {
  const ledgers = Array.from({ length: validators }, (_, node) =>
    readLedger(join(folder, `ledger-${node}`)),
  )
  const longest = ledgers.reduce((a, b) => (b.length > a.length ? b : a))
  return ledgers.flatMap((ledger, node) =>
    ledger.every((line, i) => line === longest[i] && line.startsWith(`${i} `))
      ? []
      : [`the ledger of node ${node} is another one`],
  )
}
