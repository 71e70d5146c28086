import { describe, expect, it } from 'vitest'
import { nextToCommit } from '../../src/recovery.js'

interface Row {
  readonly name: string
  readonly lastCommitted: bigint | null | undefined
  readonly first: bigint
  readonly next: bigint
  readonly firstBlock: bigint
  readonly expected: bigint | 'EXECUTION_AHEAD' | 'EXECUTION_BEHIND'
}

const rows: readonly Row[] = [
  { name: 'both new', lastCommitted: null, first: 0n, next: 0n, firstBlock: 0n, expected: 0n },
  {
    name: 'no lastCommitted method › the store is replayed',
    lastCommitted: undefined,
    first: 0n,
    next: 9n,
    firstBlock: 0n,
    expected: 0n,
  },
  {
    name: 'nothing committed › all is replayed',
    lastCommitted: null,
    first: 0n,
    next: 9n,
    firstBlock: 0n,
    expected: 0n,
  },
  {
    name: 'crash between append and commit › the last block is committed',
    lastCommitted: 7n,
    first: 0n,
    next: 9n,
    firstBlock: 0n,
    expected: 8n,
  },
  { name: 'all committed', lastCommitted: 8n, first: 0n, next: 9n, firstBlock: 0n, expected: 9n },
  {
    name: 'one ahead of the store',
    lastCommitted: 9n,
    first: 0n,
    next: 9n,
    firstBlock: 0n,
    expected: 'EXECUTION_AHEAD',
  },
  {
    name: 'an empty store under a committed chain',
    lastCommitted: 0n,
    first: 0n,
    next: 0n,
    firstBlock: 0n,
    expected: 'EXECUTION_AHEAD',
  },
  {
    name: 'a chain that starts later, execution layer at the block before',
    lastCommitted: 99n,
    first: 100n,
    next: 100n,
    firstBlock: 100n,
    expected: 100n,
  },
  {
    name: 'a chain that starts later, empty execution layer',
    lastCommitted: null,
    first: 100n,
    next: 103n,
    firstBlock: 100n,
    expected: 100n,
  },
  {
    name: 'pre-genesis blocks in the store are not committed',
    lastCommitted: null,
    first: 0n,
    next: 40n,
    firstBlock: 100n,
    expected: 100n,
  },
  {
    name: 'pruned up to what is committed',
    lastCommitted: 49n,
    first: 50n,
    next: 60n,
    firstBlock: 0n,
    expected: 50n,
  },
  {
    name: 'pruned beyond what is committed',
    lastCommitted: 48n,
    first: 50n,
    next: 60n,
    firstBlock: 0n,
    expected: 'EXECUTION_BEHIND',
  },
  {
    name: 'pruned, and nothing said',
    lastCommitted: undefined,
    first: 50n,
    next: 60n,
    firstBlock: 0n,
    expected: 'EXECUTION_BEHIND',
  },
]

describe('recovery', () => {
  for (const row of rows) {
    it(`${row.name} › ${String(row.expected)}`, () => {
      const range = { first: row.first, next: row.next }
      const result = nextToCommit({
        lastCommitted: row.lastCommitted,
        range,
        firstBlock: row.firstBlock,
      })
      expect(result.ok ? result.value : result.error.code).toBe(row.expected)
    })
  }

  it('an execution layer ahead › the message names both heights and the remedy', () => {
    const result = nextToCommit({
      lastCommitted: 12n,
      range: { first: 0n, next: 9n },
      firstBlock: 0n,
    })
    expect(result.ok).toBe(false)
    if (result.ok) return
    expect(result.error.message).toContain('block 12')
    expect(result.error.message).toContain('ends at block 8')
    expect(result.error.message).toContain('back to block 8')
  })
})
