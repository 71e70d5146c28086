import {
  StreamMessageEvent,
  type ConnectionEncrypter,
  type MessageStream,
  type MessageStreamReadStatus,
  type SecuredConnection,
} from '@libp2p/interface'
import { Uint8ArrayList } from 'uint8arraylist'

/** What libp2p's streams are, and do when they are resumed, after they have handed over what waited. */
interface Resumable {
  readonly readStatus: MessageStreamReadStatus
  sendResume: () => void
}

/** What noise cuts what comes into messages with; the bytes of those that nobody has asked for wait in it. */
interface Decrypting {
  readonly decoder: { decode: (bytes: Uint8Array | Uint8ArrayList) => Iterable<Uint8ArrayList> }
}

/**
 * An encrypter whose lines rest while they are paused. By itself, noise goes on decrypting what the socket has brought; and libp2p, once it
 * has handed over what waited, goes on reading even if whoever got it has paused again: everything that comes is then decrypted
 * and kept, piece by piece, until the next resumption hands it over at once.
 */
export function pausableEncrypter(inner: ConnectionEncrypter): ConnectionEncrypter {
  return {
    protocol: inner.protocol,
    secureInbound: async (line, o) =>
      pausable(await inner.secureInbound(keepingPauses(line), o), line),
    secureOutbound: async (line, o) =>
      pausable(await inner.secureOutbound(keepingPauses(line), o), line),
  }
}

/** A line that stays paused when it is paused while it is resumed. */
function keepingPauses<T extends MessageStream>(line: T): T {
  const resumable = line as T & Resumable
  const sendResume = resumable.sendResume.bind(line)
  resumable.sendResume = () => {
    if (resumable.readStatus !== 'paused') sendResume()
  }
  return line
}

function pausable<T extends Pick<SecuredConnection, 'connection'>>(
  secured: T,
  below: MessageStream,
): T {
  const line = secured.connection as MessageStream & Resumable & Decrypting
  const { decoder } = line
  const decode = decoder.decode.bind(decoder)
  decoder.decode = function* (bytes) {
    for (const message of decode(bytes)) {
      yield message
      if (line.readStatus === 'paused') return
    }
  }
  const sendResume = line.sendResume.bind(line)
  line.sendResume = () => {
    // what has not been decrypted comes before what the line below brings
    if (line.readStatus !== 'paused')
      below.dispatchEvent(new StreamMessageEvent(new Uint8ArrayList()))
    if (line.readStatus !== 'paused') sendResume()
  }
  return secured
}
