import { err, ok, toHex, type Hash32, type Result } from '@zkstack/crypto'
import { formatJobId } from '@zkstack/l1'
import { json, type Certificate, type NetworkId, type TokenInfo } from '@zkstack/pessimistic-proof'
import {
  byAdministrator,
  certificateStatusJson,
  readTokenBalances,
  type CertificateHeader,
  type CertificateStatus,
  type EditableStatus,
  type EditRefusal,
  type StatusChange,
} from '@zkstack/settlement'
import { certificateJson } from '../json-rpc/json-forms.js'
import { notFound, rpcErrorCodes, type RpcError } from '../json-rpc/rpc-error.js'
import { rpcMethod, type RpcMethod, type RpcResult } from '../json-rpc/rpc-method.js'
import type { SettlementService } from '../settlement-service.js'
import { jobErrorAnswer } from './job-error.js'

interface OfCertificate {
  readonly certificateId: Hash32
}

const ofCertificate = { certificateId: json.hash }

/** A flag as upstream writes it, `"process-now=true"`. */
function flag(name: string): json.Json<boolean> {
  return json.mapped(
    json.text,
    (value: boolean) => `${name}=${value}`,
    (text) => {
      if (text === `${name}=true`) return true
      if (text === `${name}=false`) return false
      throw new json.CodecFailure('BAD_VARIANT', `expected ${name}=true or ${name}=false`)
    },
  )
}

const tokenInfo: json.Json<TokenInfo> = json.struct<TokenInfo>({
  originNetwork: json.u32,
  originTokenAddress: json.addressHex,
})

/** The methods about certificates and balances that change, or show, what no chain may. */
export function certificateMethods(
  service: SettlementService,
): readonly (readonly [string, RpcMethod])[] {
  const { admin } = service.node
  return [
    ['admin_getTokenBalance', tokenBalance(service)],
    ['admin_forcePushPendingCertificate', forcePush(service)],
    ['admin_forceEditCertificate', forceEdit(service)],
    [
      'admin_setLatestPendingCertificate',
      rpcMethod<OfCertificate>(ofCertificate, async ({ certificateId: id }) =>
        edited(await admin.setLatestPending(id), headerOf(id)),
      ),
    ],
    [
      'admin_setLatestProvenCertificate',
      rpcMethod<OfCertificate>(ofCertificate, async ({ certificateId: id }) =>
        edited(await admin.setLatestProven(id), headerOf(id)),
      ),
    ],
    ['admin_removePendingCertificate', removePending(service)],
    [
      'admin_removePendingProof',
      rpcMethod<OfCertificate>(ofCertificate, async ({ certificateId: id }) =>
        edited(await admin.removeProof(id), `Proof(0x${toHex(id)})`),
      ),
    ],
  ]
}

/** Amounts are decimal texts; a network that never settled has no balances. */
function tokenBalance({ node }: SettlementService): RpcMethod {
  return rpcMethod<{ readonly networkId: NetworkId; readonly tokenInfo: TokenInfo | undefined }>(
    { networkId: json.u32, tokenInfo: json.nullable(tokenInfo) },
    async ({ networkId, tokenInfo: token }) => {
      const balances = await readTokenBalances(node.store.database, networkId, token)
      const rows = balances.map(
        ({ token: { originNetwork, originTokenAddress }, amount }) =>
          new Map<string, json.JsonValue>([
            ['originNetwork', json.u32.write(originNetwork)],
            ['originTokenAddress', json.addressHex.write(originTokenAddress)],
            ['amount', String(amount)],
          ]),
      )
      return ok(new Map([['balances', rows]]))
    },
  )
}

function forcePush({ node }: SettlementService): RpcMethod {
  return rpcMethod<{ readonly certificate: Certificate; readonly status: EditableStatus }>(
    { certificate: certificateJson, status: editableStatus },
    async ({ certificate, status }) => edited(await node.admin.push(certificate, status), ''),
  )
}

const editableStatus: json.Json<EditableStatus> = {
  write: (value) => certificateStatusJson.write(value),
  read(value) {
    const status = certificateStatusJson.read(value)
    if (status.type !== 'settled') return status
    throw new json.CodecFailure('BAD_VARIANT', 'only L1 settles certificates')
  },
}

interface EditParams extends OfCertificate {
  readonly processNow: boolean
  readonly operation_1: StatusChange | undefined
  readonly operation_2: StatusChange | undefined
}

function forceEdit({ node }: SettlementService): RpcMethod {
  const form = { ...ofCertificate, processNow: flag('process-now') }
  const operation = json.nullable(statusChange)
  return rpcMethod<EditParams>(
    { ...form, operation_1: operation, operation_2: operation },
    async ({ certificateId: id, processNow, operation_1: first, operation_2: second }) => {
      const changes = [first, second].filter((change) => change !== undefined)
      return edited(await node.admin.edit(id, changes, { processNow }), headerOf(id))
    },
  )
}

const statusNames: Readonly<Record<string, EditableStatus>> = {
  Pending: { type: 'pending' },
  Proven: { type: 'proven' },
  Candidate: { type: 'candidate' },
  InError: byAdministrator('Set to InError by administrator'),
}

/** `"set-status,from=InError,to=Pending"` */
const statusChange: json.Json<StatusChange> = json.mapped(
  json.text,
  ({ from, to }: StatusChange) => `set-status,from=${nameOf(from)},to=${nameOf(to.type)}`,
  (text) => {
    if (/^set-settlement-tx-hash(,|$)/.test(text))
      throw badOperation('set-settlement-tx-hash is retired: act on the settlement job')
    const [, from = '', to = ''] = /^set-status,from=(\w+),to=(\w+)$/.exec(text) ?? []
    const [known, wanted] = [statusNamed(from), statusNamed(to)]
    if (known !== undefined && wanted !== undefined) return { from: known.type, to: wanted }
    const names = Object.keys(statusNames).join('|')
    throw badOperation(`expected set-status,from=<${names}>,to=<${names}>`)
  },
)

function statusNamed(name: string): EditableStatus | undefined {
  return Object.hasOwn(statusNames, name) ? statusNames[name] : undefined
}

function nameOf(type: CertificateStatus['type']): string {
  return `${type.slice(0, 1).toUpperCase()}${type.slice(1)}`
}

function badOperation(message: string): json.CodecFailure {
  return new json.CodecFailure('BAD_VARIANT', message)
}

interface RemoveParams {
  readonly networkId: NetworkId
  readonly height: bigint
  readonly removeProof: boolean
}

function removePending(service: SettlementService): RpcMethod {
  return rpcMethod<RemoveParams>(
    { networkId: json.u32, height: json.u64, removeProof: json.bool },
    async ({ networkId, height, removeProof }) => {
      const live = await liveJob(service, networkId, height)
      if (live !== undefined) return live
      const at = { networkId, height }
      const done = await service.node.admin.remove(at, { removeProof })
      return edited(done, `PendingCertificate(${networkId}, ${height})`)
    },
  )
}

/** The refusal to take a certificate away whose settlement job is being driven: abort it first. */
async function liveJob(
  { node }: SettlementService,
  networkId: NetworkId,
  height: bigint,
): Promise<RpcResult | undefined> {
  const header = await node.store.headerAt(networkId, height)
  const id = header && (await node.store.jobOf(header.certificateId))
  const job = id && (await node.jobs.job(id))
  if (id === undefined || job?.ok !== true || !job.value.hasLiveTask) return undefined
  const message = `settlement job ${formatJobId(id)} still has a live task: abort it first`
  return jobErrorAnswer({ code: 'TASK_STILL_LIVE', message }, formatJobId(id))
}

function headerOf(certificateId: Hash32): string {
  return `CertificateHeader(0x${toHex(certificateId)})`
}

function edited(done: Result<CertificateHeader, EditRefusal>, what: string): RpcResult {
  return done.ok ? ok(null) : refusal(done.error, what)
}

function refusal(error: EditRefusal, what: string): Result<never, RpcError> {
  switch (error.code) {
    case 'UnknownCertificate':
    case 'UnknownProof':
      return notFound(what)
    case 'Settled':
      return invalidArgument('Cannot edit a settled certificate')
    case 'NotQueued':
      return invalidArgument('The certificate is not queued: push it first')
    case 'WrongStatus':
      return invalidArgument(
        `Current status (${nameOf(error.status)}) does not match expected 'from' status`,
      )
  }
}

function invalidArgument(problem: string): Result<never, RpcError> {
  return err({
    code: rpcErrorCodes.invalidParams,
    message: problem,
    data: new Map([['invalid-argument', problem]]),
  })
}
