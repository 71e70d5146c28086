import { seededRandom } from '@zkstack/concurrency'
import { createJobId, formatJobId, jobId, parseJobId } from '@zkstack/l1'
import { describe, expect, test } from 'vitest'
import { jobIdTimeMs } from '../../src/jobs/job-id.js'

describe('ids of jobs', () => {
  test('the example of the specification › read and written alike', () => {
    const id = parseJobId('01ARZ3NDEKTSV4RRFFQ69G5FAV')
    expect(id).toBeDefined()
    if (id === undefined) return
    expect(formatJobId(id)).toBe('01ARZ3NDEKTSV4RRFFQ69G5FAV')
    expect(parseJobId('01arz3ndektsv4rrffq69g5fav')).toEqual(id)
    expect(jobIdTimeMs(id)).toBe(1_469_922_850_259)
  })

  test('a fresh id › tells its time, and sorts by it', () => {
    const random = seededRandom('ids')
    const older = createJobId(1_700_000_000_123.9, random)
    const newer = createJobId(1_700_000_000_124, random)
    expect(jobIdTimeMs(older)).toBe(1_700_000_000_123)
    expect(formatJobId(older) < formatJobId(newer)).toBe(true)
  })

  test('what is no id › undefined, or RangeError for bytes', () => {
    const overflow = `8${'0'.repeat(25)}`
    for (const text of ['', '01ARZ3NDEKTSV4RRFFQ69G5FA', '01ARZ3NDEKTSV4RRFFQ69G5FAU', overflow]) {
      expect(parseJobId(text)).toBeUndefined()
    }
    expect(() => jobId(new Uint8Array(15))).toThrow(RangeError)
    expect(() => createJobId(2 ** 48, seededRandom(1))).toThrow(RangeError)
  })
})
