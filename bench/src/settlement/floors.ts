import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toHex } from '@zkstack/crypto'
import {
  applyCertificate,
  nativeProver,
  networkStateOf,
  type LocalNetworkState,
} from '@zkstack/pessimistic-proof'
import { levelDatabase, type BatchOperation } from '@zkstack/settlement'
import type { SettlementL1 } from './settlement-l1.js'

const call = { signal: new AbortController().signal }

/** Seconds that anvil takes for the same transactions from the same state, so many of them at a time. */
export async function l1Alone(
  l1: SettlementL1,
  transactions: readonly Uint8Array[],
  lanes: number,
): Promise<number> {
  await l1.reset()
  return timeOf(() =>
    inLanes(transactions, lanes, async (transaction) => {
      const hash = await l1.anvil.request('eth_sendRawTransaction', [`0x${toHex(transaction)}`])
      for (;;) {
        const receipt = await l1.anvil.request('eth_getTransactionReceipt', [hash])
        if (receipt !== null) return
      }
    }),
  )
}

/** Seconds that the witnesses of all certificates and their native proofs take. */
export async function proverAlone({ submissions }: SettlementL1): Promise<number> {
  const prover = nativeProver()
  return timeOf(async () => {
    for (const own of submissions.values()) {
      let state: LocalNetworkState | undefined
      for (const { certificate, l1, state: first } of own) {
        state ??= first
        const applied = applyCertificate(state, certificate, l1)
        if (!applied.ok) throw new Error(applied.error.code)
        const { header, next } = applied.value
        const proven = await prover.prove({ state: networkStateOf(state), header }, call)
        if (!proven.ok) throw new Error(proven.error.code)
        state = next
      }
    }
  })
}

/** Seconds that the batches take in an empty database, so many of them at a time. */
export async function storeAlone(
  batches: readonly (readonly BatchOperation[])[],
  lanes: number,
): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'zkstack-bench-'))
  const database = await levelDatabase(join(folder, 'db'))
  try {
    return await timeOf(() => inLanes(batches, lanes, (batch) => database.write(batch)))
  } finally {
    await database.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Works on all items in their order, on so many at a time. */
async function inLanes<T>(
  items: readonly T[],
  lanes: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values()
  const lane = async (): Promise<void> => {
    for (const item of queue) await work(item)
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}

async function timeOf(work: () => Promise<void>): Promise<number> {
  const since = performance.now()
  await work()
  return (performance.now() - since) / 1000
}
