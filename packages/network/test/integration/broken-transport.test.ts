import { errorOf } from '@zkstack/concurrency'
import { describe, expect, test } from 'vitest'
import { libp2pTransport } from '../../src/transport/libp2p-transport.js'
import type {
  FrameStream,
  NetworkTransport,
  TransportConnection,
} from '../../src/transport/network-transport.js'
import { transportCompliance } from '../../testing/transport-compliance.js'

type Take = Parameters<NonNullable<FrameStream['consume']>>[0]

/** A transport whose streams behave as `change` says. */
function changed(change: (stream: FrameStream) => Partial<FrameStream>): NetworkTransport {
  const inner = libp2pTransport()
  const streamOf = (stream: FrameStream): FrameStream => ({
    send: (frame, o) => stream.send(frame, o),
    trySend: (frame) => stream.trySend?.(frame) ?? false,
    receive: (o) => stream.receive(o),
    consume: (take) => stream.consume?.(take) ?? Promise.resolve(),
    close: () => stream.close(),
    abort: (reason) => {
      stream.abort(reason)
    },
    ...change(stream),
  })
  const connectionOf = (connection: TransportConnection): TransportConnection => ({
    remote: connection.remote,
    remotePeerId: connection.remotePeerId,
    localPeerId: connection.localPeerId,
    direction: connection.direction,
    remoteAddress: connection.remoteAddress,
    closed: connection.closed,
    openStream: async (protocol, o) => streamOf(await connection.openStream(protocol, o)),
    onStream: (protocol, maxFrameBytes, handler) => {
      connection.onStream(protocol, maxFrameBytes, (stream) => handler(streamOf(stream)))
    },
    close: () => connection.close(),
    abort: (reason) => {
      connection.abort(reason)
    },
  })
  return {
    start: (o) =>
      inner.start({
        ...o,
        onConnection: (connection) => {
          o.onConnection(connectionOf(connection))
        },
      }),
    dial: async (address, expected, o) => connectionOf(await inner.dial(address, expected, o)),
    stop: () => inner.stop(),
  }
}

/** Streams with one fault each, and the requirement that finds it. */
const faults: readonly [
  fault: string,
  requirement: string,
  change: (stream: FrameStream) => Partial<FrameStream>,
][] = [
  [
    'trySend says yes and drops the frame now and then',
    'trySend › there is room',
    (stream) => {
      let calls = 0
      return {
        trySend: (frame) => (++calls === 7 ? true : (stream.trySend?.(frame) ?? false)),
      }
    },
  ],
  [
    'trySend says yes though nobody reads, and keeps the frame',
    'trySend › its receiver does not read',
    (stream) => {
      let sending = Promise.resolve()
      return {
        trySend: (frame) => {
          sending = sending.then(() => stream.send(frame)).catch(() => undefined)
          return true
        },
      }
    },
  ],
  [
    'trySend says no and sends all the same',
    'trySend › its receiver does not read',
    (stream) => ({
      trySend: (frame) => {
        if (stream.trySend?.(frame) === true) return true
        stream.send(frame).catch(() => undefined)
        return false
      },
    }),
  ],
  [
    'trySend says yes after the end',
    'trySend › our side has ended',
    (stream) => {
      let isClosed = false
      return {
        trySend: (frame) => isClosed || (stream.trySend?.(frame) ?? false),
        close: () => {
          isClosed = true
          return stream.close()
        },
      }
    },
  ],
  [
    'consume forgets what came before it',
    'consume › frames came before it',
    (stream) => ({
      consume: async (take) => {
        await stream.receive()
        await stream.consume?.(take)
      },
    }),
  ],
  [
    'consume waits for nothing that is handled',
    'consume › a frame is being handled',
    (stream) => ({
      consume: async (take) => {
        const handled: Promise<void>[] = []
        await stream.consume?.((frame) => {
          const handling = take(frame)
          if (handling) handled.push(handling)
          return undefined
        })
        await Promise.all(handled)
      },
    }),
  ],
  [
    'consume goes on after a failure',
    'consume › what handles frames throws',
    (stream) => ({ consume: (take) => stream.consume?.(goingOn(take)) ?? Promise.resolve() }),
  ],
  [
    'consume takes a rejection for done',
    'consume › what handles frames rejects',
    (stream) => ({
      consume: (take) =>
        stream.consume?.((frame) => take(frame)?.catch(() => undefined)) ?? Promise.resolve(),
    }),
  ],
  [
    'consume takes a reset for the end',
    'consume › the sender aborts',
    (stream) => ({ consume: (take) => (stream.consume?.(take) ?? never).catch(() => undefined) }),
  ],
]

const never = Promise.reject(new TypeError('no consume'))
never.catch(() => undefined)

/** Handles every frame, and fails at the first chance afterwards. */
function goingOn(take: Take): Take {
  let error: Error | undefined
  return (frame) => {
    try {
      return take(frame)
    } catch (e) {
      error ??= errorOf(e)
      return Promise.resolve()
    }
  }
}

describe('a transport whose streams are broken', () => {
  test.each(faults)('%s › is found by: %s', async (_, requirement, change) => {
    const cases = transportCompliance(() => changed(change))
    const found = cases.filter(({ name }) => name.startsWith(`transport › ${requirement}`))
    expect(found).toHaveLength(1)
    await expect(found[0]?.run()).rejects.toMatchObject({ name: 'ComplianceError' })
  })
})
