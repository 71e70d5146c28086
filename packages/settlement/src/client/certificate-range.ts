/** No less than what a certificate takes in JSON for each exit and each imported exit: one that a server refuses is never settled. */
const bytesPerExit = 400
const bytesPerImportedExit = 8192

/** Certificates above this are not made, unless one block alone needs more: 8 MiB. */
export const defaultMaxCertificateBytes = 8 * 2 ** 20

/** What could go into a certificate, in the order of blocks. */
export interface RangeOptions {
  /** The blocks of the exits, ascending. */
  readonly exits: readonly bigint[]
  /** The blocks of the claims, ascending, and whether L1 proves them already. */
  readonly claims: readonly { readonly block: bigint; readonly isProvable: boolean }[]
  /** The last block that is collected. */
  readonly lastBlock: bigint
  readonly maxBytes: number
}

/** How much of it goes into the next one. */
export interface PlannedRange {
  readonly exits: number
  readonly claims: number
  readonly toBlock: bigint
}

/**
 * About how many bytes a certificate takes.
 * @see aggkit aggsender/types/certificate_build_params.go (`EstimatedSize`, which reckons with 92 and 2867, less than half of it)
 */
export function estimateCertificateBytes(exits: number, claims: number): number {
  return exits * bytesPerExit + claims * bytesPerImportedExit
}

/**
 * Whole blocks, as many as fit, up to the first one with a claim that L1 does not prove yet; `undefined`: there is nothing to
 * certify. The first block goes in whatever its size.
 */
export function planRange({
  exits,
  claims,
  lastBlock,
  maxBytes,
}: RangeOptions): PlannedRange | undefined {
  const unproven = claims.find(({ isProvable }) => !isProvable)?.block
  const claimBlocks = claims.map(({ block }) => block)
  const blocks = [...new Set([...exits, ...claimBlocks])].sort((a, b) => (a < b ? -1 : 1))
  let planned: PlannedRange | undefined
  let counted = { exits: 0, claims: 0 }
  for (const [i, block] of blocks.entries()) {
    if (unproven !== undefined && block >= unproven) break
    const next = blocks[i + 1]
    counted = {
      exits: countUpTo(exits, block, counted.exits),
      claims: countUpTo(claimBlocks, block, counted.claims),
    }
    const range = {
      ...counted,
      toBlock: next === undefined ? lastBlock : next - 1n,
    }
    const isTooLarge = estimateCertificateBytes(range.exits, range.claims) > maxBytes
    if (planned !== undefined && isTooLarge) break
    planned = range
  }
  return planned
}

/** How many are not above the last one; so many are known not to be. */
function countUpTo(blocks: readonly bigint[], last: bigint, known: number): number {
  let count = known
  while (count < blocks.length && (blocks[count] ?? 0n) <= last) count += 1
  return count
}
