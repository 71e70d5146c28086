import type {
  AggchainData,
  AggchainProof,
  Multisig,
  Sp1StarkProof,
} from '../../types/aggchain-data.js'
import type { EcdsaSignature } from '../../types/ecdsa-signature.js'
import { CodecFailure, within } from '../codec-error.js'
import { aggchainProofPublicValues, ecdsaSignature } from './bridge-json.js'
import { list, mapped, membersOf, names, nullable, struct, tagged, type Json } from './json.js'
import type { JsonObject, JsonValue } from './json-value.js'
import { byteNumbers, hash, text } from './scalars.js'

/** The member that names the variant where the others leave it open; upstream ignores it. */
const TAG = 'aggchain_data_type'

const types = names<AggchainData['type']>(
  'ecdsa',
  'generic',
  'multisigOnly',
  'multisigAndAggchainProof',
)

const starkProof: Json<Sp1StarkProof> = mapped(
  tagged<{ readonly type: 'SP1Stark' } & Sp1StarkProof>({
    SP1Stark: struct<Sp1StarkProof>({ proof: byteNumbers, vkey: byteNumbers, version: text }),
  }),
  (proof) => ({ type: 'SP1Stark', ...proof }),
  ({ type: _, ...proof }) => proof,
)

const proofMembers = {
  proof: starkProof,
  aggchainParams: hash,
  publicValues: nullable(aggchainProofPublicValues),
}
const aggchainProof = struct<AggchainProof>(proofMembers)
const multisig: Json<Multisig> = list(nullable(ecdsaSignature))

/** A generic proof's members stand beside its signature. */
const generic = struct<AggchainProof & { readonly signature: EcdsaSignature | undefined }>({
  ...proofMembers,
  signature: nullable(ecdsaSignature),
})

/**
 * The members of a certificate that hold its aggchain data.
 *
 * Upstream has no tag and takes the first variant that fits, in the order ECDSA, generic, multisig, multisig with
 * aggchain proof. Under these rules a generic proof with a signature is read as ECDSA, and a multisig with a proof as
 * one without: where that happens, a tag is written.
 */
export const aggchainData: Json<AggchainData> = {
  write(data) {
    const members = writeVariant(data)
    if (guessType(members) !== data.type) members.set(TAG, types.write(data.type))
    return members
  },
  read(value) {
    const members = membersOf(value)
    const tag = members.get(TAG)
    const type = tag === undefined ? guessType(members) : within(TAG, () => types.read(tag))
    return readVariant(type, members)
  },
}

function writeVariant(data: AggchainData): Map<string, JsonValue> {
  switch (data.type) {
    case 'ecdsa':
      return new Map([['signature', ecdsaSignature.write(data.signature)]])
    case 'multisigOnly':
      return new Map([['multisig', multisig.write(data.multisig)]])
    case 'generic': {
      const { signature, aggchainProof: proof } = data
      return new Map(membersOf(generic.write({ ...proof, signature })))
    }
    case 'multisigAndAggchainProof':
      return new Map([
        ['multisig', multisig.write(data.multisig)],
        ['aggchain_proof', aggchainProof.write(data.aggchainProof)],
      ])
  }
}

/** The variant that upstream finds. */
function guessType(members: JsonObject): AggchainData['type'] {
  if ((members.get('signature') ?? null) !== null) return 'ecdsa'
  if (members.has('proof') && members.has('aggchain_params')) return 'generic'
  if (members.has('multisig')) return 'multisigOnly'
  throw new CodecFailure('MISSING_FIELD', 'there is no signature, proof or multisig')
}

function readVariant(type: AggchainData['type'], members: JsonObject): AggchainData {
  switch (type) {
    case 'ecdsa':
      return { type, ...struct({ signature: ecdsaSignature }).read(members) }
    case 'multisigOnly':
      return { type, ...struct({ multisig }).read(members) }
    case 'generic': {
      const { signature, ...proof } = generic.read(members)
      return { type, aggchainProof: proof, signature }
    }
    case 'multisigAndAggchainProof':
      return { type, ...struct({ multisig, aggchainProof }).read(members) }
  }
}
