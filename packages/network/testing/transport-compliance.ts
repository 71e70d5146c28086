import { systemRandom } from '@zkstack/concurrency'
import { bytesEqual, toHex } from '@zkstack/crypto'
import { generateNodeKey } from '@zkstack/roles'
import { peerIdMultihash } from '../src/peer-id.js'
import type { FrameStream, NetworkTransport } from '../src/transport/network-transport.js'
import {
  check,
  checkRejects,
  checkSame,
  eventually,
  pause,
  type ComplianceCase,
} from './compliance/case.js'
import { consumeCases, trySendCases } from './compliance/frame-stream-cases.js'
import { bytes, Link, MiB, ONE, PROTOCOLS, TWO } from './compliance/link.js'

/** Everything that a transport must do, as a list that any test framework can run. */
export function transportCompliance(makeTransport: () => NetworkTransport): ComplianceCase[] {
  const requirement = (name: string, run: (link: Link) => Promise<void>): ComplianceCase => ({
    name: `transport › ${name}`,
    run: async () => {
      await using link = await Link.make(makeTransport)
      await run(link)
    },
  })
  return [
    requirement('a dial › the key is right › both ends know each other', knowsBothEnds),
    requirement('a dial › another key is expected › is refused', refusesWrongKey),
    requirement('a dial › nobody listens › is refused', refusesDeadAddress),
    requirement('an address › it is taken › is named as in use', namesTakenPort),
    requirement('frames › of all sizes › arrive whole and in order', deliversFrames),
    requirement('a frame › it has 8 MiB › arrives', deliversLargeFrame),
    requirement('a frame › it is above the limit › breaks its stream only', refusesLargeFrame),
    requirement('a stream › it comes before its handler › waits for it', servesEarlyStreams),
    requirement(
      'a stream › it comes before its handler, and has ended › is served to its end',
      servesEndedStreams,
    ),
    requirement(
      'a frame › it is above a limit that is set after it came › breaks its stream',
      refusesEarlyLargeFrame,
    ),
    requirement(
      'a stream › of a protocol not named at the start › is refused',
      refusesUnknownProtocol,
    ),
    requirement(
      'a stream › its receiver does not read › holds the sender back, and no other stream',
      holdsBack,
    ),
    requirement(
      'a stream › its receiver is slower than its sender › every frame arrives',
      servesSlowReceiver,
    ),
    requirement('a stream › its handler fails › is reset', resetsFailedStream),
    requirement('a stream › its sender closes it › ends after its last frame', endsStream),
    requirement('a connection › it is closed › delivers first what was sent', closesInOrder),
    requirement('a connection › it is aborted › both ends see it closed', abortsBothEnds),
    requirement(
      'a transport › it is stopped › cuts its connections and frees its address',
      stopsClean,
    ),
    ...[...trySendCases, ...consumeCases].map(([name, run]) => requirement(name, run)),
  ]
}

function knowsBothEnds({ inbound, outbound, serverKey, clientKey, address }: Link): Promise<void> {
  checkSame(outbound.remote, serverKey.publicKey, 'key of the server')
  checkSame(inbound.remote, clientKey.publicKey, 'key of the client')
  checkSame(outbound.remotePeerId, peerIdMultihash(serverKey.publicKey), 'PeerId of the server')
  checkSame(inbound.localPeerId, outbound.remotePeerId, 'PeerId as the server sees itself')
  checkSame(outbound.localPeerId, inbound.remotePeerId, 'PeerId as the client sees itself')
  checkSame([outbound.direction, inbound.direction], ['outbound', 'inbound'], 'directions')
  checkSame(outbound.remoteAddress, address, 'address of the server')
  return Promise.resolve()
}

async function refusesWrongKey(link: Link): Promise<void> {
  const other = generateNodeKey(systemRandom).publicKey
  await checkRejects(link.dial(other), 'NETWORK_WRONG_PEER', 'dial')
}

async function refusesDeadAddress(link: Link): Promise<void> {
  await checkRejects(
    link.dial(link.serverKey.publicKey, '127.0.0.1:1'),
    'NETWORK_DIAL_FAILED',
    'dial',
  )
}

async function namesTakenPort(link: Link): Promise<void> {
  const second = link.makeTransport()
  const identity = generateNodeKey(systemRandom)
  const start = second.start({
    identity,
    listen: [link.address],
    protocols: PROTOCOLS,
    onConnection: () => undefined,
  })
  await checkRejects(start, 'NETWORK_PORT_IN_USE', 'second listener')
}

async function deliversFrames(link: Link): Promise<void> {
  const [ours, theirs] = await link.stream()
  const sizes = [0, 1, 3, 4, 5, 1_000, 65_519, 65_536, 300_000, 2, MiB, 0, 7]
  const sending = (async () => {
    for (const [i, size] of sizes.entries()) await ours.send(bytes(size, i))
  })()
  for (const [i, size] of sizes.entries()) {
    const frame = await theirs.receive()
    check(
      frame !== undefined && bytesEqual(frame, bytes(size, i)),
      `frame ${i} of ${size} bytes differs`,
    )
  }
  await sending
  await theirs.send(bytes(5))
  checkSame(await ours.receive(), bytes(5), 'the other way')
}

async function deliversLargeFrame(link: Link): Promise<void> {
  const [ours, theirs] = await link.stream()
  const large = bytes(8 * MiB)
  const [frame] = await Promise.all([theirs.receive(), ours.send(large)])
  check(frame !== undefined && bytesEqual(frame, large), '8 MiB differ')
}

async function refusesLargeFrame(link: Link): Promise<void> {
  const [other, theirOther] = await link.stream({ protocol: TWO })
  const [ours, theirs] = await link.stream({ maxFrameBytes: 100 })
  await ours.send(bytes(100))
  check((await theirs.receive())?.length === 100, 'a frame at the limit')
  await ours.send(bytes(101)).catch(() => undefined)
  await checkRejects(theirs.receive(), 'NETWORK_FRAME_TOO_LARGE', 'receive')
  await checkRejects(ours.receive(), 'NETWORK_STREAM_RESET', 'the sender')
  await other.send(bytes(3))
  check((await theirOther.receive())?.length === 3, 'another stream')
}

async function servesEarlyStreams(link: Link): Promise<void> {
  const ours = await link.open()
  await ours.send(bytes(10))
  await pause(20)
  const frames: (Uint8Array | undefined)[] = []
  link.inbound.onStream(ONE, MiB, async (stream) => {
    frames.push(await stream.receive())
  })
  await eventually('early frame', () => frames.length === 1)
  checkSame(frames[0], bytes(10), 'early frame')
}

async function servesEndedStreams(link: Link): Promise<void> {
  const ours = await link.open()
  await ours.send(bytes(10))
  await ours.close()
  await pause(20)
  const frames: (Uint8Array | undefined)[] = []
  link.inbound.onStream(ONE, MiB, async (stream) => {
    for (let i = 0; i < 2; i++) frames.push(await stream.receive())
  })
  await eventually('end', () => frames.length === 2)
  checkSame(frames[0], bytes(10), 'early frame')
  check(frames[1] === undefined, 'end')
}

async function refusesEarlyLargeFrame(link: Link): Promise<void> {
  const ours = await link.open()
  await ours.send(bytes(101))
  await pause(20)
  let received: Promise<Uint8Array | undefined> | undefined
  link.inbound.onStream(ONE, 100, (stream) => {
    received = stream.receive()
    received.catch(() => undefined)
    return Promise.resolve()
  })
  await eventually('inbound stream', () => received !== undefined)
  check(received !== undefined, 'inbound stream')
  await checkRejects(received, 'NETWORK_FRAME_TOO_LARGE', 'receive')
}

async function refusesUnknownProtocol(link: Link): Promise<void> {
  const refused = (async () => {
    const stream = await link.open('/test/unknown/1')
    await stream.receive()
  })()
  await checkRejects(refused, 'NETWORK_STREAM_RESET', 'unknown protocol')
}

async function holdsBack(link: Link): Promise<void> {
  const [ours, theirs] = await link.stream()
  const [other, theirOther] = await link.stream({ protocol: TWO })
  let sent = 0
  const frames = 64
  const sending = (async () => {
    for (; sent < frames; sent++) await ours.send(bytes(MiB))
  })()
  await eventually('some are sent', () => sent > 0)
  await pause(200)
  check(sent < frames, `${sent} MiB were taken though nobody reads`)
  await other.send(bytes(9))
  check((await theirOther.receive())?.length === 9, 'another stream is held back too')
  for (let i = 0; i < frames; i++) check((await theirs.receive())?.length === MiB, `frame ${i}`)
  await sending
}

async function servesSlowReceiver(link: Link): Promise<void> {
  const [ours, theirs] = await link.stream()
  const frames = 64
  const sending = (async () => {
    for (let i = 0; i < frames; i++) await ours.send(bytes(MiB / 2))
  })()
  for (let i = 0; i < frames; i++) {
    check((await theirs.receive())?.length === MiB / 2, `frame ${i}`)
    await pause(5)
  }
  await sending
}

async function resetsFailedStream(link: Link): Promise<void> {
  link.inbound.onStream(ONE, MiB, () => Promise.reject(new Error('handler fails')))
  const ours = await link.open()
  await ours.send(bytes(1)).catch(() => undefined)
  await checkRejects(ours.receive(), 'NETWORK_STREAM_RESET', 'the opener')
}

async function endsStream(link: Link): Promise<void> {
  const [ours, theirs] = await link.stream()
  await ours.send(bytes(300_000))
  await ours.close()
  check((await theirs.receive())?.length === 300_000, 'last frame')
  check((await theirs.receive()) === undefined, 'end')
  await theirs.send(bytes(4))
  check((await ours.receive())?.length === 4, 'the other direction stays open')
}

async function closesInOrder(link: Link): Promise<void> {
  const [ours, theirs] = await link.stream()
  await ours.send(bytes(1000))
  await ours.send(bytes(2000))
  await link.outbound.close()
  await link.inbound.closed
  check((await theirs.receive())?.length === 1000, 'first frame')
  check((await theirs.receive())?.length === 2000, 'second frame')
  await link.outbound.closed
}

async function abortsBothEnds(link: Link): Promise<void> {
  const [ours, theirs] = await link.stream()
  link.outbound.abort(new Error('cut'))
  await link.outbound.closed
  await link.inbound.closed
  const ended = async (stream: FrameStream): Promise<boolean> => {
    try {
      return (await stream.receive()) === undefined
    } catch {
      return true
    }
  }
  check(await ended(ours), 'our end')
  check(await ended(theirs), 'their end')
  await checkRejects(link.open(), 'NETWORK_CLOSED', 'a new stream')
}

async function stopsClean(link: Link): Promise<void> {
  await link.server.stop()
  await link.outbound.closed
  await checkRejects(link.dial(), 'NETWORK_DIAL_FAILED', 'dial after stop')
  const successor = link.makeTransport()
  link.extra.push(successor)
  const { addresses } = await successor.start({
    identity: link.serverKey,
    listen: [link.address],
    protocols: PROTOCOLS,
    onConnection: () => undefined,
  })
  checkSame(addresses, [link.address], 'address of the successor')
  const connection = await link.dial()
  checkSame(toHex(connection.remote), toHex(link.serverKey.publicKey), 'key of the successor')
}
