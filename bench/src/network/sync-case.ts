import { schemeNames } from '../bench-case.js'

/** A node that is so many blocks behind another one, over TCP on 127.0.0.1; each in a process of its own. */
export interface SyncCase {
  readonly blocks: number
  readonly payloadBytes: number
  readonly validators: number
  /** Genesis id of the signature scheme. */
  readonly scheme: 0 | 1 | 2
  readonly backend: 'mcl' | 'blst' | 'node'
}

/** `network::sync/key=value …`, the name under which a figure is published. */
export function nameOf(c: SyncCase): string {
  return `network::sync/n=${c.validators} scheme=${schemeNames[c.scheme]} backend=${c.backend} payload=${c.payloadBytes} blocks=${c.blocks}`
}

/** What all cases have but the scheme. */
const behind = { blocks: 10_000, validators: 4, payloadBytes: 1_000 }
const sizes = [1_000, 16_000, 64_000]

/** Every case. */
export const syncCases: readonly SyncCase[] = [
  ...sizes.map((payloadBytes): SyncCase => ({
    ...behind,
    payloadBytes,
    scheme: 2,
    backend: 'node',
  })),
  ...sizes.map((payloadBytes): SyncCase => ({
    ...behind,
    payloadBytes,
    scheme: 0,
    backend: 'mcl',
  })),
  { ...behind, scheme: 1, backend: 'blst' },
  { ...behind, validators: 6, scheme: 2, backend: 'node' },
  { ...behind, validators: 6, scheme: 0, backend: 'mcl' },
]

/** What the server tells the client. */
export interface SyncServerReady {
  /** Node key in hex. */
  readonly key: string
  readonly addr: string
}

/** What a case came to; all in blocks per second. */
export interface SyncResult {
  readonly case: SyncCase
  /** From the connection to the last block on disk and committed. */
  readonly sync: number
  /** The store alone: each block when the one before is on disk. */
  readonly storeOneByOne: number
  /** The store alone: all blocks handed over at once. */
  readonly storeTogether: number
  /** A node that has the blocks in memory: verified, on disk and committed, without a network. */
  readonly withoutNetwork: number
  /** Certificates and payload hashes alone, one after another in one thread. */
  readonly verification: number
  /** Share of the time in which the main thread of the client was busy. */
  readonly busy: number
}
