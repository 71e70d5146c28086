import { bytesEqual, toHex } from '@zkstack/crypto'
import { jobTables } from '@zkstack/l1'
import { certificateId } from '@zkstack/pessimistic-proof'
import { columns, jobStoreIn, SettlementStore, type Database } from '../../src/index.js'
import { openNetworkTrees } from '../../src/storage/network-trees.js'

/** Everything that contradicts itself in a settlement node's database; empty if all is well. */
export async function storeProblems(database: Database): Promise<string[]> {
  const problems: string[] = []
  const check = (isSo: boolean, problem: string) => {
    if (!isSo) problems.push(problem)
  }
  const store = await SettlementStore.open(database)
  const heights = new Map<number, bigint[]>()
  const places = new Set<string>()
  for await (const [{ networkId, height }, id] of columns.settledIds.entries(database)) {
    heights.set(networkId, [...(heights.get(networkId) ?? []), height])
    const header = await store.header(id)
    const name = `${networkId}/${height}`
    check(header?.status.type === 'settled', `${name}: indexed, and not settled`)
    const { epochNumber: epoch, certificateIndex: index } = header ?? {}
    if (epoch === undefined || index === undefined) {
      problems.push(`${name}: without epoch`)
      continue
    }
    check(!places.has(`${epoch}/${index}`), `${name}: shares its place in the epoch`)
    places.add(`${epoch}/${index}`)
    const kept = await columns.epochCertificates.get(database, { epoch, index })
    check(kept !== undefined && bytesEqual(certificateId(kept), id), `${name}: not in its epoch`)
    const queued = await store.pendingCertificate(networkId, height)
    check(queued === undefined, `${name}: settled and still queued`)
  }
  for (const [networkId, settled] of heights) {
    settled.forEach((height, i) =>
      check(height === BigInt(i), `network ${networkId}: gap at height ${i}`),
    )
    const latest = await columns.latestSettled.get(database, networkId)
    check(latest?.height === settled.at(-1), `network ${networkId}: wrong pointer`)
    const { head } = await openNetworkTrees(database, networkId)
    const header = latest && (await store.header(latest.certificateId))
    check(
      head !== undefined &&
        header !== undefined &&
        bytesEqual(head.commitment.exitRoot, header.newLocalExitRoot),
      `network ${networkId}: the state is not the settled one`,
    )
  }
  for await (const [at, certificate] of columns.pendingQueue.entries(database)) {
    const id = await columns.pendingIds.get(database, at)
    const own = certificateId(certificate)
    check(id !== undefined && bytesEqual(id, own), `${at.networkId}/${at.height}: wrong queued id`)
    const header = await store.header(own)
    check(header !== undefined && header.status.type !== 'settled', `${toHex(own)}: queued`)
  }
  for await (const [{ epoch, index }] of columns.epochCertificates.entries(database))
    check(places.has(`${epoch}/${index}`), `epoch ${epoch}: a certificate that is not settled`)
  await checkJobs(database, check)
  return problems
}

async function checkJobs(
  database: Database,
  check: (isSo: boolean, problem: string) => void,
): Promise<void> {
  const linked = new Set<string>()
  for await (const [id, jobId] of columns.jobOfCertificate.entries(database)) {
    const back = await columns.certificateOfJob.get(database, jobId)
    check(back !== undefined && bytesEqual(back, id), `${toHex(id)}: its job is not linked back`)
    linked.add(toHex(jobId))
  }
  const jobs = await jobIds(database)
  for (const job of jobs) check(linked.has(job), `job ${job}: of no certificate`)
  check(jobs.length === linked.size, 'a link to a job that is not there')
}

/** All settlement jobs, in hexadecimal. */
export async function jobIds(database: Database): Promise<string[]> {
  const ids: string[] = []
  for await (const [key] of jobStoreIn(database).entries(jobTables.jobs, {})) ids.push(toHex(key))
  return ids
}
