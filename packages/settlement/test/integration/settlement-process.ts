// Submits a chain of certificates, again if need be, and carries them to L1; made to be killed at any moment.
import { writeSync } from 'node:fs'
import { bytesEqual, toHex } from '@zkstack/crypto'
import { jobTables, type L1Client } from '@zkstack/l1'
import { certificateId } from '@zkstack/pessimistic-proof'
import { levelDatabase, type BatchOperation, type Database } from '../../src/index.js'
import { columnPrefix } from '../../src/storage/column.js'
import { certificateChain } from '../../testing/index.js'
import { addressesFromText, anvilPolicy, runEngineOnL1 } from '../helpers/engine-on-l1.js'
import type { SettlementCrash } from './settlement-child.js'

const [url = '', path = '', addresses = '', network = '', length = '', crash = '', flaw = ''] =
  process.argv.slice(2)

const say = (line: string) => writeSync(1, `${line}\n`)

const dieAt = (point: SettlementCrash): void => {
  if (point !== crash) return
  say(`died ${point}`)
  process.kill(process.pid, 'SIGKILL')
}

/** Dies before or after the write that stores a job together with the status Candidate. */
function dyingDatabase(database: Database): Database {
  const jobs = toHex(columnPrefix(jobTables.jobs))
  return {
    ...database,
    async write(batch) {
      const isCandidate = batch.some(({ key }) => toHex(key).startsWith(jobs))
      if (isCandidate) dieAt('aboutToRecordCandidate')
      await database.write(batch)
      if (isCandidate) dieAt('candidateRecorded')
    },
  }
}

/** A control: what it says is stored is stored with the next batch, all of it or only the attempts at transactions. */
function lateDatabase(database: Database): Database {
  if (flaw === '') return database
  const attempts = toHex(columnPrefix(jobTables.attempts))
  let late: readonly BatchOperation[] = []
  return {
    ...database,
    async write(batch) {
      const isAttempt = batch.some(({ key }) => toHex(key).startsWith(attempts))
      const isLate = flaw === 'forgetsLastBatch' || isAttempt
      if (late.length > 0) await database.write(late)
      late = isLate ? batch : []
      if (!isLate) await database.write(batch)
    },
    async getMany(keys) {
      const stored = await database.getMany(keys)
      return stored.map((value, i) => {
        const key = keys[i]
        const waiting = late.findLast((o) => key !== undefined && bytesEqual(o.key, key))
        if (waiting === undefined) return value
        return waiting.type === 'put' ? waiting.value : undefined
      })
    },
  }
}

/** Dies once a transaction is on its way. */
function dyingClient(client: L1Client): L1Client {
  return {
    ...client,
    async sendRawTransaction(bytes, o) {
      const sent = await client.sendRawTransaction(bytes, o)
      dieAt('transactionSent')
      return sent
    },
  }
}

const chain = certificateChain(Number(network), Number(length))
const database = await levelDatabase(path)
await runEngineOnL1(
  {
    url,
    addresses: addressesFromText(addresses),
    database: dyingDatabase(lateDatabase(database)),
    policy: { ...anvilPolicy, finality: { tag: 'latest', confirmations: 3 } },
    wrapClient: dyingClient,
    onEvent: (event) => say(event.type === 'statusChanged' ? event.status.type : event.type),
  },
  async ({ engine, call, untilStatus }) => {
    say('running')
    for (const { certificate } of chain) {
      const accepted = await engine.submit(certificate, call)
      if (!accepted.ok) throw new Error(accepted.error.message)
    }
    for (const { certificate } of chain) await untilStatus(certificateId(certificate), 'settled')
  },
)
await database.close()
say('done')
