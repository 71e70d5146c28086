import type { Ctx } from '@zkstack/concurrency'
import { bytesEqual } from '@zkstack/crypto'
import { decodeEpochVote, encodeEpochVote, type EpochVote } from '@zkstack/roles'
import type { NetworkInit } from '../network.js'
import { Notifier } from '../notifier.js'
import type { Peer } from '../peers/peer.js'
import type { FrameStream } from '../transport/network-transport.js'

/** Tells every peer our newest vote for a committee, once for each connection, and takes theirs: first-hand only. */
export class EpochVotes {
  readonly #init: Pick<NetworkInit, 'genesis' | 'onEpochVote'>
  readonly #changed = new Notifier()
  #own: Uint8Array | undefined

  constructor(init: Pick<NetworkInit, 'genesis' | 'onEpochVote'>) {
    this.#init = init
  }

  /** Replaces our vote. */
  announce(vote: EpochVote): void {
    this.#own = encodeEpochVote(vote)
    this.#changed.notify()
  }

  /** Waits until there is something to tell. */
  async hasNews(ctx: Ctx): Promise<void> {
    while (this.#own === undefined) await ctx.race(this.#changed.wait())
  }

  /** Tells a peer our vote: now, and whenever there is a newer one. */
  async send(ctx: Ctx, peer: Peer, stream: FrameStream): Promise<void> {
    const throttle = peer.budget.outgoing('epochVoteRate')
    for (let told: Uint8Array | undefined; ;) {
      const own = this.#own
      if (own === undefined || own === told) {
        await ctx.race(this.#changed.wait())
        continue
      }
      told = own
      await throttle.pass(ctx)
      await ctx.race(stream.send(own))
    }
  }

  /** Takes what a peer tells. */
  async receive(ctx: Ctx, peer: Peer, stream: FrameStream): Promise<void> {
    const throttle = peer.budget.incoming('epochVoteRate')
    for (;;) {
      const frame = await ctx.race(stream.receive())
      if (!frame) return
      await throttle.pass(ctx)
      const vote = decodeEpochVote(frame, this.#init.genesis.scheme)
      // Whoever votes tells it itself, so that nobody can take another one's place.
      if (peer.carrier && bytesEqual(vote.key, peer.carrier)) this.#init.onEpochVote?.(vote)
    }
  }
}
