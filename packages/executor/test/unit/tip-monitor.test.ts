import { testCommittee } from '@zkstack/roles/testing'
import type { BlockRange } from '@zkstack/storage'
import { describe, expect, it } from 'vitest'
import { TipMonitor } from '../../src/tip-monitor.js'

const committee = testCommittee(6)

const tip = (view: bigint, number: bigint, payload: number): BlockRange => {
  const qc = committee.commitQc(committee.commit(view, number, Uint8Array.of(payload)))
  return { first: 0n, next: number + 1n, last: { type: 'final', qc } }
}

describe('the tip monitor of a full node', () => {
  function codesOf(ranges: readonly BlockRange[]): readonly string[] {
    const codes: string[] = []
    const monitor = new TipMonitor(({ code }) => codes.push(code))
    for (const range of ranges) monitor.check(range)
    return codes
  }

  it('a chain › nothing is broken', () => {
    const empty: BlockRange = { first: 0n, next: 0n, last: undefined }
    const chain = [empty, tip(1n, 0n, 1), tip(2n, 1n, 2), tip(2n, 1n, 2), tip(9n, 5n, 3)]
    expect(codesOf(chain)).toEqual([])
  })

  it('negative control › a fork, or a later view with a lower block › AGREEMENT, CHAIN', () => {
    expect(codesOf([tip(1n, 0n, 1), tip(4n, 0n, 2)])).toEqual(['AGREEMENT'])
    expect(codesOf([tip(5n, 3n, 1), tip(7n, 2n, 2)])).toEqual(['CHAIN'])
  })
})
