import { jobTables, upgradeJobRecord } from '@zkstack/l1'
import { columnPrefix, prefixEnd } from './column.js'
import { columns } from './columns.js'
import type { BatchOperation, Database } from './database.js'
import { SettlementStorageError } from './settlement-storage-error.js'

/** A step from one version of the database to the next. */
export interface Migration {
  /** For ever; what is recorded. */
  readonly name: string
  /** What it changes; written in one batch with the record of the step. */
  plan(database: Database): Promise<readonly BatchOperation[]>
}

/** All steps in their order; new ones are added at the end. */
export const migrations: readonly Migration[] = [
  { name: 'columns of Agglayer 0.6, trees by path', plan: async () => [] },
  { name: 'checksums of settlement jobs', plan: addChecksums },
]

/**
 * Brings a database to the newest version, step by step; an empty one at once. The steps that were made are recorded, numbered from 0
 * without gaps.
 * @throws SettlementStorageError `STORAGE_SCHEMA` for a database of a newer version, or of another program.
 */
export async function migrate(
  database: Database,
  steps: readonly Migration[] = migrations,
): Promise<void> {
  const made = await madeSteps(database)
  if (made.length === 0 && !(await isEmpty(database)))
    throw unknownSchema('it has records, but none of a version')
  made.forEach((name, number) => {
    const step = steps[number]
    if (step?.name === name) return
    throw unknownSchema(`step ${number}, "${name}", is not known: it is of a newer version`)
  })
  let batch: BatchOperation[] = []
  for (const [i, step] of steps.slice(made.length).entries()) {
    const number = BigInt(made.length + i)
    const planned = await step.plan(database)
    batch = [...batch, ...planned, columns.migrations.put(number, step.name)]
    if (made.length === 0) continue
    await database.write(batch)
    batch = []
  }
  if (batch.length > 0) await database.write(batch)
}

/** Puts checksums before the records of jobs that have none. */
async function addChecksums(database: Database): Promise<readonly BatchOperation[]> {
  const changes: BatchOperation[] = []
  for (const table of Object.values(jobTables)) {
    const prefix = columnPrefix(table)
    for await (const [key, value] of database.entries({ gte: prefix, lt: prefixEnd(prefix) })) {
      const upgraded = upgradeJobRecord(table, key.subarray(prefix.length), value)
      if (upgraded !== undefined) changes.push({ type: 'put', key, value: upgraded })
    }
  }
  return changes
}

async function madeSteps(database: Database): Promise<string[]> {
  const made: string[] = []
  for await (const [number, name] of columns.migrations.entries(database)) {
    if (number !== BigInt(made.length))
      throw unknownSchema(`step ${made.length} is not recorded, but step ${number} is`)
    made.push(name)
  }
  return made
}

async function isEmpty(database: Database): Promise<boolean> {
  const gte = new Uint8Array()
  for await (const _ of database.entries({ gte, lt: Uint8Array.of(0xff), limit: 1 })) return false
  return true
}

function unknownSchema(reason: string): SettlementStorageError {
  return new SettlementStorageError('STORAGE_SCHEMA', `the database cannot be used: ${reason}`)
}
