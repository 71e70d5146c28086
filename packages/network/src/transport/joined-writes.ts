import type { ConnectionEncrypter, MessageStream } from '@libp2p/interface'

/**
 * An encrypter whose messages reach the socket in one piece. The length, the pieces of the ciphertext and its tag would else be a
 * system call and a packet each, which the other side would receive one by one.
 */
export function joinedWrites(inner: ConnectionEncrypter): ConnectionEncrypter {
  return {
    protocol: inner.protocol,
    secureInbound: (line, o) => inner.secureInbound(joining(line), o),
    secureOutbound: (line, o) => inner.secureOutbound(joining(line), o),
  }
}

function joining(line: MessageStream): MessageStream {
  const send = line.send.bind(line)
  line.send = (data) => send(data.subarray())
  return line
}
