import { Ctx, scope } from '@zkstack/concurrency'
import { createL1Client, multiplier, newHeads, type TransactionPolicy } from '@zkstack/l1'
import { nativeProver } from '@zkstack/pessimistic-proof'
import type { Submission } from '@zkstack/pessimistic-proof/testing'
import {
  createSettlementNode,
  type BatchOperation,
  type Database,
  type SettlementEvent,
  type SettlementNode,
} from '@zkstack/settlement'
import { devnetVKey } from '@zkstack/settlement/testing'
import { chainId, type SettlementL1 } from './settlement-l1.js'
import { StageTimes } from './stage-times.js'

/** What a round took, and what it wrote and sent. */
export interface Round {
  readonly seconds: number
  readonly times: StageTimes
  readonly requests: number
  readonly batches: readonly (readonly BatchOperation[])[]
  /** The signed transactions, by nonce. */
  readonly transactions: readonly Uint8Array[]
}

const latest = { tag: 'latest', confirmations: 1 } as const
const fee = { multiplier: multiplier(1), floor: 1n, ceiling: 100_000_000_000n }

/** Of a chain that makes a block for each transaction. Nothing is resent while nothing fails. */
const transactions: TransactionPolicy = {
  finality: latest,
  retryOnTransientFailure: { initialMs: 100, factor: 1.5, maxMs: 1_000, jitterMs: 10 },
  retryOnNotIncluded: { initialMs: 5_000, factor: 2, maxMs: 10_000, jitterMs: 10 },
  fees: { maxFee: fee, maxPriorityFee: fee },
  gasLimit: { multiplier: multiplier(1.3), ceiling: 5_000_000n },
}

/** Settles everything on an empty database, with a settlement node as users have it. */
export async function runRound(l1: SettlementL1, database: Database): Promise<Round> {
  let requests = 0
  const client = createL1Client({
    chainId: BigInt(chainId),
    endpoints: [l1.anvil.url],
    fetch: (...args) => {
      requests += 1
      return fetch(...args)
    },
  })
  const batches: (readonly BatchOperation[])[] = []
  const recorded: Database = {
    getMany: (keys) => database.getMany(keys),
    entries: (range) => database.entries(range),
    close: () => database.close(),
    write: (batch) => {
      batches.push(batch)
      return database.write(batch)
    },
  }
  const created = await createSettlementNode({
    l1: client,
    signers: [l1.signer],
    addresses: l1.devnet.addresses,
    database: recorded,
    prover: nativeProver(),
    accepts: { type: 'native' },
    epochs: { type: 'time', epochDuration: 3_600n },
    finality: { l1InfoRoots: latest, settlements: latest },
    transactions,
    heads: newHeads({ chainId: BigInt(chainId), url: l1.anvil.wsUrl }),
    developmentVKey: devnetVKey,
  })
  if (!created.ok) throw new Error(created.error.code)
  const times = new StageTimes()
  const since = performance.now()
  await scope(Ctx.root(), async (ctx, tasks) => {
    const node = created.value
    tasks.spawnBackground((own) => node.run(own))
    const events = node.events(ctx)
    const settled = untilSettled(events, times, countOf(l1))
    for (const own of l1.submissions.values())
      tasks.spawnBackground(({ signal }) => submitAll(node, own, { signal, times }))
    await settled
  })
  const seconds = (performance.now() - since) / 1000
  return { seconds, times, requests, batches, transactions: await transactionsOf(created.value) }
}

function countOf({ submissions }: SettlementL1): number {
  return [...submissions.values()].flat().length
}

async function submitAll(
  node: SettlementNode,
  submissions: readonly Submission[],
  { signal, times }: { readonly signal: AbortSignal; readonly times: StageTimes },
): Promise<void> {
  for (const { certificate } of submissions) {
    const since = performance.now()
    const accepted = await node.submit(certificate, { signal })
    if (!accepted.ok) throw new Error(accepted.error.message)
    times.accepted(certificate, since, performance.now())
  }
}

async function untilSettled(
  events: AsyncIterable<SettlementEvent>,
  times: StageTimes,
  count: number,
): Promise<void> {
  let settled = 0
  for await (const event of events) {
    if (event.type !== 'statusChanged') continue
    const { networkId, height, status } = event
    if (status.type === 'inError') throw new Error(status.error.message)
    times.reached({ networkId, height }, status.type, performance.now())
    if (status.type === 'settled') settled += 1
    if (settled === count) return
  }
}

/** What was sent, by nonce. */
async function transactionsOf({ jobs }: SettlementNode): Promise<Uint8Array[]> {
  const sent = new Map<bigint, Uint8Array>()
  for await (const { id } of jobs.jobs()) {
    const job = await jobs.job(id)
    if (!job.ok) throw new Error(job.error.message)
    for (const { attempt, transaction } of job.value.record.attempts)
      if (transaction !== undefined) sent.set(attempt.nonce, transaction)
  }
  return [...sent].sort(([a], [b]) => Number(a - b)).map(([, transaction]) => transaction)
}
