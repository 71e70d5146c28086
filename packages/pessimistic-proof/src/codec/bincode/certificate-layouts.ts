import type {
  AggchainData,
  AggchainProof,
  AggchainProofPublicValues,
  Multisig,
  Sp1StarkProof,
} from '../../types/aggchain-data.js'
import type { Certificate } from '../../types/certificate.js'
import type { EcdsaSignature } from '../../types/ecdsa-signature.js'
import { CodecFailure } from '../codec-error.js'
import type { Bincode } from './bincode.js'
import {
  aggchainProofPublicValues,
  bridgeExit,
  ecdsaSignature,
  importedBridgeExit,
} from './bridge-layouts.js'
import { list, mapped, option, struct, tagged, type Untagged } from './compounds.js'
import { byteString, hash, text, u32, u64, u8 } from './elements.js'

/** The byte that every stored certificate starts with. */
function version(expected: number): Bincode<number> {
  return {
    ...u8,
    read(reader) {
      const found = reader.u8()
      if (found === expected) return found
      throw new CodecFailure('BAD_VARIANT', `expected version ${expected}, got ${found}`)
    },
  }
}

/** A network id in three big-endian bytes: the version takes the first of its four. */
const networkIdV0: Bincode<number> = {
  minBytes: 3,
  write(writer, value) {
    if (value >= 2 ** 24) throw new RangeError(`networkId: version 0 has no room for ${value}`)
    for (const shift of [16, 8, 0]) writer.u8((value >>> shift) & 0xff)
  },
  read: (reader) => (reader.u8() << 16) | (reader.u8() << 8) | reader.u8(),
}

type CertificateV0 = Omit<
  Certificate,
  'aggchainData' | 'customChainData' | 'l1InfoTreeLeafCount'
> & { readonly version: number; readonly signature: EcdsaSignature }

/** A stored certificate of before multisigs; only those with one signature and nothing newer can be written. */
export const certificateV0: Bincode<Certificate> = mapped(
  struct<CertificateV0>({
    version: version(0),
    networkId: networkIdV0,
    height: u64,
    prevLocalExitRoot: hash,
    newLocalExitRoot: hash,
    bridgeExits: list(bridgeExit),
    importedBridgeExits: list(importedBridgeExit),
    signature: ecdsaSignature,
    metadata: hash,
  }),
  ({ aggchainData, customChainData, l1InfoTreeLeafCount, ...rest }) => {
    const isNewer = customChainData.length > 0 || l1InfoTreeLeafCount !== undefined
    if (aggchainData.type !== 'ecdsa' || isNewer) {
      throw new RangeError('certificate: version 0 holds one signature and nothing newer')
    }
    return { version: 0, ...rest, signature: aggchainData.signature }
  },
  ({ version: _, signature, ...rest }) => ({
    ...rest,
    aggchainData: { type: 'ecdsa', signature },
    customChainData: new Uint8Array(),
    l1InfoTreeLeafCount: undefined,
  }),
)

const sp1Stark = struct<Sp1StarkProof>({ proof: byteString, vkey: byteString, version: text })

/** SP1 is the only proof system, and its number is 0. */
const starkProof: Bincode<Sp1StarkProof> = mapped(
  tagged<{ readonly type: 'sp1Stark' } & Sp1StarkProof>({ sp1Stark }),
  (proof) => ({ type: 'sp1Stark', ...proof }),
  ({ type: _, ...proof }) => proof,
)

type ProofAndParams = Pick<AggchainProof, 'proof' | 'aggchainParams'>

/** The variants of the storage format, which writes an absent value by leaving it out of a variant of its own. */
type AggchainDataV1 =
  | Extract<AggchainData, { readonly type: 'ecdsa' | 'multisigOnly' }>
  | ({ readonly type: 'genericNoSignature' } & ProofAndParams)
  | ({
      readonly type: 'genericWithSignature'
      readonly signature: EcdsaSignature
    } & ProofAndParams)
  | ({
      readonly type: 'genericWithPublicValues'
      readonly signature: EcdsaSignature | undefined
      readonly publicValues: AggchainProofPublicValues
    } & ProofAndParams)
  | ({ readonly type: 'multisigAndAggchainProof'; readonly multisig: Multisig } & AggchainProof)

const proofAndParams = { proof: starkProof, aggchainParams: hash }
const multisig = list(option(ecdsaSignature))

const variantsV1 = tagged<AggchainDataV1>({
  ecdsa: struct({ signature: ecdsaSignature }),
  genericNoSignature: struct<ProofAndParams>(proofAndParams),
  genericWithSignature: struct<Untagged<AggchainDataV1, 'genericWithSignature'>>({
    ...proofAndParams,
    signature: ecdsaSignature,
  }),
  genericWithPublicValues: struct<Untagged<AggchainDataV1, 'genericWithPublicValues'>>({
    ...proofAndParams,
    signature: option(ecdsaSignature),
    publicValues: aggchainProofPublicValues,
  }),
  multisigOnly: struct({ multisig }),
  multisigAndAggchainProof: struct<Untagged<AggchainDataV1, 'multisigAndAggchainProof'>>({
    multisig,
    ...proofAndParams,
    publicValues: option(aggchainProofPublicValues),
  }),
})

function toVariantV1(data: AggchainData): AggchainDataV1 {
  switch (data.type) {
    case 'ecdsa':
    case 'multisigOnly':
      return data
    case 'multisigAndAggchainProof':
      return { type: data.type, multisig: data.multisig, ...data.aggchainProof }
    case 'generic': {
      const { signature } = data
      const { publicValues, ...rest } = data.aggchainProof
      if (publicValues !== undefined) {
        return { type: 'genericWithPublicValues', ...rest, signature, publicValues }
      }
      if (signature !== undefined) return { type: 'genericWithSignature', ...rest, signature }
      return { type: 'genericNoSignature', ...rest }
    }
  }
}

function fromVariantV1(data: AggchainDataV1): AggchainData {
  switch (data.type) {
    case 'ecdsa':
    case 'multisigOnly':
      return data
    case 'multisigAndAggchainProof': {
      const { type, multisig, ...aggchainProof } = data
      return { type, multisig, aggchainProof }
    }
    default: {
      const { proof, aggchainParams } = data
      const signature = 'signature' in data ? data.signature : undefined
      const publicValues = 'publicValues' in data ? data.publicValues : undefined
      return { type: 'generic', aggchainProof: { proof, aggchainParams, publicValues }, signature }
    }
  }
}

/** How a certificate's aggchain data is stored; the layout of {@link certificateV1}. */
export const aggchainDataV1: Bincode<AggchainData> = mapped(variantsV1, toVariantV1, fromVariantV1)

type CertificateV1 = Certificate & { readonly version: number }

/** A stored certificate with any aggchain data. */
export const certificateV1: Bincode<Certificate> = mapped(
  struct<CertificateV1>({
    version: version(1),
    networkId: u32,
    height: u64,
    prevLocalExitRoot: hash,
    newLocalExitRoot: hash,
    bridgeExits: list(bridgeExit),
    importedBridgeExits: list(importedBridgeExit),
    aggchainData: aggchainDataV1,
    metadata: hash,
    customChainData: byteString,
    l1InfoTreeLeafCount: option(u32),
  }),
  (certificate) => ({ version: 1, ...certificate }),
  ({ version: _, ...certificate }) => certificate,
)
