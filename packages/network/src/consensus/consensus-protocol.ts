import type { Ctx } from '@zkstack/concurrency'
import { decodeSigned, type EpochScope, type MessageLabel } from '@zkstack/roles'
import type { NetworkInit } from '../network.js'
import type { Peer } from '../peers/peer.js'
import { Throttle } from '../throttle.js'
import type { FrameStream } from '../transport/network-transport.js'
import type { Lane, Outbox } from './outbox.js'

/** Whether the validator proven on this connection is of the committee now. */
export function isMember(peer: Peer, scope: EpochScope | undefined): boolean {
  return peer.carrier !== undefined && scope?.schedule.indexOf(peer.carrier) !== undefined
}

/** Sends one lane of the outbox to a peer, as fast as the peer takes it, while its validator is of the committee. */
export async function sendConsensus(
  ctx: Ctx,
  peer: Peer,
  stream: FrameStream,
  o: { readonly outbox: Outbox; readonly lane: Lane; readonly scope: NetworkInit['scope'] },
): Promise<void> {
  const sent = new Map<MessageLabel, number>()
  for (;;) {
    const slot = isMember(peer, o.scope()) ? o.outbox.next(o.lane, sent) : undefined
    if (slot) {
      sent.set(slot.label, slot.generation)
      await ctx.race(stream.send(slot.frame))
    } else {
      await ctx.race(o.outbox.changed.wait())
    }
  }
}

/**
 * Receives the messages of one stream of a peer and hands them on, one at a time: the next is read when the
 * last one is handled, so a peer is slowed down by its own messages only.
 */
export async function receiveConsensus(
  ctx: Ctx,
  peer: Peer,
  stream: FrameStream,
  init: NetworkInit,
): Promise<void> {
  const throttle = new Throttle(init.limits.consensusRate, ctx.clock)
  for (;;) {
    const frame = await ctx.race(stream.receive())
    if (!frame) return
    await throttle.pass(ctx)
    // a peer that has just left the committee, or is about to enter it, is no offender
    if (!isMember(peer, init.scope())) continue
    const message = decodeSigned(frame, init.genesis.scheme, { ownsBytes: true })
    await ctx.race(init.onConsensusMessage(message, peer.carrier, peer.key))
  }
}
