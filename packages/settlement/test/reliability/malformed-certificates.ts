import type { SeededRandom } from '@zkstack/concurrency'
import { bytesEqual } from '@zkstack/crypto'
import {
  certificateId,
  certificateToJson,
  decodeCertificate,
  encodeCertificate,
  parseCertificate,
  type Certificate,
} from '@zkstack/pessimistic-proof'
import { certificateChain } from '../../testing/index.js'
import { jobIds, storeProblems } from '../helpers/check-store.js'
import { life, settleAll, world } from '../helpers/lives.js'
import { count, type Tally } from './tally.js'

/**
 * Submits a certificate with a changed byte or letter, so many times, to an engine that settles the certificate as it should be.
 * What cannot be read, or is not what was signed, must be refused.
 */
export async function malformedCertificates(o: {
  readonly changes: number
  readonly random: SeededRandom
}): Promise<Tally> {
  const submissions = certificateChain(1, 2)
  const w = world()
  const tried: Record<string, number> = {}
  const wrong: string[] = []
  await life(w, submissions, {}, async (r) => {
    for (let i = 0; i < o.changes; i++) {
      const { certificate } = submissions[i % 2] ?? {}
      if (certificate === undefined) throw new Error('an empty chain')
      const changed =
        i % 3 === 0 ? changedText(certificate, o.random) : changedBytes(certificate, o.random)
      if (changed === undefined) {
        count(tried, 'certificates that cannot be read')
        continue
      }
      if (bytesEqual(certificateId(changed), certificateId(certificate))) {
        count(tried, 'changes of what no id and no signature covers')
        continue
      }
      const accepted = await r.submit(changed)
      count(tried, 'certificates that nobody signed so')
      if (accepted.ok) wrong.push('a certificate that nobody signed is accepted')
    }
    await settleAll(r, submissions)
  })
  const settled = w.l1.transactions.filter(({ outcome }) => outcome === 'success').length
  if ((await jobIds(w.database)).length !== submissions.length) wrong.push('another job')
  wrong.push(...(await storeProblems(w.database)))
  return {
    what: 'the engine, submissions',
    tried,
    certificates: submissions.length,
    lost: submissions.length - settled,
    wrong,
  }
}

function changedBytes(certificate: Certificate, random: SeededRandom): Certificate | undefined {
  const whole = encodeCertificate(certificate)
  const bytes = whole.slice(0, whole.length - (random.uint32() % 2))
  const at = random.uint32() % bytes.length
  bytes[at] = (bytes[at] ?? 0) ^ (1 << (random.uint32() % 8))
  const read = decodeCertificate(bytes)
  return read.ok ? read.value : undefined
}

function changedText(certificate: Certificate, random: SeededRandom): Certificate | undefined {
  const text = certificateToJson(certificate)
  const at = random.uint32() % text.length
  const letter = String.fromCharCode(32 + (random.uint32() % 96))
  const read = parseCertificate(text.slice(0, at) + letter + text.slice(at + 1))
  return read.ok ? read.value : undefined
}
