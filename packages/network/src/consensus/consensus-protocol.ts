import { Waits, type Ctx } from '@zkstack/concurrency'
import { decodeSigned, type MessageLabel } from '@zkstack/roles'
import type { NetworkInit } from '../network.js'
import type { Peer } from '../peers/peer.js'
import type { FrameStream } from '../transport/network-transport.js'
import type { Lane, Outbox } from './outbox.js'
import { PeerEpochs } from './peer-epochs.js'

/**
 * Sends one lane of the outbox to a peer, as fast as the peer takes it, while its validator is of a committee: messages of an
 * epoch go to the committee of that epoch.
 */
export async function sendConsensus(
  ctx: Ctx,
  peer: Peer,
  stream: FrameStream,
  o: { readonly outbox: Outbox; readonly lane: Lane; readonly init: NetworkInit },
): Promise<void> {
  const sent = new Map<MessageLabel, number>()
  const throttle = peer.budget.outgoing('consensusRate')
  const epochs = new PeerEpochs(peer, o.init)
  using waits = new Waits(ctx)
  for (;;) {
    const slot = o.outbox.next(o.lane, sent, epochs.list)
    if (slot) {
      sent.set(slot.label, slot.generation)
      const permits = permitsOf(slot.frame)
      if (!throttle.tryPass(permits)) await throttle.pass(ctx, permits)
      await waits.for(stream.send(slot.frame))
    } else {
      await ctx.race(o.outbox.changed(o.lane))
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
  const throttle = peer.budget.incoming('consensusRate')
  const epochs = new PeerEpochs(peer, init)
  using waits = new Waits(ctx)
  for (;;) {
    const frame = await waits.for(stream.receive())
    if (!frame) return
    const permits = permitsOf(frame)
    if (!throttle.tryPass(permits)) await throttle.pass(ctx, permits)
    // a peer that has just left the committee is no offender
    if (epochs.list.length === 0) continue
    const message = decodeSigned(frame, init.genesis.scheme, { ownsBytes: true })
    await waits.for(init.onConsensusMessage(message, peer.carrier, peer.key))
  }
}

/** A frame costs one permit, and one more for each of these bytes: a large message takes as long to handle as many votes. */
const BYTES_PER_PERMIT = 64 * 1024

function permitsOf(frame: Uint8Array): number {
  return 1 + Math.floor(frame.length / BYTES_PER_PERMIT)
}
