import { bytesEqual } from '@zkstack/crypto'
import type { ProposalReference } from './state-record.js'

/** Names of payloads: a chain that stands still may leave thousands, one for each view. */
export class ReferenceSet {
  readonly #byHash = new Map<number, ProposalReference[]>()

  constructor(references: readonly ProposalReference[]) {
    for (const reference of references) this.add(reference)
  }

  has({ number, hash }: ProposalReference): boolean {
    const alike = this.#byHash.get(startOf(hash))
    return alike?.some((p) => p.number === number && bytesEqual(p.hash, hash)) === true
  }

  /** Adds one; false when it is there already. */
  add(reference: ProposalReference): boolean {
    if (this.has(reference)) return false
    const start = startOf(reference.hash)
    const alike = this.#byHash.get(start)
    if (alike === undefined) this.#byHash.set(start, [reference])
    else alike.push(reference)
    return true
  }
}

/** The first six bytes. */
function startOf(hash: Uint8Array): number {
  let start = 0
  for (let i = 0; i < 6; i++) start = start * 256 + (hash[i] ?? 0)
  return start
}
