import { isCanceled, scope, type Ctx } from '@zkstack/concurrency'
import type { AddressExchange } from '../addresses/address-exchange.js'
import type { EpochCertificates } from '../epochs/epoch-certificates.js'
import type { EpochVotes } from '../epochs/epoch-votes.js'
import { BlockClient } from '../blocks/block-client.js'
import { announceBlocks, receiveBlockRanges } from '../blocks/block-range-protocol.js'
import { serveBlocks } from '../blocks/get-blocks-server.js'
import { isMember } from '../consensus/committees.js'
import { receiveConsensus, sendConsensus } from '../consensus/consensus-protocol.js'
import type { Lane, Outbox } from '../consensus/outbox.js'
import {
  largeProposalOffered,
  receiveLargeProposals,
  sendLargeProposals,
} from '../consensus/proposal-protocol.js'
import type { NetworkMetrics } from '../network-metrics.js'
import type { NetworkInit } from '../network.js'
import { runPing, servePing } from '../ping/ping.js'
import { protocols } from '../protocols.js'
import type { SyncRunner } from '../sync/sync-runner.js'
import { peerSource } from '../sync/sync-source.js'
import type { TransactionGossip } from '../transactions/transaction-gossip.js'
import type { FrameStream } from '../transport/network-transport.js'
import type { PeerExchange } from './peer-exchange.js'
import type { Peer } from './peer.js'

/** What all peers share. */
export interface SessionServices {
  readonly init: NetworkInit
  readonly outbox: Outbox
  readonly gossip: TransactionGossip
  readonly sync: SyncRunner
  readonly metrics: NetworkMetrics
  readonly addresses: AddressExchange
  readonly epochVotes: EpochVotes
  readonly epochCertificates: EpochCertificates
  readonly peerExchange: PeerExchange
  /** Whether peers are asked for more peers. */
  readonly wantsPeers: boolean
}

/** Work on the streams of one protocol; ends when the peer ends the stream. */
interface StreamTask {
  readonly protocol: string
  /** Limit of what is received. */
  readonly maxFrameBytes: number
  /** Waited for before the stream is opened, or read if the peer has opened it; default: nothing. */
  when?(ctx: Ctx): Promise<void>
  run(ctx: Ctx, stream: FrameStream): Promise<void>
}

/** What a stream may receive on which only we send. */
const NOTHING = 0

/**
 * Serves every protocol to a peer until its connection or `ctx` ends. Each side sends on streams that it has
 * opened, one for each protocol, so that no protocol and no direction waits for another. Faults of the peer end
 * the connection; anything else is thrown.
 */
export async function runSession(ctx: Ctx, peer: Peer, shared: SessionServices): Promise<void> {
  await scope(ctx, async (inner, tasks) => {
    const start = (task: StreamTask, stream: FrameStream) =>
      tasks.spawnBackground((taskCtx) => guarded(taskCtx, peer, () => task.run(taskCtx, stream)))
    const serve = (task: StreamTask): void => {
      peer.connection.onStream(task.protocol, task.maxFrameBytes, async (stream) => {
        if (inner.canceled) return
        await start(task, stream).join()
        await stream.close()
      })
    }
    for (const task of servedTasks(peer, shared)) {
      const { when } = task
      if (!when) serve(task)
      else tasks.spawnBackground((taskCtx) => when(taskCtx).then(() => serve(task)))
    }
    for (const task of openedTasks(peer, shared, inner)) {
      const { protocol, maxFrameBytes } = task
      tasks.spawnBackground((taskCtx) =>
        guarded(taskCtx, peer, async () => {
          await task.when?.(taskCtx)
          // a signal for each stream: the negotiations of all would be many listeners on one
          const { signal } = taskCtx
          const opening = peer.connection.openStream(protocol, { signal, maxFrameBytes })
          await task.run(taskCtx, await taskCtx.race(opening))
        }),
      )
    }
    try {
      await inner.race(peer.connection.closed)
      const { flood } = peer.connection
      if (flood !== undefined) peer.misbehaved('FLOOD', flood)
    } catch (e) {
      if (!isCanceled(e)) throw e
    }
  })
}

async function guarded(ctx: Ctx, peer: Peer, task: () => Promise<void>): Promise<void> {
  try {
    await task()
  } catch (e) {
    if (!isCanceled(e) && !ctx.canceled) peer.failed(e)
  }
}

function servedTasks(
  peer: Peer,
  { init, gossip, sync, addresses, epochVotes, epochCertificates, peerExchange }: SessionServices,
): StreamTask[] {
  const { limits, store } = init
  const { budget } = peer
  const { frames } = limits
  // what strangers send on these is not even read: it stays in their own window
  const forMembers = isMember(peer, init)
    ? {}
    : { when: (ctx: Ctx) => addresses.untilMember(ctx, peer) }
  return [
    {
      protocol: protocols.ping,
      maxFrameBytes: frames.ping,
      run: (ctx, stream) => servePing(ctx, stream, budget.incoming('pingRate')),
    },
    {
      protocol: protocols.consensus,
      maxFrameBytes: frames.consensus,
      ...forMembers,
      run: (ctx, stream) => receiveConsensus(ctx, peer, stream, init),
    },
    {
      protocol: protocols.proposals,
      maxFrameBytes: frames.proposals,
      ...forMembers,
      run: (ctx, stream) => receiveLargeProposals(ctx, peer, stream, init),
    },
    {
      protocol: protocols.blocks,
      maxFrameBytes: frames.blockRange,
      run: (ctx, stream) =>
        receiveBlockRanges(ctx, stream, {
          throttle: budget.incoming('blockRangeRate'),
          onRange: (range) => {
            peer.range = range
            sync.announced(peer.name, range)
          },
        }),
    },
    {
      protocol: protocols.getBlocks,
      maxFrameBytes: frames.blockRequest,
      run: (ctx, stream) =>
        serveBlocks(ctx, stream, {
          store,
          limits,
          throttle: budget.incoming('blockRequestRate'),
          kibThrottle: budget.incoming('blockKibRate'),
        }),
    },
    {
      protocol: protocols.transactions,
      maxFrameBytes: frames.transactions,
      run: (ctx, stream) => gossip.receive(ctx, peer, stream),
    },
    {
      protocol: protocols.addresses,
      maxFrameBytes: frames.addresses,
      run: (ctx, stream) => addresses.receive(ctx, peer, stream),
    },
    {
      protocol: protocols.epochs,
      maxFrameBytes: frames.epochVote,
      run: (ctx, stream) => epochVotes.receive(ctx, peer, stream),
    },
    {
      protocol: protocols.getEpochs,
      maxFrameBytes: frames.epochRequest,
      run: (ctx, stream) => epochCertificates.serve(ctx, peer, stream),
    },
    {
      protocol: protocols.peers,
      maxFrameBytes: frames.peers,
      run: (ctx, stream) => peerExchange.serve(ctx, peer, stream),
    },
  ]
}

/**
 * Our streams in the order of their opening. A full line serves streams in that order, so what is small and
 * urgent comes first, and a vote overtakes the proposals and blocks that are under way.
 */
function openedTasks(
  peer: Peer,
  { init, outbox, gossip, sync, metrics, addresses, ...shared }: SessionServices,
  session: Ctx,
): StreamTask[] {
  const { limits, blocks } = init
  const lane = (name: Lane): StreamTask => ({
    protocol: protocols.consensus,
    maxFrameBytes: NOTHING,
    run: (ctx, stream) => sendConsensus(ctx, peer, stream, { outbox, lane: name, init }),
  })
  return [
    lane('votes'),
    {
      protocol: protocols.ping,
      maxFrameBytes: limits.frames.ping,
      run: (ctx, stream) =>
        runPing(ctx, peer, stream, { limits, onRtt: (ms) => metrics.onRtt(peer, ms) }),
    },
    {
      protocol: protocols.blocks,
      maxFrameBytes: NOTHING,
      run: (ctx, stream) =>
        announceBlocks(ctx, stream, {
          blocks,
          limits,
          throttle: peer.budget.outgoing('blockRangeRate'),
          isMember: () => isMember(peer, init),
        }),
    },
    lane('proposals'),
    {
      protocol: protocols.proposals,
      maxFrameBytes: NOTHING,
      when: (ctx) => largeProposalOffered(ctx, peer, { outbox, init }),
      run: (ctx, stream) => sendLargeProposals(ctx, peer, stream, { outbox, init }),
    },
    {
      protocol: protocols.getBlocks,
      maxFrameBytes: limits.frames.block,
      run: (ctx, stream) => {
        const client = new BlockClient(stream, {
          timeoutMs: limits.blockTimeoutMs,
          maxAnswerBytes: limits.maxAnswerBytes,
        })
        sync.connected(peerSource(session, peer, client), peer.range)
        return client.run(ctx, peer)
      },
    },
    {
      protocol: protocols.transactions,
      maxFrameBytes: NOTHING,
      run: (ctx, stream) => gossip.send(ctx, peer, stream),
    },
    {
      protocol: protocols.addresses,
      maxFrameBytes: NOTHING,
      when: (ctx) => addresses.hasNews(ctx, peer),
      run: (ctx, stream) => addresses.send(ctx, peer, stream),
    },
    {
      protocol: protocols.epochs,
      maxFrameBytes: NOTHING,
      when: (ctx) => shared.epochVotes.hasNews(ctx),
      run: (ctx, stream) => shared.epochVotes.send(ctx, peer, stream),
    },
    {
      protocol: protocols.getEpochs,
      maxFrameBytes: limits.frames.epochCertificate,
      when: (ctx) => shared.epochCertificates.wantsAny(ctx),
      run: (ctx, stream) => shared.epochCertificates.ask(ctx, peer, stream),
    },
    ...(shared.wantsPeers && peer.connection.direction === 'outbound'
      ? [
          {
            protocol: protocols.peers,
            maxFrameBytes: limits.frames.peers,
            run: (ctx: Ctx, stream: FrameStream) => shared.peerExchange.ask(ctx, peer, stream),
          },
        ]
      : []),
  ]
}
