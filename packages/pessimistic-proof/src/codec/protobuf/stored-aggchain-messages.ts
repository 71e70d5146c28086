import type {
  AggchainData,
  AggchainProof,
  AggchainProofPublicValues,
  Multisig,
  Sp1StarkProof,
} from '../../types/aggchain-data.js'
import type { EcdsaSignature } from '../../types/ecdsa-signature.js'
import { CodecFailure } from '../codec-error.js'
import {
  mapped,
  message,
  oneof,
  optional,
  repeated,
  required,
  type Field,
  type Message,
} from './message.js'
import { bytes, ecdsaSignature, hash, string, uint32 } from './scalars.js'

/** An enum of which only one value is possible. */
function constant(number: number, expected: number): Field<undefined> {
  return {
    numbers: [number],
    write: (writer) => writer.varint(number, BigInt(expected)),
    read(fields) {
      const found = uint32(number).read(fields)
      if (found !== expected) {
        throw new CodecFailure('BAD_VARIANT', `expected ${expected}, got ${found}`)
      }
      return undefined
    },
  }
}

type StoredProof = Sp1StarkProof & { readonly proofSystem: undefined; readonly mode: undefined }

const proof: Message<Sp1StarkProof> = mapped(
  message<StoredProof>({
    proofSystem: constant(1, 1), // SP1
    version: string(2),
    mode: constant(3, 1), // compressed
    proof: bytes(4),
    vkey: bytes(5),
  }),
  (stark) => ({ ...stark, proofSystem: undefined, mode: undefined }),
  ({ proofSystem: _, mode: __, ...stark }) => stark,
)

const publicValues = message<AggchainProofPublicValues>({
  prevLocalExitRoot: required(1, hash),
  newLocalExitRoot: required(2, hash),
  l1InfoRoot: required(3, hash),
  originNetwork: uint32(4),
  commitImportedBridgeExits: required(5, hash),
  aggchainParams: required(6, hash),
})

const multisig: Message<Multisig> = mapped(
  message<{ readonly signatures: readonly { readonly signature: EcdsaSignature | undefined }[] }>({
    signatures: repeated(
      1,
      message<{ readonly signature: EcdsaSignature | undefined }>({
        signature: optional(1, ecdsaSignature),
      }),
    ),
  }),
  (signatures) => ({ signatures: signatures.map((signature) => ({ signature })) }),
  ({ signatures }) => signatures.map(({ signature }) => signature),
)

type Variant<K extends AggchainData['type']> = Extract<AggchainData, { readonly type: K }>

const generic: Message<Variant<'generic'>> = mapped(
  message<AggchainProof & Pick<Variant<'generic'>, 'signature'>>({
    proof: required(1, proof),
    aggchainParams: required(2, hash),
    signature: optional(3, ecdsaSignature),
    publicValues: optional(4, publicValues),
  }),
  ({ signature, aggchainProof }) => ({ ...aggchainProof, signature }),
  ({ signature, ...aggchainProof }) => ({ type: 'generic', aggchainProof, signature }),
)

const multisigOnly: Message<Variant<'multisigOnly'>> = mapped(
  message<{ readonly multisig: Multisig }>({ multisig: required(1, multisig) }),
  (data) => data,
  (body) => ({ type: 'multisigOnly', ...body }),
)

const multisigAndAggchainProof: Message<Variant<'multisigAndAggchainProof'>> = mapped(
  message<AggchainProof & { readonly multisig: Multisig }>({
    multisig: required(1, multisig),
    proof: required(2, proof),
    aggchainParams: required(3, hash),
    publicValues: optional(4, publicValues),
  }),
  ({ multisig: signatures, aggchainProof }) => ({ ...aggchainProof, multisig: signatures }),
  ({ multisig: signatures, ...aggchainProof }) => ({
    type: 'multisigAndAggchainProof',
    multisig: signatures,
    aggchainProof,
  }),
)

/** `AggchainData` as stored. */
export const storedAggchainData: Message<AggchainData> = mapped(
  message<{ readonly data: AggchainData }>({
    data: oneof<AggchainData>({
      ecdsa: required(
        1,
        mapped(
          ecdsaSignature,
          ({ signature }: Variant<'ecdsa'>) => signature,
          (signature) => ({ type: 'ecdsa', signature }),
        ),
      ),
      generic: required(2, generic),
      multisigOnly: required(3, multisigOnly),
      multisigAndAggchainProof: required(4, multisigAndAggchainProof),
    }),
  }),
  (data) => ({ data }),
  ({ data }) => data,
)
