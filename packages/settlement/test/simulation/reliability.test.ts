import { seededRandom } from '@zkstack/concurrency'
import { loadCryptoBackends } from '@zkstack/crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { malformedCertificates } from '../reliability/malformed-certificates.js'
import { simulatedKills } from '../reliability/simulated-kills.js'

beforeAll(() => loadCryptoBackends())

const seed = process.env['SEED'] ?? String(Date.now())

describe('what `npm run reliability` counts, in short', () => {
  test('certificates with a changed byte or letter › none is accepted that was not signed so', async () => {
    const tally = await malformedCertificates({ changes: 150, random: seededRandom(seed) })
    expect(tally, `SEED=${seed}`).toMatchObject({ lost: 0, wrong: [] })
    expect(tally.tried['certificates that nobody signed so']).toBeGreaterThan(10)
    expect(tally.tried['certificates that cannot be read']).toBeGreaterThan(10)
  })

  test('kills before and after each write › nothing is lost, and nothing happens twice', async () => {
    const tally = await simulatedKills({ certificates: 1, pairs: false })
    // Migration, epoch, accepted, proven, job, settled.
    expect(tally).toMatchObject({ tried: { 'kills at a write': 12 }, lost: 0, wrong: [] })
  })
})
