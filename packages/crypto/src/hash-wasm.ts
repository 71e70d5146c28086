import type { IHasher } from 'hash-wasm'
import type { Keccak256 } from './keccak256.js'

/** keccak256 by hash-wasm: one shared instance, whose digests are each begun and ended within one call. */
export async function loadHashWasm(): Promise<Keccak256> {
  const { createKeccak } = await import('hash-wasm')
  const hasher: IHasher = await createKeccak(256)
  return {
    backend: 'hash-wasm',
    digest(parts) {
      hasher.init()
      for (const part of parts) hasher.update(part)
      return hasher.digest('binary')
    },
  }
}
