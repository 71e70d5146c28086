import type { Result } from '@zkstack/crypto'
import {
  bincode,
  contracts,
  layouts,
  protobuf,
  type CodecError,
  type FormerProofError,
  type ProofError,
  type ProverInput,
} from '@zkstack/pessimistic-proof'
import type { FileDescriptor } from './grpc/file-descriptor.js'

/** The service of a prover, as health and reflection name it. */
export const PROVER_SERVICE = 'agglayer.prover.v1.ProofGenerationService'

/** The path of its one method. */
export const GENERATE_PROOF = `/${PROVER_SERVICE}/GenerateProof`

/** What is proven may take as many bytes, as its answer may: 4 MiB. */
export const MAX_MESSAGE_BYTES = 4 * 1024 * 1024

const request = protobuf.message({
  initialState: protobuf.bytes(1),
  batchHeader: protobuf.bytes(2),
})
const response = protobuf.message({ proof: protobuf.bytes(1) })
const details = protobuf.message({ error: protobuf.bytes(1) })

/** `agglayer.prover.v1` */
export const proverFile: FileDescriptor = {
  name: 'agglayer/prover/v1/proof_generation.proto',
  package: 'agglayer.prover.v1',
  messages: [
    {
      name: 'ProofGenerationRequest',
      fields: [
        { name: 'initial_state', number: 1, type: 'bytes' },
        { name: 'batch_header', number: 2, type: 'bytes' },
      ],
    },
    {
      name: 'ProofGenerationResponse',
      fields: [{ name: 'proof', number: 1, type: 'bytes' }],
    },
    {
      name: 'ProofGenerationError',
      fields: [{ name: 'error', number: 1, type: 'bytes' }],
    },
  ],
  service: {
    name: 'ProofGenerationService',
    methods: [
      {
        name: 'GenerateProof',
        input: '.agglayer.prover.v1.ProofGenerationRequest',
        output: '.agglayer.prover.v1.ProofGenerationResponse',
      },
    ],
  },
}

/** `ProofGenerationRequest`: state and header, each in big-endian bincode. */
export function encodeProofRequest({ state, header }: ProverInput): Uint8Array {
  return request.encode({
    initialState: contracts.encode(layouts.networkState, state),
    batchHeader: contracts.encode(layouts.multiBatchHeader, header),
  })
}

/** Reads what {@link encodeProofRequest} writes; the error's field says which of both is wrong, and where. */
export function decodeProofRequest(bytes: Uint8Array): Result<ProverInput, CodecError> {
  const message = protobuf.decodeMessage(request, bytes)
  if (!message.ok) return message
  const state = contracts.decode(layouts.networkState, message.value.initialState)
  if (!state.ok) return inField('initial_state', state)
  const header = contracts.decode(layouts.multiBatchHeader, message.value.batchHeader)
  if (!header.ok) return inField('batch_header', header)
  return { ok: true, value: { state: state.value, header: header.value } }
}

function inField(
  name: string,
  { error }: { readonly error: CodecError },
): Result<never, CodecError> {
  const field = error.field === '' ? name : `${name}.${error.field}`
  return { ok: false, error: { ...error, field } }
}

/** `ProofGenerationResponse` around a proof that is encoded already. */
export function encodeProofResponse(proof: Uint8Array): Uint8Array {
  return response.encode({ proof })
}

/** The encoded proof in a `ProofGenerationResponse`. */
export function decodeProofResponse(bytes: Uint8Array): Result<Uint8Array, CodecError> {
  const message = protobuf.decodeMessage(response, bytes)
  return message.ok ? { ok: true, value: message.value.proof } : message
}

type Saying<T extends string> = T extends string
  ? { readonly type: T; readonly message: string }
  : never

/** Why a proof does not verify, with what SP1 says of it. */
export type ProofVerificationFailure =
  | Saying<'VersionMismatch' | 'Core' | 'Recursion' | 'Plonk' | 'Groth16'>
  | { readonly type: 'InvalidPublicValues' }

/**
 * Why a prover has no proof, under upstream's names.
 * @see agglayer crates/agglayer-prover-types/src/lib.rs (`Error`)
 */
export type ProofGenerationFailure =
  | { readonly type: 'UnableToExecuteProver' }
  | { readonly type: 'ProverFailed'; readonly message: string }
  | { readonly type: 'ProofVerificationFailed'; readonly source: ProofVerificationFailure }
  /** The witness proves nothing. */
  | { readonly type: 'ExecutorFailed'; readonly source: ProofError | FormerProofError }

const message = bincode.struct<{ readonly message: string }>({ message: bincode.text })

const failure: bincode.Bincode<ProofGenerationFailure> = bincode.tagged<ProofGenerationFailure>({
  UnableToExecuteProver: bincode.struct<object>({}),
  ProverFailed: message,
  ProofVerificationFailed: bincode.struct<{ readonly source: ProofVerificationFailure }>({
    source: bincode.tagged<ProofVerificationFailure>({
      VersionMismatch: message,
      Core: message,
      Recursion: message,
      Plonk: message,
      Groth16: message,
      InvalidPublicValues: bincode.struct<object>({}),
    }),
  }),
  ExecutorFailed: bincode.struct<{ readonly source: ProofError | FormerProofError }>({
    source: layouts.proofError,
  }),
})

/** The status details of a failure: `ProofGenerationError`. */
export function encodeFailureDetails(value: ProofGenerationFailure): Uint8Array {
  return details.encode({ error: contracts.encode(failure, value) })
}

/**
 * The failure in status details, within `ProofGenerationError` or, as some of upstream's provers send it, without. No message
 * begins with the zero byte that every encoded failure begins with, so that both are told apart.
 */
export function decodeFailureDetails(
  bytes: Uint8Array,
): Result<ProofGenerationFailure, CodecError> {
  if (bytes[0] === 0) return contracts.decode(failure, bytes)
  const message = protobuf.decodeMessage(details, bytes)
  return message.ok ? contracts.decode(failure, message.value.error) : message
}
