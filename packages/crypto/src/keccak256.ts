import { keccak_256 } from '@noble/hashes/sha3.js'
import type { Hash32 } from './hash32.js'

/** Names of the implementations of keccak256. */
export type HashBackend = 'noble' | 'hash-wasm'

/** keccak256 of bytes that come piece by piece; any number of them may be under way at once. */
export interface KeccakStream {
  /** Takes the next bytes; they may change afterwards. */
  update(bytes: Uint8Array): void
  /** keccak256 of everything so far: 32 bytes. More may follow. */
  digest(): Hash32
}

/** An implementation of keccak256 over the concatenation of `parts`; synchronous, so that no two digests interleave. */
export interface Keccak256 {
  readonly backend: HashBackend
  digest(parts: readonly Uint8Array[]): Uint8Array
  stream(): KeccakStream
}

/** The pure implementation, which is always there. */
export const nobleKeccak256: Keccak256 = {
  backend: 'noble',
  digest(parts) {
    const only = parts[0]
    if (parts.length === 1 && only !== undefined) return keccak_256(only)
    const hasher = keccak_256.create()
    for (const part of parts) hasher.update(part)
    return hasher.digest()
  },
  stream() {
    const hasher = keccak_256.create()
    return {
      update: (bytes) => void hasher.update(bytes),
      digest: () => (hasher.clone() as typeof hasher).digest() as Hash32,
    }
  },
}

let current = nobleKeccak256

/** Makes `implementation` the one that {@link keccak256} uses. */
export function useKeccak256(implementation: Keccak256): void {
  current = implementation
}

/**
 * Original Keccak-256 (not SHA3-256) of the concatenation of `parts`, without joining them first: 32 bytes.
 * @see https://keccak.team/keccak_specs_summary.html
 */
export function keccak256(...parts: Uint8Array[]): Hash32 {
  return current.digest(parts) as Hash32
}

/** {@link keccak256} of bytes that are not there yet, or too many to be hashed in one go. */
export function keccakStream(): KeccakStream {
  return current.stream()
}

/** Which implementation {@link keccak256} uses now. */
export function hashBackend(): HashBackend {
  return current.backend
}
