import type { ConnectionEncrypter, MessageStream, SecuredConnection } from '@libp2p/interface'
import { Uint8ArrayList } from 'uint8arraylist'

/** What noise reads a connection with. */
interface NoiseReader {
  /** Reads the lengths of messages. */
  readonly decoder: {
    lengthDecoder: (bytes: { readonly byteLength: number; getUint16(at: number): number }) => number
  }
  readonly handshake: { decrypt(message: Uint8ArrayList): Uint8Array | Uint8ArrayList }
  decrypt(message: Uint8ArrayList): Uint8ArrayList
}

/** More than can be there when not even the length of a message is. */
const unknownLength = 0xffff

/** Longer messages are decrypted by Node, which makes memory of its own for what comes out. */
const longMessageBytes = 1_200

/**
 * An encrypter whose messages reach the socket in one piece. The length, the pieces of the ciphertext and its tag would else be a
 * system call and a packet each, which the other side would receive one by one.
 *
 * What comes is read without exceptions, and long messages without a copy: noise's own reader throws, and catches, one for each piece
 * that ends with a message, and joins the pieces of each message to have memory for the plaintext, which only short ones use.
 */
export function joinedWrites(inner: ConnectionEncrypter): ConnectionEncrypter {
  return {
    protocol: inner.protocol,
    secureInbound: async (line, o) => reading(await inner.secureInbound(joining(line), o)),
    secureOutbound: async (line, o) => reading(await inner.secureOutbound(joining(line), o)),
  }
}

function joining(line: MessageStream): MessageStream {
  const send = line.send.bind(line)
  line.send = (data) => send(data.subarray())
  return line
}

function reading<T extends Pick<SecuredConnection, 'connection'>>(secured: T): T {
  const reader = secured.connection as Partial<NoiseReader>
  const { decoder, handshake } = reader
  const decrypt = reader.decrypt?.bind(reader)
  if (!decoder || !handshake || !decrypt) return secured
  decoder.lengthDecoder = (bytes) => (bytes.byteLength < 2 ? unknownLength : bytes.getUint16(0))
  reader.decrypt = (message) =>
    message.byteLength < longMessageBytes
      ? decrypt(message)
      : new Uint8ArrayList(handshake.decrypt(message))
  return secured
}
