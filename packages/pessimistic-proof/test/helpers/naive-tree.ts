import { keccak_256 } from '@noble/hashes/sha3.js'
import { concatBytes, hash32, type Hash32 } from '@zkstack/crypto'

/** A leaf by its way from the root: `0` left, `1` right. */
export type NaiveLeaves = ReadonlyMap<string, Hash32>

/** keccak256 of both, by noble. */
export function naivePair(left: Uint8Array, right: Uint8Array): Hash32 {
  return hash32(keccak_256(concatBytes(left, right)))
}

const empty = [hash32(new Uint8Array(32))]

/** Root of an empty tree, each height from the one below. */
export function naiveEmpty(height: number): Hash32 {
  for (let i = empty.length; i <= height; i++) {
    const below = empty[i - 1] as Hash32
    empty.push(naivePair(below, below))
  }
  return empty[height] as Hash32
}

/** Root of the tree of this height with these leaves, by the definition. */
export function naiveRoot(leaves: NaiveLeaves, height: number): Hash32 {
  if (leaves.size === 0) return naiveEmpty(height)
  if (height === 0) return leaves.values().next().value as Hash32
  return naivePair(
    naiveRoot(below(leaves, '0'), height - 1),
    naiveRoot(below(leaves, '1'), height - 1),
  )
}

/** Siblings beside a way, from the root down. */
export function naiveSiblings(leaves: NaiveLeaves, way: string): Hash32[] {
  const siblings: Hash32[] = []
  let rest = leaves
  for (const [depth, bit] of [...way].entries()) {
    siblings.push(naiveRoot(below(rest, bit === '0' ? '1' : '0'), way.length - 1 - depth))
    rest = below(rest, bit)
  }
  return siblings
}

function below(leaves: NaiveLeaves, bit: string): NaiveLeaves {
  return new Map(
    [...leaves].flatMap(([way, leaf]) => (way[0] === bit ? [[way.slice(1), leaf] as const] : [])),
  )
}

/** Way to a leaf of a tree of this depth whose lowest index bit decides at the leaf. */
export function wayOfIndex(index: number, depth = 32): string {
  return index.toString(2).padStart(depth, '0')
}

/** Way of a sparse key: of each byte the lowest bit first. */
export function wayOfKey(key: Uint8Array): string {
  return Array.from(key, (byte) => [...byte.toString(2).padStart(8, '0')].reverse().join('')).join(
    '',
  )
}
