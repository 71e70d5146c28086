import { toHex } from '@zkstack/crypto'
import { describe, expect, it } from 'vitest'
import {
  compareReplicaTimeouts,
  encodeReplicaTimeout,
  sameReplicaTimeout,
  type ReplicaTimeout,
} from '../../src/index.js'
import { randomBelow, randomOf, randomReplicaTimeout } from '../../testing/index.js'
import { printSeedOnFailure, testRandom } from '../helpers/seed.js'

printSeedOnFailure()

/** Messages that share most of their parts, so that every level of the order decides sometimes. */
function alike(count: number): ReplicaTimeout[] {
  const random = testRandom('alike')
  const seeds = Array.from({ length: 4 }, () => randomReplicaTimeout(random))
  return Array.from({ length: count }, () => {
    const highQc = randomOf(random, seeds).highQc
    const other = randomOf(random, seeds).highQc
    return {
      view: { ...(seeds[0] as ReplicaTimeout).view, number: BigInt(randomBelow(random, 2)) },
      highVote: randomOf(random, seeds).highVote,
      highQc:
        highQc === undefined || other === undefined
          ? undefined
          : { message: highQc.message, signers: other.signers, signature: other.signature },
    }
  })
}

describe('canonical order of timeout votes', () => {
  it('order › of any three messages › is total, antisymmetric and transitive', () => {
    const messages = alike(25)
    const sign = (a: ReplicaTimeout, b: ReplicaTimeout): number =>
      Math.sign(compareReplicaTimeouts(a, b))
    for (const a of messages) {
      for (const b of messages) {
        expect(sign(a, b) + sign(b, a)).toBe(0)
        for (const c of messages) {
          if (sign(a, b) <= 0 && sign(b, c) <= 0) expect(sign(a, c)).toBeLessThanOrEqual(0)
        }
      }
    }
  })

  it('order › says equal › exactly when the bytes are', () => {
    const messages = alike(40)
    for (const a of messages) {
      for (const b of messages) {
        const equal = toHex(encodeReplicaTimeout(a)) === toHex(encodeReplicaTimeout(b))
        expect(sameReplicaTimeout(a, b)).toBe(equal)
      }
    }
  })
})
