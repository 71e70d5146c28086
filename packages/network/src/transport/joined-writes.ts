import type { ConnectionEncrypter, MessageStream, SecuredConnection } from '@libp2p/interface'

/** What noise reads the lengths of its messages with. */
interface LengthReader {
  lengthDecoder: (bytes: { readonly byteLength: number; getUint16(at: number): number }) => number
}

/** More than can be there when not even the length of a message is. */
const unknownLength = 0xffff

/**
 * An encrypter whose messages reach the socket in one piece. The length, the pieces of the ciphertext and its tag would else be a
 * system call and a packet each, which the other side would receive one by one.
 *
 * What comes is read without exceptions: noise's own reader throws, and catches, one for each piece that ends with a message.
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
  const { decoder } = secured.connection as { decoder?: Partial<LengthReader> }
  if (decoder?.lengthDecoder !== undefined) {
    decoder.lengthDecoder = (bytes) => (bytes.byteLength < 2 ? unknownLength : bytes.getUint16(0))
  }
  return secured
}
