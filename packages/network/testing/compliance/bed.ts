import { loadCryptoBackends } from '@zkstack/crypto'
import { testCommittee, type TestCommittee } from '@zkstack/roles/testing'
import type { Signed } from '@zkstack/roles'
import type { NetworkTransport } from '../../src/transport/network-transport.js'
import { RawPeer } from '../raw-peer.js'
import { TestPeer, type TestPeerOptions } from '../test-peer.js'
import type { ComplianceCase } from './case.js'

/** Makes a transport that reaches the others it has made. */
export type TransportFactory = () => NetworkTransport

/** Where a case starts its peers; they all end with it. */
export class TestBed implements AsyncDisposable {
  readonly committee: TestCommittee = testCommittee(6)
  readonly #peers: AsyncDisposable[] = []

  constructor(readonly makeTransport: TransportFactory) {}

  /** Starts a peer: a validator if an index is given. */
  async peer(o: Partial<TestPeerOptions> = {}): Promise<TestPeer> {
    const peer = await TestPeer.start({
      committee: this.committee,
      transport: this.makeTransport(),
      ...o,
    })
    this.#peers.push(peer)
    return peer
  }

  /** Starts a peer that a test leads by the hand. */
  async raw(): Promise<RawPeer> {
    const peer = await RawPeer.start(this.makeTransport())
    this.#peers.push(peer)
    return peer
  }

  /** A commit vote of a validator. */
  vote(validator: number, view: bigint): Signed {
    return this.committee.sign(validator, {
      type: 'replicaCommit',
      value: this.committee.commit(view, view),
    })
  }

  /** A timeout vote of a validator. */
  timeout(validator: number, view: bigint): Signed {
    return this.committee.sign(validator, {
      type: 'replicaTimeout',
      value: this.committee.timeout(view),
    })
  }

  /** A proposal of a validator after the given view. */
  proposal(validator: number, view: bigint, payload: Uint8Array): Signed {
    const qc = this.committee.commitQc(this.committee.commit(view - 1n, view - 1n))
    return this.committee.sign(validator, {
      type: 'leaderProposal',
      value: { payload, justification: { type: 'commit', qc } },
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // last started, first stopped: those who dial before those who are dialled
    for (const peer of this.#peers.reverse()) await peer[Symbol.asyncDispose]()
  }
}

/** Makes cases out of functions on a bed. */
export function casesOn(
  makeTransport: TransportFactory,
  cases: Readonly<Record<string, (bed: TestBed) => Promise<void>>>,
): ComplianceCase[] {
  return Object.entries(cases).map(([name, body]) => ({
    name,
    run: async () => {
      await loadCryptoBackends()
      await using bed = new TestBed(makeTransport)
      await body(bed)
    },
  }))
}
