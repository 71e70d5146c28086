import { concatBytes } from '@zkstack/crypto'
import { payloadPartBytes } from '@zkstack/roles'

/** Cuts bytes, given in pieces, into parts; a part is a view of its piece where it lies in one. */
export function* cutParts(pieces: readonly Uint8Array[]): Generator<Uint8Array, void, undefined> {
  let part: Uint8Array[] = []
  let bytes = 0
  for (const piece of pieces) {
    for (let at = 0; at < piece.length;) {
      const step = piece.subarray(at, at + payloadPartBytes - bytes)
      part.push(step)
      bytes += step.length
      at += step.length
      if (bytes < payloadPartBytes) continue
      yield joined(part)
      part = []
      bytes = 0
    }
  }
  if (bytes > 0) yield joined(part)
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const [only] = pieces
  return only !== undefined && pieces.length === 1 ? only : concatBytes(...pieces)
}
