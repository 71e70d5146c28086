import { Client, compressionAlgorithms, status, type ServiceError } from '@grpc/grpc-js'
import { err, ok, type Result } from '@zkstack/crypto'
import {
  decodeProof,
  protobuf,
  type ProofEnvelope,
  type ProofError,
  type ProverInput,
} from '@zkstack/pessimistic-proof'
import { unaryCall } from './grpc/unary-call.js'
import {
  decodeFailureDetails,
  decodeProofResponse,
  GENERATE_PROOF,
  PROVER_SERVICE,
  type ProofGenerationFailure,
} from './prover-messages.js'
import { parseProverAddress } from './prover-address.js'
import { clientCredentials, type ClientTls } from './prover-tls.js'
import { RemoteProverError, type RemoteProverErrorCode } from './remote-prover-error.js'

/** What a prover at one address is asked with. */
export interface EndpointOptions {
  readonly maxMessageBytes: number
  /** Where the address does not say: whether it is given. */
  readonly tls: ClientTls | undefined
  readonly compression: 'identity' | 'gzip'
  readonly development: boolean
}

/** What came of asking one prover. */
export type EndpointAnswer =
  | { readonly type: 'proven'; readonly envelope: ProofEnvelope }
  /** The witness proves nothing. */
  | { readonly type: 'refused'; readonly source: ProofError }
  /** `isTransient`: asked again, it may answer. */
  | {
      readonly type: 'failed'
      readonly error: RemoteProverError
      readonly isTransient: boolean
    }

interface CallTimes {
  readonly signal: AbortSignal
  readonly deadline: number
}

const transient: ReadonlySet<status> = new Set([
  status.UNAVAILABLE,
  status.RESOURCE_EXHAUSTED,
  status.ABORTED,
])

const KEEPALIVE_MS = 30_000
const KEEPALIVE_TIMEOUT_MS = 10_000

/** A prover at one address. */
export class ProverEndpoint {
  readonly address: string
  readonly #client: Client
  readonly #development: boolean

  /** @throws RangeError for an address that is none. */
  constructor(address: string, o: EndpointOptions) {
    const parsed = parseProverAddress(address)
    if (parsed === undefined)
      throw new RangeError(`endpoints: expected host:port, https:// or http://, got "${address}"`)
    const { target, isTls = o.tls !== undefined } = parsed
    this.address = address
    this.#development = o.development
    const { serverName } = o.tls ?? {}
    this.#client = new Client(target, clientCredentials(isTls ? (o.tls ?? {}) : undefined), {
      'grpc.max_receive_message_length': o.maxMessageBytes,
      'grpc.max_send_message_length': o.maxMessageBytes,
      'grpc.default_compression_algorithm': compressionAlgorithms[o.compression],
      // A prover that is gone must be noticed while its proof is waited for.
      'grpc.keepalive_time_ms': KEEPALIVE_MS,
      'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
      'grpc.enable_retries': 0,
      'grpc.service_config_disable_resolution': 1,
      ...(serverName === undefined ? {} : { 'grpc.ssl_target_name_override': serverName }),
    })
  }

  async prove(input: ProverInput, request: Uint8Array, o: CallTimes): Promise<EndpointAnswer> {
    const answer = await unaryCall(this.#client, GENERATE_PROOF, request, o)
    if (!answer.ok) return this.#failure(answer.error)
    const response = decodeProofResponse(answer.value)
    const file = response.ok ? decodeProof(response.value) : response
    if (!file.ok) {
      const { field, message } = file.error
      return this.#failed('PROVER_BAD_ANSWER', `no proof can be read: ${field} ${message}`)
    }
    const { proof, publicValues, vkey } = file.value
    if (proof.length > 0)
      return { type: 'proven', envelope: { type: 'sp1', publicValues, proof, vkey } }
    return this.#development
      ? { type: 'proven', envelope: { type: 'native', publicValues, witness: input } }
      : this.#failed('PROVER_BAD_ANSWER', 'a mock proof, which proves nothing')
  }

  /** Whether the prover says that it answers. */
  async check(o: CallTimes): Promise<Result<boolean, RemoteProverError>> {
    const asked = healthRequest.encode({ service: PROVER_SERVICE })
    const answer = await unaryCall(this.#client, '/grpc.health.v1.Health/Check', asked, o)
    if (!answer.ok) return err(errorOfStatus(answer.error, this.address))
    const read = protobuf.decodeMessage(healthResponse, answer.value)
    return read.ok
      ? ok(read.value.status === 1)
      : err(new RemoteProverError('PROVER_BAD_ANSWER', read.error.message, this.address))
  }

  close(): void {
    this.#client.close()
  }

  #failure(error: ServiceError): EndpointAnswer {
    const failure = failureIn(error)
    if (failure?.type === 'ExecutorFailed' && isCurrent(failure.source))
      return { type: 'refused', source: failure.source }
    const isTransient = transient.has(error.code)
    return { type: 'failed', error: errorOfStatus(error, this.address), isTransient }
  }

  #failed(code: RemoteProverErrorCode, message: string): EndpointAnswer {
    const error = new RemoteProverError(code, message, this.address)
    return { type: 'failed', error, isTransient: false }
  }
}

const healthRequest = protobuf.message({ service: protobuf.string(1) })
const healthResponse = protobuf.message({ status: protobuf.uint32(1) })

function errorOfStatus({ code, details }: ServiceError, address: string): RemoteProverError {
  const name = status[code] ?? String(code)
  return new RemoteProverError(codeOf(code), `${name}: ${details}`, address)
}

function codeOf(code: status): RemoteProverErrorCode {
  // Who is cancelled without having asked for it has lost its prover.
  if (transient.has(code) || code === status.CANCELLED) return 'PROVER_UNAVAILABLE'
  return code === status.DEADLINE_EXCEEDED ? 'PROVER_TIMEOUT' : 'PROVER_FAILED'
}

/** What the prover says in the details of its status; only these errors are the witness's, and not the prover's. */
function failureIn({ code, metadata }: ServiceError): ProofGenerationFailure | undefined {
  if (code !== status.INVALID_ARGUMENT) return undefined
  const [details] = metadata.get('grpc-status-details-bin')
  if (details === undefined || typeof details === 'string') return undefined
  const failure = decodeFailureDetails(details)
  return failure.ok ? failure.value : undefined
}

const former = new Set([
  'InvalidPreviousLocalExitRoot',
  'InvalidPreviousBalanceRoot',
  'InvalidPreviousNullifierRoot',
  'InvalidNewLocalExitRoot',
  'InvalidNewBalanceRoot',
  'InvalidNewNullifierRoot',
  'InvalidImportedExitsRoot',
  'MismatchImportedExitsRoot',
  'InvalidSigner',
  'Unknown',
])

/** Whether an error is one of this program's; that of another one says nothing about the witness. */
function isCurrent(error: { readonly code: string }): error is ProofError {
  return !former.has(error.code)
}
