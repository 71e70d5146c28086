import type { ComponentLogger, Libp2p, Logger } from '@libp2p/interface'
import type { NodeSecretKey } from '@zkstack/roles'
import { installPromiseWithResolvers } from '../install-promise-with-resolvers.js'
import { libp2pPrivateKey } from './libp2p-private-key.js'

const KB = 1024
const MB = 1024 * KB

/**
 * What a stream may have under way unread. It bounds the memory that a stalled peer costs us, and the
 * throughput of one stream to window / round trip: 4 MiB carry 40 MiB/s over 100 ms.
 */
const STREAM_WINDOW = 4 * MB

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
  readonly maxPendingInbound?: number
  readonly maxInboundPerSecond?: number
}

/** A libp2p node that does nothing by itself: it is not started, and everything automatic is off. */
export function createHost(modules: Libp2pModules, o: HostInit): Promise<Libp2p> {
  return modules.createLibp2p({
    start: false,
    privateKey: libp2pPrivateKey(o.identity, modules),
    addresses: { listen: [...o.listen] },
    transports: [
      // our own ping decides about dead connections; the system's timer would cut quiet ones after 2 minutes
      modules.tcp({
        inboundSocketInactivityTimeout: NEVER_MS,
        outboundSocketInactivityTimeout: NEVER_MS,
      }),
    ],
    connectionEncrypters: [modules.noise()],
    streamMuxers: [
      modules.yamux({
        maxInboundStreams: 64,
        maxOutboundStreams: 64,
        streamOptions: {
          maxStreamWindowSize: STREAM_WINDOW,
          // never reached by a peer that respects the window
          maxReadBufferLength: 2 * STREAM_WINDOW,
        },
      }),
    ],
    connectionMonitor: { enabled: false },
    connectionManager: {
      // who may stay is decided after the hello, by validator and configuration, with a reason told
      maxConnections: 1_000_000,
      maxIncomingPendingConnections: o.maxPendingInbound ?? 64,
      inboundConnectionThreshold: o.maxInboundPerSecond ?? 100,
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
