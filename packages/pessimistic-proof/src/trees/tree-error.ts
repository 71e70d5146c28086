/**
 * Why a sparse Merkle tree refuses an operation.
 *
 * - `KeyAlreadyPresent`: insertion of a key that has a value.
 * - `KeyNotPresent`: an inclusion proof of a key that has none.
 * - `KeyPresent`: a non-inclusion proof of a key that has one.
 * - `DepthOutOfBounds`: part of upstream's list, and never produced: nodes are checked when they are read from a store.
 * @see interop crates/agglayer-tries/src/error.rs
 */
export interface SmtError {
  readonly code: 'KeyAlreadyPresent' | 'KeyNotPresent' | 'KeyPresent' | 'DepthOutOfBounds'
}

/**
 * Why a local exit tree refuses an operation.
 *
 * - `LeafIndexOverflow`: the tree holds 2^32−1 leaves already.
 * - `IndexOutOfBounds`: there is no leaf with this index.
 * - `FrontierIndexOutOfBounds`: part of upstream's list, and never produced.
 * @see interop crates/unified-bridge/src/local_exit_tree/mod.rs
 */
export interface LocalExitTreeError {
  readonly code: 'LeafIndexOverflow' | 'IndexOutOfBounds' | 'FrontierIndexOutOfBounds'
}
