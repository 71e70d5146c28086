import { bytesEqual } from '@zkstack/crypto'
import type { ProposalReference } from './state-record.js'

/** So few are looked through one by one. */
const few = 16

/** Names of payloads: mostly one or two, but a chain that stands still may leave thousands, one for each view. */
export class ReferenceSet {
  readonly #all: ProposalReference[] = []
  /** Made when there are more than a few. */
  #byHash: Map<number, ProposalReference[]> | undefined

  constructor(references: readonly ProposalReference[]) {
    for (const reference of references) this.add(reference)
  }

  has({ number, hash }: ProposalReference): boolean {
    const alike = this.#byHash === undefined ? this.#all : this.#byHash.get(startOf(hash))
    return alike?.some((p) => p.number === number && bytesEqual(p.hash, hash)) === true
  }

  /** Adds one; false when it is there already. */
  add(reference: ProposalReference): boolean {
    if (this.has(reference)) return false
    this.#all.push(reference)
    if (this.#byHash !== undefined) index(this.#byHash, reference)
    else if (this.#all.length > few) {
      this.#byHash = new Map()
      for (const one of this.#all) index(this.#byHash, one)
    }
    return true
  }
}

function index(byHash: Map<number, ProposalReference[]>, reference: ProposalReference): void {
  const start = startOf(reference.hash)
  const alike = byHash.get(start)
  if (alike === undefined) byHash.set(start, [reference])
  else alike.push(reference)
}

/** The first six bytes. */
function startOf(hash: Uint8Array): number {
  let start = 0
  for (let i = 0; i < 6; i++) start = start * 256 + (hash[i] ?? 0)
  return start
}
