import type { Ctx } from '@zkstack/concurrency'
import { decodeSigned } from '@zkstack/roles'
import type { NetworkInit } from '../network.js'
import type { Peer } from '../peers/peer.js'
import { consumeFrames } from '../transport/consume-frames.js'
import type { FrameStream } from '../transport/network-transport.js'
import { LaneSender } from './lane-sender.js'
import type { Lane, Outbox } from './outbox.js'
import { PeerEpochs } from './peer-epochs.js'
import { permitsOf } from './permits-of.js'

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
  await new LaneSender({ ...o, ctx, peer, stream }).run()
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
  const receive = (frame: Uint8Array): Promise<void> | undefined => {
    // a peer that has just left the committee is no offender
    if (epochs.list.length === 0) return undefined
    const message = decodeSigned(frame, init.genesis.scheme, { ownsBytes: true })
    return init.onConsensusMessage(message, peer.carrier, peer.key)
  }
  await consumeFrames(ctx, stream, (frame) => {
    const permits = permitsOf(frame)
    if (throttle.tryPass(permits)) return receive(frame)
    return throttle.pass(ctx, permits).then(() => receive(frame))
  })
}
