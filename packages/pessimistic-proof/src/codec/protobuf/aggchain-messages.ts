import type {
  AggchainData,
  AggchainProof,
  AggchainProofPublicValues,
  Multisig,
  Sp1StarkProof,
} from '../../types/aggchain-data.js'
import type { EcdsaSignature } from '../../types/ecdsa-signature.js'
import { sp1Compatible, type Bincode } from '../bincode/bincode.js'
import { aggchainProofPublicValues } from '../bincode/bridge-layouts.js'
import { option, struct } from '../bincode/compounds.js'
import { CodecFailure, within } from '../codec-error.js'
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

/** The most signers of a multisig that a message may speak of, as upstream. */
export const MAX_SIGNERS = 1024

const sp1Stark: Message<Sp1StarkProof> = message<Sp1StarkProof>({
  version: string(1),
  proof: bytes(2),
  vkey: bytes(3),
})

interface ContextEntry {
  readonly key: string
  readonly value: Uint8Array
}

const contextEntries = repeated(3, message<ContextEntry>({ key: string(1), value: bytes(2) }))

/** The one entry of a proof's context that is known, in bincode; others are ignored. */
function publicValuesInContext<T>(layout: Bincode<T>): Field<T | undefined> {
  return {
    numbers: contextEntries.numbers,
    write(writer, value) {
      if (value === undefined) return
      const encoded = sp1Compatible.encode(layout, value)
      contextEntries.write(writer, [{ key: 'public_values', value: encoded }])
    },
    read(fields) {
      const [entry, ...others] = contextEntries
        .read(fields)
        .filter(({ key }) => key === 'public_values')
      if (entry === undefined) return undefined
      if (others.length > 0) throw new CodecFailure('DUPLICATE_FIELD', 'the key stands twice')
      const values = sp1Compatible.decode(layout, entry.value)
      if (values.ok) return values.value
      const { code, field, message: reason } = values.error
      throw new CodecFailure(code, field === '' ? reason : `${field}: ${reason}`)
    },
  }
}

const starkProof = required(4, sp1Stark)

const aggchainProof: Message<AggchainProof> = message<AggchainProof>({
  aggchainParams: required(1, hash),
  publicValues: publicValuesInContext(aggchainProofPublicValues),
  proof: starkProof,
})

type Variant<K extends AggchainData['type']> = Extract<AggchainData, { readonly type: K }>

interface GenericMessage extends Omit<AggchainProof, 'publicValues'> {
  readonly signature: EcdsaSignature | undefined
  readonly context: { readonly publicValues: AggchainProofPublicValues | undefined } | undefined
}

const generic: Message<Variant<'generic'>> = mapped(
  message<GenericMessage>({
    aggchainParams: required(1, hash),
    signature: optional(2, ecdsaSignature),
    // The entry is always written, and holds an option.
    context: publicValuesInContext(struct({ publicValues: option(aggchainProofPublicValues) })),
    proof: starkProof,
  }),
  ({ signature, aggchainProof: { publicValues, ...proof } }) => ({
    ...proof,
    signature,
    context: { publicValues },
  }),
  ({ signature, context, ...proof }) => ({
    type: 'generic',
    aggchainProof: { ...proof, publicValues: context?.publicValues },
    signature,
  }),
)

interface MultisigEntry {
  readonly index: number
  readonly signature: EcdsaSignature | undefined
}

const multisigEntry = message<MultisigEntry>({
  index: uint32(1),
  signature: optional(2, ecdsaSignature),
})

const ecdsaMultisig: Message<Multisig> = mapped(
  message<{ readonly signatures: readonly MultisigEntry[] }>({
    signatures: repeated(3, multisigEntry),
  }),
  (multisig) => ({ signatures: multisig.map((signature, index) => ({ index, signature })) }),
  ({ signatures }) => within('signatures', () => placeSignatures(signatures)),
)

/** Entries may be left out and stand in any order; the highest index says how many signers there are. */
function placeSignatures(entries: readonly MultisigEntry[]): Multisig {
  if (entries.length === 0) throw new CodecFailure('MISSING_FIELD', 'there is no entry')
  const signers = entries.reduce((highest, { index }) => Math.max(highest, index + 1), 0)
  if (signers > MAX_SIGNERS) {
    throw new CodecFailure('OUT_OF_RANGE', `${signers} signers are more than ${MAX_SIGNERS}`)
  }
  const placed = new Array<EcdsaSignature | undefined>(signers).fill(undefined)
  entries.forEach(({ index, signature }, position) => {
    if (signature === undefined) return
    if (placed[index] !== undefined) {
      throw new CodecFailure('DUPLICATE_FIELD', `index ${index} stands twice`).inside(position)
    }
    placed[index] = signature
  })
  return placed
}

const multisig: Message<Multisig> = mapped(
  message<{ readonly ecdsa: Multisig }>({ ecdsa: required(1, ecdsaMultisig) }),
  (ecdsa) => ({ ecdsa }),
  ({ ecdsa }) => ecdsa,
)

/** `AggchainData` */
export const aggchainData: Message<AggchainData> = mapped(
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
      multisigOnly: required(
        3,
        mapped(
          multisig,
          (data: Variant<'multisigOnly'>) => data.multisig,
          (signatures) => ({ type: 'multisigOnly', multisig: signatures }),
        ),
      ),
      multisigAndAggchainProof: required(
        4,
        mapped(
          message<Omit<Variant<'multisigAndAggchainProof'>, 'type'>>({
            multisig: required(1, multisig),
            aggchainProof: required(2, aggchainProof),
          }),
          (data: Variant<'multisigAndAggchainProof'>) => data,
          (body) => ({ type: 'multisigAndAggchainProof', ...body }),
        ),
      ),
    }),
  }),
  (data) => ({ data }),
  ({ data }) => data,
)
