import { errorOf, systemRandom } from '@zkstack/concurrency'
import type { SignatureScheme } from '@zkstack/crypto'
import { libp2pTransport, type FrameStream, type TransportConnection } from '@zkstack/network'
import { decodeSigned, encodeSigned, generateNodeKey, type Signed } from '@zkstack/roles'
import type { PeerSetup } from './vote-peer-messages.js'
import type { VoteLine, VoteLineEvents } from './vote-line.js'

const votes = '/bench/votes'
const payloads = '/bench/payloads'
const frameBytes = 64 * 1024

/** Votes and payloads over two streams of libp2p, encrypted and multiplexed as ours are; nobody looks at a payload. */
export async function plainVoteLine(
  { outbound }: PeerSetup,
  scheme: SignatureScheme,
  events: VoteLineEvents,
): Promise<VoteLine> {
  const transport = libp2pTransport()
  const identity = generateNodeKey(systemRandom)
  const { signal } = new AbortController()
  const { addresses } = await transport.start({
    identity,
    listen: ['127.0.0.1:0'],
    protocols: [votes, payloads],
    onConnection: (connection) => {
      receive(connection, scheme, events)
    },
  })
  events.listens(identity.publicKey, addresses[0] ?? '')
  const open = (connection: TransportConnection, protocol: string): Promise<FrameStream> =>
    connection.openStream(protocol, { signal, maxFrameBytes: 0 })
  const lines = await Promise.all(
    outbound.map(async ({ key, addr }) => {
      const connection = await transport.dial(addr, Uint8Array.from(key), { signal })
      events.connected()
      return { votes: await open(connection, votes), payloads: await open(connection, payloads) }
    }),
  )
  return {
    broadcast: (message) => {
      for (const line of lines) send(message, line).catch(events.failed)
    },
    stop: () => transport.stop(),
  }
}

async function send(
  { msg, ...signed }: Signed,
  to: { readonly votes: FrameStream; readonly payloads: FrameStream },
): Promise<void> {
  if (msg.type !== 'leaderProposal') return to.votes.send(encodeSigned({ msg, ...signed }))
  const { payload = new Uint8Array(0), justification } = msg.value
  for (let at = 0; at < payload.length; at += frameBytes)
    await to.payloads.send(payload.subarray(at, at + frameBytes))
  const value = { payload: undefined, justification }
  await to.payloads.send(encodeSigned({ msg: { type: msg.type, value }, ...signed }))
}

function receive(
  connection: TransportConnection,
  scheme: SignatureScheme,
  events: VoteLineEvents,
): void {
  const onFrames = (protocol: string, take: (frame: Uint8Array) => void): void => {
    connection.onStream(protocol, frameBytes, async (stream) => {
      try {
        for (let frame = await stream.receive(); frame; frame = await stream.receive()) take(frame)
      } catch (e) {
        if (errorOf(e).name !== 'NetworkError') events.failed(e)
      }
    })
  }
  onFrames(votes, (frame) => {
    events.message(decodeSigned(frame, scheme))
  })
  onFrames(payloads, (frame) => {
    if (frame.length < frameBytes) events.message(decodeSigned(frame, scheme))
  })
}
