import type { ComponentLogger, Libp2p, Logger } from '@libp2p/interface'
import { realClock } from '@zkstack/concurrency'
import type { NodeSecretKey } from '@zkstack/roles'
import { installPromiseWithResolvers } from '../install-promise-with-resolvers.js'
import { gatedTransport } from './gated-transport.js'
import { guardedMuxer } from './guarded-muxer.js'
import type { InboundGateLimits } from './inbound-gate.js'
import { joinedWrites } from './joined-writes.js'
import type { MuxerLimits } from './muxer-guard.js'
import { libp2pPrivateKey } from './libp2p-private-key.js'
import type { RefusedConnection } from './network-transport.js'
import { pausableEncrypter } from './pausable-encrypter.js'

const KB = 1024
const MB = 1024 * KB

/**
 * What a stream may have under way unread. It bounds the memory that a stalled peer costs us, and the
 * throughput of one stream to window / round trip: 4 MiB carry 40 MiB/s over 100 ms.
 */
const STREAM_WINDOW = 4 * MB

const yamuxOptions = {
  maxInboundStreams: 64,
  maxOutboundStreams: 64,
  streamOptions: {
    maxStreamWindowSize: STREAM_WINDOW,
    // never reached by a peer that respects the window
    maxReadBufferLength: 2 * STREAM_WINDOW,
  },
}

/** What a connection may do below the level of streams: far more than a session does at any speed. */
const MUXER_LIMITS: MuxerLimits = {
  maxDataBytes: STREAM_WINDOW,
  // an honest peer opens nine, and opening one is dear
  maxStreams: 64,
  // two milliseconds' work
  framesPerTurn: 64,
  // data, and an update of the window for each piece of data that we send
  frameBurst: 4_000,
  framesPerSecond: 4_000,
  // the multiplexer's own sign of life comes every 30 s
  pingBurst: 20,
  pingsPerSecond: 1,
}

/** What is let in, unless it is chosen otherwise. */
const INBOUND_LIMITS: InboundGateLimits = {
  // handshakes: nodes that start together behind one address need a few
  maxPendingPerHost: 16,
  maxPending: 256,
  // many nodes may share an address
  maxPerHost: 256,
  burstPerHost: 32,
  // upstream's rate of all; who comes back after a failure comes once in half a second
  perSecondPerHost: 10,
  // a whole committee at once
  burst: 256,
  perSecond: 100,
  // as many as may be open
  maxWaitingPerHost: 256,
  maxWaiting: 1_024,
  // less than a dial takes before it is given up
  maxWaitMs: 4_000,
}

/** Loads libp2p; the first call installs what Node 20 lacks, which must come before. */
export async function loadLibp2p() {
  installPromiseWithResolvers()
  const [libp2p, tcp, noise, yamux, multiaddr, keys] = await Promise.all([
    import('libp2p'),
    import('@libp2p/tcp'),
    import('@chainsafe/libp2p-noise'),
    import('@chainsafe/libp2p-yamux'),
    import('@multiformats/multiaddr'),
    import('@libp2p/crypto/keys'),
  ])
  return {
    createLibp2p: libp2p.createLibp2p,
    tcp: tcp.tcp,
    noise: noise.noise,
    yamux: yamux.yamux,
    multiaddr: multiaddr.multiaddr,
    publicKeyFromRaw: keys.publicKeyFromRaw,
  }
}

/** What {@link loadLibp2p} loads. */
export type Libp2pModules = Awaited<ReturnType<typeof loadLibp2p>>

interface HostInit {
  readonly identity: NodeSecretKey
  /** Multiaddrs. */
  readonly listen: readonly string[]
  readonly limits: Partial<InboundGateLimits>
  onRefused(refused: RefusedConnection): void
}

/** A libp2p node that does nothing by itself: it is not started, and everything automatic is off. */
export function createHost(modules: Libp2pModules, o: HostInit): Promise<Libp2p> {
  // our own ping decides about dead connections; the system's timer would cut quiet ones after 2 minutes
  const tcp = modules.tcp({
    inboundSocketInactivityTimeout: NEVER_MS,
    outboundSocketInactivityTimeout: NEVER_MS,
  })
  const limits = { ...INBOUND_LIMITS, ...o.limits }
  return modules.createLibp2p({
    start: false,
    privateKey: libp2pPrivateKey(o.identity, modules),
    addresses: { listen: [...o.listen] },
    transports: [
      (components) =>
        gatedTransport(tcp(components), { limits, clock: realClock, onRefused: o.onRefused }),
    ],
    connectionEncrypters: [
      (components) => pausableEncrypter(joinedWrites(modules.noise()(components))),
    ],
    streamMuxers: [() => guardedMuxer(modules.yamux(yamuxOptions)(), MUXER_LIMITS, realClock)],
    connectionMonitor: { enabled: false },
    connectionManager: {
      // who may stay is decided after the hello, by validator and configuration, with a reason told
      maxConnections: UNLIMITED,
      // the gate has let them in
      maxIncomingPendingConnections: UNLIMITED,
      inboundConnectionThreshold: UNLIMITED,
      // as the hello after it: who is silent for so long has nothing to say
      inboundUpgradeTimeout: 5_000,
      maxParallelDials: 256,
      maxDialQueueLength: 4096,
      reconnectRetries: 0,
    },
    connectionGater: {
      denyDialMultiaddr: () => false,
      // a node key is an Ed25519 key; libp2p would take others too
      denyInboundEncryptedConnection: ({ type }) => type !== 'Ed25519',
      denyOutboundEncryptedConnection: ({ type }) => type !== 'Ed25519',
    },
    logger: silentLibp2pLogger,
  })
}

/** What libp2p takes for no limit. */
const UNLIMITED = 1_000_000

/** The longest delay of a timer. */
const NEVER_MS = 2 ** 31 - 1

const silentLog: Logger = Object.assign(() => undefined, {
  error: () => undefined,
  trace: () => undefined,
  enabled: false,
  newScope: () => silentLog,
})

/** libp2p's own lines are for its developers; ours carry reasons and codes. */
const silentLibp2pLogger: ComponentLogger = { forComponent: () => silentLog }
