import type { IHasher } from 'hash-wasm'
import type { Hash32 } from './hash32.js'
import type { Keccak256, KeccakStream } from './keccak256.js'

/** keccak256 by hash-wasm: one shared instance, into which a stream's state is loaded for each of its calls. */
export async function loadHashWasm(): Promise<Keccak256> {
  const { createKeccak } = await import('hash-wasm')
  const hasher: IHasher = await createKeccak(256)
  const pair = new Uint8Array(64)
  return {
    backend: 'hash-wasm',
    digest(parts) {
      hasher.init()
      const [left, right] = parts
      if (parts.length === 2 && left?.length === 32 && right?.length === 32) {
        // A node of a tree: one call into the module costs less than two.
        pair.set(left)
        pair.set(right, 32)
        hasher.update(pair)
      } else {
        for (const part of parts) hasher.update(part)
      }
      return hasher.digest('binary')
    },
    stream: () => streamOf(hasher),
  }
}

function streamOf(hasher: IHasher): KeccakStream {
  hasher.init()
  let state = hasher.save()
  return {
    update(bytes) {
      hasher.load(state)
      hasher.update(bytes)
      state = hasher.save()
    },
    digest() {
      hasher.load(state)
      return hasher.digest('binary') as Hash32
    },
  }
}
