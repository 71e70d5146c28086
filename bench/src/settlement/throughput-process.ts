import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadCryptoBackends } from '@zkstack/crypto'
import { levelDatabase } from '@zkstack/settlement'
import { median } from '../quantile.js'
import { l1Alone, proverAlone, storeAlone } from './floors.js'
import { runRound, type Round } from './run-round.js'
import {
  nameOf,
  type SettlementCase,
  type ThroughputResult,
  type TransactionGas,
} from './settlement-case.js'
import { startSettlementL1, type SettlementL1 } from './settlement-l1.js'
import { spreadOf } from './stage-times.js'
import { transactionGas } from './transaction-gas.js'

// A process of its own for each case. Argument: the case; the last line that it prints is its result.
const wanted = JSON.parse(process.argv[2] ?? '') as SettlementCase
const progress = (text: string): void => {
  process.stderr.write(`  ${nameOf(wanted)}: ${text}\n`)
}

async function round(l1: SettlementL1): Promise<Round> {
  await l1.reset()
  const folder = await mkdtemp(join(tmpdir(), 'zkstack-bench-'))
  const database = await levelDatabase(join(folder, 'db'))
  try {
    return await runRound(l1, database)
  } finally {
    await database.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function measure(c: SettlementCase): Promise<ThroughputResult> {
  progress('L1 starts, contracts are deployed')
  await using l1 = await startSettlementL1(c)
  const count = c.networks * c.certificates
  const rounds: Round[] = []
  const floors: ThroughputResult['floors'][] = []
  let gas: TransactionGas | undefined
  // The first round warms up and is not counted.
  for (let i = 0; i <= c.rounds; i++) {
    const done = await round(l1)
    gas ??= await transactionGas(l1)
    progress(`round ${i} of ${c.rounds}: ${(count / done.seconds).toFixed(1)} certificates/s`)
    const alone = {
      l1: count / (await l1Alone(l1, done.transactions, c.networks)),
      prover: count / (await proverAlone(l1)),
      store: count / (await storeAlone(done.batches, c.networks)),
    }
    if (i === 0) continue
    rounds.push(done)
    floors.push(alone)
  }
  if (gas === undefined) throw new Error('nothing was settled')
  return {
    case: c,
    rate: median(rounds.map(({ seconds }) => count / seconds)),
    stages: spreadOf(rounds.map(({ times }) => times)),
    floors: {
      l1: median(floors.map((floor) => floor.l1)),
      prover: median(floors.map((floor) => floor.prover)),
      store: median(floors.map((floor) => floor.store)),
    },
    requests: median(rounds.map(({ requests }) => requests / count)),
    gas,
  }
}

await loadCryptoBackends()
process.stdout.write(`${JSON.stringify(await measure(wanted))}\n`)
