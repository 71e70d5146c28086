import type { ConnectionEncrypter, MessageStream, SecuredConnection } from '@libp2p/interface'
import { Uint8ArrayList } from 'uint8arraylist'

/** What noise reads a connection with. */
interface NoiseReader {
  /** Reads the lengths of messages. */
  readonly decoder: {
    lengthDecoder: (bytes: { readonly byteLength: number; getUint16(at: number): number }) => number
  }
  readonly handshake: { decrypt(message: Uint8Array): Uint8Array | Uint8ArrayList }
  decrypt(message: Uint8ArrayList): Uint8ArrayList
}

/** A line over a socket of Node. */
interface SocketLine {
  readonly socket: {
    cork(): void
    uncork(): void
    write(bytes: Uint8Array): boolean
  }
  sendData: (data: Uint8ArrayList) => {
    readonly sentBytes: number
    readonly canSendMore: boolean
  }
}

/** More than can be there when not even the length of a message is. */
const unknownLength = 0xffff

/** Longer messages are decrypted by Node, which makes memory of its own for what comes out. */
const longMessageBytes = 1_200

/** No message is longer. */
const mostMessageBytes = 0xffff

/**
 * An encrypter whose messages reach the socket at once. The length, the pieces of the ciphertext and its tag would else be a
 * system call and a packet each, which the other side would receive one by one.
 *
 * What comes is read without exceptions: noise's own reader throws, and catches, one for each piece that ends with a message. The pieces of
 * a long message are joined where those of all others are, as Node makes memory for the plaintext, in one piece if it gets one.
 */
export function joinedWrites(inner: ConnectionEncrypter): ConnectionEncrypter {
  const joined = new Uint8Array(mostMessageBytes)
  return {
    protocol: inner.protocol,
    secureInbound: async (line, o) => reading(await inner.secureInbound(joining(line), o), joined),
    secureOutbound: async (line, o) =>
      reading(await inner.secureOutbound(joining(line), o), joined),
  }
}

function joining(line: MessageStream): MessageStream {
  const { socket } = line as MessageStream & Partial<SocketLine>
  const send = line.send.bind(line)
  if (!socket) {
    line.send = (data) => send(data.subarray())
    return line
  }
  line.send = (data) => send(data.byteLength < longMessageBytes ? data.subarray() : data)
  const socketLine = line as MessageStream & SocketLine
  const sendData = socketLine.sendData.bind(line)
  socketLine.sendData = (data) => {
    if (data.byteLength < longMessageBytes) return sendData(data)
    let canSendMore = true
    socket.cork()
    for (const piece of data) canSendMore = socket.write(piece)
    socket.uncork()
    return { sentBytes: data.byteLength, canSendMore }
  }
  return line
}

function reading<T extends Pick<SecuredConnection, 'connection'>>(
  secured: T,
  joined: Uint8Array,
): T {
  const reader = secured.connection as Partial<NoiseReader>
  const { decoder, handshake } = reader
  const decrypt = reader.decrypt?.bind(reader)
  if (!decoder || !handshake || !decrypt) return secured
  decoder.lengthDecoder = (bytes) => (bytes.byteLength < 2 ? unknownLength : bytes.getUint16(0))
  reader.decrypt = (message) =>
    message.byteLength < longMessageBytes
      ? decrypt(message)
      : new Uint8ArrayList(handshake.decrypt(inOnePiece(message, joined)))
  return secured
}

/** The message in one piece, which is good until the next one is joined. */
function inOnePiece(message: Uint8ArrayList, joined: Uint8Array): Uint8Array {
  let at = 0
  for (const piece of message) {
    if (piece.length === message.byteLength) return piece
    joined.set(piece, at)
    at += piece.length
  }
  return joined.subarray(0, at)
}
