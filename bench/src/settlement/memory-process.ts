import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { realClock, systemRandom } from '@zkstack/concurrency'
import { keccak256, loadCryptoBackends, ok, toHex } from '@zkstack/crypto'
import type { JobId, JobResult } from '@zkstack/l1'
import { address, certificateId, ZERO_HASH, type L1Context } from '@zkstack/pessimistic-proof'
import { fakeWallet } from '@zkstack/pessimistic-proof/testing'
import {
  levelDatabase,
  type CertificateEvent,
  type Database,
  type SettlementJobs,
} from '@zkstack/settlement'
import {
  certificateChain,
  runEngine,
  SimulatedL1,
  simulatedJobs,
  type RunningEngine,
} from '@zkstack/settlement/testing'
import type { MemoryFigure, MemoryResult } from './settlement-case.js'

// Settles a certificate of each of so many networks, on a simulated L1 that answers when it is told to: the argument is how many.
const networks = Number(process.argv[2])
await loadCryptoBackends()

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Networks that settle before anything is measured, so that all code has run. */
const warmUps = 20

/** In bytes. */
interface Sample {
  readonly resident: number
  readonly heap: number
  readonly stored: number
}

async function sample(database: Database): Promise<Sample> {
  // What was let go in this turn is garbage in the next one.
  for (let i = 0; i < 4; i++) {
    await new Promise((resolve) => setTimeout(resolve, 100))
    collectGarbage()
  }
  const { rss, heapUsed, external } = process.memoryUsage()
  return { resident: rss, heap: heapUsed + external, stored: await storedBytes(database) }
}

async function storedBytes(database: Database): Promise<number> {
  let bytes = 0
  for await (const [key, value] of database.entries()) bytes += key.length + value.length
  return bytes
}

/** Who signs all chains that are made for tests. */
const sequencer = { type: 'trustedSequencer', signer: fakeWallet(1).address } as const

/** Submits the only certificate of a network; how it ends is in the events. */
async function submitOne(
  { submit }: Pick<RunningEngine, 'submit'>,
  contexts: Map<string, L1Context>,
  networkId: number,
): Promise<void> {
  const [submission] = certificateChain(networkId, 1)
  if (submission === undefined) throw new Error('an empty chain')
  const { certificate, l1 } = submission
  contexts.set(toHex(certificateId(certificate)), l1)
  const accepted = await submit(certificate)
  if (!accepted.ok) throw new Error(accepted.error.message)
}

async function measure(database: Database): Promise<MemoryResult> {
  const contexts = new Map<string, L1Context>()
  const counts = { candidate: 0, settled: 0 }
  let release: () => void = () => undefined
  let released = Promise.resolve()
  const options = {
    ...{ database, contexts, clock: realClock, random: systemRandom, l1: new SimulatedL1() },
    jobs: (...args: Parameters<typeof simulatedJobs>): SettlementJobs => ({
      ...simulatedJobs(...args),
      wait: (id) => released.then(() => ok(successOf(id))),
    }),
    engine: {
      submissionL1: {
        signers: async () => ok(sequencer),
        receipt: async () => 'unknown' as const,
      },
      onEvent(_: number, event: CertificateEvent) {
        if (event.type !== 'statusChanged') return
        const { type } = event.status
        if (type === 'candidate' || type === 'settled') counts[type] += 1
        if (type === 'inError') throw new Error('a certificate failed')
      },
    },
  }
  const measured = await runEngine(options, async (running) => {
    for (let i = 1; i <= warmUps; i++) await submitOne(running, contexts, networks + i)
    await running.until(() => counts.settled === warmUps)
    contexts.clear()
    const before = await sample(database)
    released = new Promise((resolve) => {
      release = resolve
    })
    const waiting: Sample[] = []
    for (let networkId = 1; networkId <= networks; networkId++) {
      await submitOne(running, contexts, networkId)
      if (networkId % (networks / 2) !== 0) continue
      await running.until(() => counts.candidate === warmUps + networkId)
      contexts.clear()
      process.stderr.write(`  settlement::memory: ${networkId} networks wait for L1\n`)
      waiting.push(await sample(database))
    }
    const [half, all] = waiting
    if (half === undefined || all === undefined) throw new Error('networks: an even number')
    release()
    await running.until(() => counts.settled === warmUps + networks)
    return {
      networks,
      underWay: figureOf(half, all, networks / 2),
      idle: figureOf(before, await sample(database), networks),
    }
  })
  if (measured === undefined) throw new Error('the engine died')
  return measured
}

function successOf(id: JobId): JobResult {
  const call = { outcome: 'success', transactionHash: keccak256(id) } as const
  return {
    ...{ wallet: address(new Uint8Array(20)), nonce: 0n, attemptNumber: 0 },
    call: { ...call, blockHash: ZERO_HASH, blockNumber: 1n },
  }
}

function figureOf(from: Sample, to: Sample, added: number): MemoryFigure {
  const { resident, heap } = to
  return {
    ...{ resident, heap },
    slope: (heap - from.heap) / added,
    stored: (to.stored - from.stored) / added,
  }
}

const folder = await mkdtemp(join(tmpdir(), 'zkstack-bench-'))
const database = await levelDatabase(join(folder, 'db'))
try {
  process.stdout.write(`${JSON.stringify(await measure(database))}\n`)
} finally {
  await database.close()
  await rm(folder, { recursive: true, force: true })
}
