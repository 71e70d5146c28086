import { scope, type Ctx } from '@zkstack/concurrency'
import { bytesEqual } from '@zkstack/crypto'
import { viewOf, type Signed } from '@zkstack/roles'
import type { NetworkInit } from '../network.js'
import { ABANDONED, decodePartsHead, TAKEN, type PartsHead } from '../parts/part-frame.js'
import { PartSender } from '../parts/part-sender.js'
import type { Peer } from '../peers/peer.js'
import type { FrameStream } from '../transport/network-transport.js'
import { turnOf } from '../turn-of.js'
import { committeesOf, epochsOf } from './committees.js'
import type { LargeSlot, Outbox } from './outbox.js'
import { PeerEpochs } from './peer-epochs.js'
import { ProposalAssembly, type PartVerdict } from './proposal-assembly.js'

/** What {@link sendLargeProposals} takes. */
export interface SendProposalsOptions {
  readonly outbox: Outbox
  readonly init: NetworkInit
}

/** Waits until there is a large proposal for the peer. */
export async function largeProposalOffered(
  ctx: Ctx,
  peer: Peer,
  { outbox, init }: SendProposalsOptions,
): Promise<void> {
  const epochs = new PeerEpochs(peer, init)
  const isOffered = (): boolean => outbox.nextLarge(0, epochs.list) !== undefined
  if (isOffered()) return
  let end: (() => void) | undefined
  // Told by a call: nearly every proposal is a small one, and a promise for each would be for nothing.
  const offered = new Promise<void>((resolve) => {
    end = outbox.onChange('proposals', () => {
      if (isOffered()) resolve()
    })
  })
  try {
    await ctx.race(offered)
  } finally {
    end?.()
  }
}

/**
 * Sends large proposals in parts, no more of them at once than fill the line, so that votes on the same line do not queue
 * behind a payload. A proposal that is superseded on its way is not sent to its end.
 */
export async function sendLargeProposals(
  ctx: Ctx,
  peer: Peer,
  stream: FrameStream,
  { outbox, init }: SendProposalsOptions,
): Promise<void> {
  const sender = new PartSender(stream, ctx.clock)
  await scope(ctx, async (inner, tasks) => {
    tasks.spawnBackground((task) => receiveTaken(task, stream, sender))
    for (let sent = 0; ;) {
      const slot = outbox.nextLarge(sent, epochsOf(peer, init))
      if (slot) {
        sent = slot.generation
        await sendParts(inner, peer, stream, { slot, outbox, sender })
      } else {
        await inner.race(outbox.changed('proposals'))
      }
    }
  })
}

async function sendParts(
  ctx: Ctx,
  peer: Peer,
  stream: FrameStream,
  o: { readonly slot: LargeSlot; readonly outbox: Outbox; readonly sender: PartSender },
): Promise<void> {
  const { slot, outbox, sender } = o
  const throttle = peer.budget.outgoing('proposalPartRate')
  await ctx.race(stream.send(await ctx.race(slot.proposal.head(turnOf(ctx.clock)))))
  const isSent = await sender.send(ctx, slot.proposal.parts(), {
    pass: () => throttle.pass(ctx),
    isAbandoned: () => outbox.isSuperseded(slot),
  })
  if (!isSent) await ctx.race(stream.send(ABANDONED))
}

/** @throws DecodeError when parts are taken that were not sent. */
async function receiveTaken(ctx: Ctx, stream: FrameStream, sender: PartSender): Promise<void> {
  while (await ctx.race(stream.receive())) sender.taken()
}

/**
 * Receives large proposals, part by part with a turn for others after each, and hands them on, one at a time. A part
 * that is not the announced one is the fault of the peer, which is the only one that can have sent it.
 */
export async function receiveLargeProposals(
  ctx: Ctx,
  peer: Peer,
  stream: FrameStream,
  init: NetworkInit,
): Promise<void> {
  const throttle = peer.budget.incoming('proposalPartRate')
  let assembly: ProposalAssembly | undefined
  for (;;) {
    const frame = await ctx.race(stream.receive())
    if (!frame) return
    await throttle.pass(ctx)
    if (!assembly) {
      assembly = beginAssembly(peer, decodePartsHead(frame), init)
      continue
    }
    if (frame.length === ABANDONED.length) {
      assembly = undefined
      continue
    }
    // the next part may come while this one is hashed
    await ctx.race(stream.send(TAKEN))
    const verdict = await takePart(ctx, assembly, frame)
    stream.release?.(frame)
    if (verdict.type === 'wrong') {
      peer.misbehaved('WRONG_PART', 'a part of a proposal that is not the announced one')
      return
    }
    if (assembly.isComplete) assembly = undefined
    if (verdict.type !== 'done') continue
    const handled = init.onConsensusMessage(verdict.message, peer.carrier, peer.key)
    if (handled) await ctx.race(handled)
  }
}

/** Checks a part, with turns for others between the steps. */
async function takePart(
  ctx: Ctx,
  assembly: ProposalAssembly,
  part: Uint8Array,
): Promise<PartVerdict> {
  if (!assembly.take(part)) return { type: 'wrong' }
  const turn = turnOf(ctx.clock)
  for (;;) {
    await ctx.race(turn())
    const verdict = assembly.step()
    if (verdict.type !== 'hashing') return verdict
  }
}

function beginAssembly(peer: Peer, head: PartsHead, init: NetworkInit): ProposalAssembly {
  return new ProposalAssembly(head, {
    scheme: init.genesis.scheme,
    maxPayloadBytes: init.limits.maxPayloadBytes,
    isWanted: (announced) => isFromLeader(peer, announced, init),
  })
}

/** Whether a proposal comes from the leader of its view, over a connection on which it has proven its key. */
function isFromLeader({ carrier }: Peer, { key, msg }: Signed, init: NetworkInit): boolean {
  const { epoch, number } = viewOf(msg)
  const committee = committeesOf(init).find((scope) => scope.epoch === epoch)
  if (!committee || !carrier || !bytesEqual(key, carrier)) return false
  return committee.schedule.leaderAt(number) === committee.schedule.indexOf(carrier)
}
