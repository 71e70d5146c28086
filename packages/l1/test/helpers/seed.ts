import { seededRandom, type SeededRandom } from '@zkstack/concurrency'
import { afterEach } from 'vitest'

/** The seed of this run: that of the environment, or a new one. */
export const seed = process.env['SEED'] ?? String(Math.floor(Math.random() * 2 ** 32))

/** Randomness for one test. */
export function testRandom(label: string): SeededRandom {
  return seededRandom(`${seed}/${label}`)
}

/** Prints the seed when a test of this file fails. */
export function printSeedOnFailure(): void {
  afterEach((context) => {
    if (context.task.result?.state === 'fail') console.error(`SEED=${seed}`)
  })
}
