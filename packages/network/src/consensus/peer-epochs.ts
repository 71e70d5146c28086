import type { EpochScope } from '@zkstack/roles'
import type { NetworkInit } from '../network.js'
import type { Peer } from '../peers/peer.js'
import { epochsOf } from './committees.js'

/** The epochs in whose committee a peer is; looked up again when there are other committees than last time. */
export class PeerEpochs {
  readonly #peer: Pick<Peer, 'carrier'>
  readonly #init: Pick<NetworkInit, 'scope' | 'pendingScope'>
  #ruling: EpochScope | undefined
  #pending: EpochScope | undefined
  #epochs: readonly bigint[] = []

  constructor(peer: Pick<Peer, 'carrier'>, init: Pick<NetworkInit, 'scope' | 'pendingScope'>) {
    this.#peer = peer
    this.#init = init
  }

  /** Those of the committees that count now; none when it is of no committee. */
  get list(): readonly bigint[] {
    const ruling = this.#init.scope()
    const pending = this.#init.pendingScope?.()
    if (ruling === this.#ruling && pending === this.#pending) return this.#epochs
    this.#ruling = ruling
    this.#pending = pending
    this.#epochs = epochsOf(this.#peer, this.#init)
    return this.#epochs
  }
}
