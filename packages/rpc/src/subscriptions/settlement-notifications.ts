import { scope, ZkStackError, type Ctx } from '@zkstack/concurrency'
import { bytesEqual, toHex, type Hash32 } from '@zkstack/crypto'
import { formatJobId, type JobId, type JobResult } from '@zkstack/l1'
import { json, type NetworkId } from '@zkstack/pessimistic-proof'
import { certificateStatusJson, type CertificateStatus } from '@zkstack/settlement'
import { jobResultJson } from '../admin/job-json.js'
import type { SettlementService } from '../settlement-service.js'
import type { RpcTopics } from './rpc-topics.js'
import { TopicSet, type Topic } from './topic-set.js'

interface StatusNews {
  readonly networkId: NetworkId
  readonly height: bigint
  readonly certificateId: Hash32
  readonly status: CertificateStatus
}

interface JobNews {
  readonly id: JobId
  readonly certificateId: Hash32 | undefined
  readonly result: JobResult
}

/** Follows a settlement node, and tells those who have subscribed. */
export interface SettlementNotifications {
  /** For `interop_subscribe`: `certificates`, of a `network_id` or a `certificate_id`, and `epochs`. */
  readonly chains: RpcTopics
  /** For `admin_subscribe`: `settlementJobs`, as they get their results. */
  readonly operators: RpcTopics
  /** Follows the node until cancelled. @throws CanceledError */
  run(ctx: Ctx): Promise<never>
}

/** Makes what follows a node; one for all servers of it. */
export function settlementNotifications({ node }: SettlementService): SettlementNotifications {
  const chains = new TopicSet<{ readonly certificates: StatusNews; readonly epochs: bigint }>(
    'interop',
    { certificates, epochs },
  )
  const operators = new TopicSet<{ readonly settlementJobs: JobNews }>('admin', { settlementJobs })
  return {
    chains,
    operators,
    run: (ctx) =>
      scope(ctx, async (inner, tasks) => {
        const awaited = new Set<string>()
        const awaitJob = (id: JobId): void => {
          const name = formatJobId(id)
          if (awaited.has(name)) return
          awaited.add(name)
          tasks.spawnBackground(async (own) => {
            const ended = await node.jobs.wait(id, own)
            awaited.delete(name)
            if (!ended.ok) return
            const certificateId = await node.store.certificateOf(id)
            operators.publish('settlementJobs', { id, certificateId, result: ended.value })
          })
        }
        for (;;) {
          const events = node.events({ signal: inner.signal })
          for await (const { id, status } of node.jobs.jobs())
            if (status === 'pending') awaitJob(id)
          try {
            for await (const event of events) {
              if (event.type === 'epochStarted') chains.publish('epochs', event.epoch)
              if (event.type !== 'statusChanged') continue
              chains.publish('certificates', event)
              if (event.status.type !== 'candidate') continue
              const id = await node.store.jobOf(event.certificateId)
              if (id !== undefined) awaitJob(id)
            }
          } catch (e) {
            if (!(e instanceof ZkStackError) || e.code !== 'EVENTS_LOST') throw e
            chains.lose()
            operators.lose()
          }
          inner.throwIfCanceled()
        }
      }),
  }
}

interface StatusFilter {
  readonly networkId: NetworkId | undefined
  readonly certificateId: Hash32 | undefined
}

const statusFilter = json.struct<StatusFilter>({
  networkId: json.nullable(json.u32),
  certificateId: json.nullable(json.hash),
})

const certificates: Topic<StatusNews> = {
  filter: reading((value) => {
    const { networkId, certificateId } = statusFilter.read(value)
    return (news) =>
      (networkId === undefined || networkId === news.networkId) &&
      (certificateId === undefined || bytesEqual(certificateId, news.certificateId))
  }),
  write: ({ networkId, height, certificateId, status }) =>
    new Map<string, json.JsonValue>([
      ['network_id', json.u32.write(networkId)],
      ['height', json.u64.write(height)],
      ['certificate_id', json.hash.write(certificateId)],
      ['status', certificateStatusJson.write(status)],
    ]),
}

const nothing = json.struct<object>({})

/** No filter is taken. */
function everything<T>(): Topic<T>['filter'] {
  return reading((value) => {
    nothing.read(value)
    return () => true
  })
}

const epochs: Topic<bigint> = {
  filter: everything(),
  write: (epoch) => new Map([['epoch_number', json.u64.write(epoch)]]),
}

const settlementJobs: Topic<JobNews> = {
  filter: everything(),
  write: ({ id, certificateId, result }) =>
    new Map<string, json.JsonValue>([
      ['jobId', formatJobId(id)],
      ['certificateId', certificateId === undefined ? null : `0x${toHex(certificateId)}`],
      ['jobResult', jobResultJson(result)],
    ]),
}

/** A form that is only ever read. */
function reading<T>(read: (value: json.JsonValue) => T): json.Json<T> {
  return {
    read,
    write() {
      throw new TypeError('filters are read, not written')
    },
  }
}
