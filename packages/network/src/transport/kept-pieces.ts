import type { Stream } from '@libp2p/interface'
import { Uint8ArrayList } from 'uint8arraylist'
import { PieceJoiner } from './piece-joiner.js'

/** Where libp2p keeps what comes to a stream that is paused. */
interface Keeping {
  readonly readBuffer: Uint8ArrayList
  onData: (data: Uint8Array | Uint8ArrayList) => void
}

/**
 * Has a stream keep, while it is paused, little more than the bytes that its window allows: by itself, libp2p keeps each piece as it came,
 * with all memory that it is a part of, which may be a thousand times as much.
 */
export function joinKeptPieces(stream: Stream): void {
  const keeping = stream as unknown as Keeping
  const onData = keeping.onData.bind(stream)
  const joiner = new PieceJoiner(keeping.readBuffer)
  keeping.onData = (data) => {
    onData(stream.readStatus === 'paused' ? ownMemoryOf(data) : data)
    joiner.changed()
  }
}

/** The same bytes, copied where they are the smaller part of what holds them. */
function ownMemoryOf(data: Uint8Array | Uint8ArrayList): Uint8Array | Uint8ArrayList {
  const chunks = data instanceof Uint8Array ? [data] : [...data]
  return new Uint8ArrayList(...chunks.map(ownMemory))
}

function ownMemory(chunk: Uint8Array): Uint8Array {
  return 2 * chunk.length < chunk.buffer.byteLength ? Uint8Array.from(chunk) : chunk
}
