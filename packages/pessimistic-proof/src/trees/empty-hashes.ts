import { hash32, type Hash32 } from '@zkstack/crypto'
import { hashPair } from '../hashes/hash-pair.js'

/** Height of the tallest tree here, the balance tree. */
const MAX_HEIGHT = 192

const emptyHashes: readonly Hash32[] = /* @__PURE__ */ computeEmptyHashes()

/** A leaf that was never set: 32 zero bytes. */
export const ZERO_HASH: Hash32 = /* @__PURE__ */ emptyHash(0)

/** Root of a local exit tree without leaves. */
export const EMPTY_LOCAL_EXIT_ROOT: Hash32 = /* @__PURE__ */ emptyHash(32)

/** Root of a nullifier tree without leaves. */
export const EMPTY_NULLIFIER_ROOT: Hash32 = /* @__PURE__ */ emptyHash(64)

/** Root of a balance tree without leaves. */
export const EMPTY_BALANCE_ROOT: Hash32 = /* @__PURE__ */ emptyHash(192)

/**
 * Root of a tree of this height whose leaves are all zero.
 * @throws RangeError unless the height is a whole number from 0 to 192.
 * @see interop crates/agglayer-tries/src/utils.rs
 */
export function emptyHash(height: number): Hash32 {
  const hash = emptyHashes[height]
  if (hash === undefined) throw new RangeError(`height: expected 0 to ${MAX_HEIGHT}, got ${height}`)
  return hash
}

function computeEmptyHashes(): Hash32[] {
  let hash = hash32(new Uint8Array(32))
  const hashes = [hash]
  while (hashes.length <= MAX_HEIGHT) {
    hash = hashPair(hash, hash)
    hashes.push(hash)
  }
  return hashes
}
