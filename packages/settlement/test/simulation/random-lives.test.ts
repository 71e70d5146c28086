import { seededRandom, type SeededRandom } from '@zkstack/concurrency'
import { keccak256, loadCryptoBackends } from '@zkstack/crypto'
import { certificateId } from '@zkstack/pessimistic-proof'
import type { Submission } from '@zkstack/pessimistic-proof/testing'
import { beforeAll, describe, expect, test } from 'vitest'
import { certificateStatusError } from '../../src/index.js'
import {
  certificateChain,
  resubmission,
  simulatedJobs,
  type CrashPoint,
  type RunEngineOptions,
  type RunningEngine,
} from '../../testing/index.js'
import { jobIds, storeProblems } from '../helpers/check-store.js'
import { life, world, type World } from '../helpers/lives.js'

beforeAll(() => loadCryptoBackends())

const seed = process.env['SEED'] ?? String(Date.now())
const runs = Number(process.env['RUNS'] ?? 12)
const [networks, heights, variants] = [3, 3, 6]

/** For each network and height, a certificate and others that may take its place. */
type Plan = readonly (readonly (readonly Submission[])[])[]

function plan(): Plan {
  return Array.from({ length: networks }, (_, n) =>
    certificateChain(n + 1, heights).map((first) => [
      first,
      ...Array.from({ length: variants - 1 }, (__, v) =>
        resubmission(first, keccak256(Uint8Array.of(n, v))),
      ),
    ]),
  )
}

const below = (random: SeededRandom, end: number) => random.uint32() % end

/** A client that outlives the node: submits one variant after another until the height is settled. */
async function settle(
  running: RunningEngine,
  submissions: readonly Submission[],
  networkId: number,
): Promise<void> {
  for (const { certificate } of submissions) {
    const id = certificateId(certificate)
    const known = await running.store.headerAt(networkId, certificate.height)
    if (known?.status.type === 'settled') return
    const accepted = await running.submit(certificate)
    if (!accepted.ok && accepted.error.kind !== 'retry') continue
    if (!accepted.ok) await running.until(() => isIdle(running, networkId))
    if (!accepted.ok && !(await running.submit(certificate)).ok) continue
    await running.until(async () => {
      const type = (await running.store.header(id))?.status.type
      return type === 'settled' || (type === 'inError' && isIdle(running, networkId))
    })
  }
}

function isIdle(running: RunningEngine, networkId: number): boolean {
  return running.engine.state(networkId)?.activity === 'idle'
}

/** Things go wrong at random. */
function disturb(running: RunningEngine, w: World, random: SeededRandom): void {
  if (below(random, 3) === 0) w.l1.revertsLeft = 1
  if (below(random, 3) === 0)
    running.certifier.failures.push(certificateStatusError('InternalError', 'the prover is busy'))
  if (below(random, 4) === 0)
    running.certifier.failures.push(
      certificateStatusError('TypeConversionError', 'reorged', { reason: 'L1InfoRootIncorrect' }),
    )
}

async function randomRun(submissions: Plan, random: SeededRandom): Promise<World> {
  const w = world()
  const all = submissions.flat(2)
  const lives = 2 + below(random, 6)
  for (let n = 0; n < lives; n++) {
    const when = below(random, 2) === 0 ? 'before' : 'after'
    const crash: CrashPoint = { write: below(random, 30), when }
    const epoch = BigInt(n)
    await life(w, all, { crash, epoch, random: seededRandom(random.uint32()) }, async (r, kill) => {
      disturb(r, w, random)
      await Promise.all(
        submissions.map(async (chain, i) => {
          for (const height of below(random, 2) === 0 ? chain : chain.toReversed())
            if (height[0]) await r.submit(height[0].certificate)
          for (const height of chain) await settle(r, height, i + 1)
        }),
      )
      kill()
    })
    expect(await storeProblems(w.database)).toEqual([])
  }
  await life(w, all, { epoch: BigInt(lives) }, async (r) => {
    await Promise.all(
      submissions.map(async (chain, i) => {
        for (const height of chain) await settle(r, height, i + 1)
      }),
    )
    for (let networkId = 1; networkId <= networks; networkId++)
      expect((await r.store.settledNetwork(networkId)).nextHeight).toBe(BigInt(heights))
  })
  return w
}

describe('random lives of a settlement node', () => {
  test('with crashes, reverts, failing provers, replacements and epochs › settle everything once, and lose nothing', async () => {
    process.stdout.write(`SEED=${seed}\n`)
    const random = seededRandom(seed)
    const submissions = plan()
    for (let run = 0; run < runs; run++) {
      const w = await randomRun(submissions, random)
      expect(await storeProblems(w.database)).toEqual([])
      const settled = w.l1.transactions.filter(({ outcome }) => outcome === 'success')
      expect(settled).toHaveLength(networks * heights)
    }
  })

  test('control: with jobs that are not stored together with their links › a crash makes a second job', async () => {
    const submissions = certificateChain(1, 1)
    const [first] = submissions
    if (first === undefined) throw new Error('no certificate')
    const jobsAfterCrashAt = async (write: number): Promise<number> => {
      const w = world()
      for (const crash of [{ write, when: 'after' } as const, undefined]) {
        const o = { ...(crash && { crash }), jobs: inTwoWrites }
        await life(w, submissions, o, async (r) => {
          await r.submit(first.certificate)
          await r.untilStatus(certificateId(first.certificate), 'settled')
        })
      }
      return (await jobIds(w.database)).length
    }
    expect([await jobsAfterCrashAt(3), await jobsAfterCrashAt(4)]).toEqual([1, 2])
  })
})

/** Stores the job first, and what goes with it afterwards. */
const inTwoWrites: RunEngineOptions['jobs'] = (store, o) => {
  const jobs = simulatedJobs(store, o)
  return {
    ...jobs,
    async submit(request, { signal, commitWith = [] }) {
      const submitted = await jobs.submit(request, { signal })
      if (submitted.ok) await store.write(commitWith)
      return submitted
    },
  }
}
