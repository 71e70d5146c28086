import type { Hash32 } from '@zkstack/crypto'
import type { MultisigError, ProofError } from '../../transition/proof-error.js'
import type { Address } from '../../types/address.js'
import type { Bincode } from './bincode.js'
import { globalIndex, tokenInfo } from './bridge-layouts.js'
import { mapped, names, struct, tagged } from './compounds.js'
import { addressBytes, hash, text, u64 } from './elements.js'

interface Declared {
  readonly declared: Hash32
  readonly computed: Hash32
}

/** One member of a union for each code. */
type DeclaredBy<C extends string> = C extends string ? { readonly code: C } & Declared : never

/** Errors that older versions of the program had, and that are still in records and answers. */
export type FormerProofError =
  | DeclaredBy<
      | 'InvalidPreviousLocalExitRoot'
      | 'InvalidPreviousBalanceRoot'
      | 'InvalidPreviousNullifierRoot'
      | 'InvalidNewLocalExitRoot'
      | 'InvalidNewBalanceRoot'
      | 'InvalidNewNullifierRoot'
      | 'InvalidImportedExitsRoot'
    >
  | { readonly code: 'MismatchImportedExitsRoot' }
  | { readonly code: 'InvalidSigner'; readonly declared: Address; readonly recovered: Address }
  | { readonly code: 'Unknown'; readonly message: string }

/** Variants are told apart by `code`, which bincode's compounds call `type`. */
type Typed<T extends { readonly code: string }> = T extends unknown
  ? Omit<T, 'code'> & { readonly type: T['code'] }
  : never

function byCode<T extends { readonly code: string }>(
  layout: Bincode<Typed<T> & { readonly type: string }>,
): Bincode<T> {
  return mapped(
    layout,
    ({ code, ...fields }) => ({ type: code, ...fields }) as unknown as Typed<T>,
    ({ type, ...fields }) => ({ code: type, ...fields }) as unknown as T,
  )
}

const sourceCode = <T extends string>(...codes: readonly T[]): Bincode<{ readonly code: T }> =>
  struct<{ readonly code: T }>({ code: names(...codes) })

const nothing = struct<object>({})
const declared = struct<Declared>({ declared: hash, computed: hash })

const index: Bincode<number> = mapped(u64, BigInt, Number)

const multisigError = byCode<MultisigError>(
  tagged<Typed<MultisigError>>({
    TooManySigners: struct({ num: index, max: index }),
    UnderThreshold: struct({ got: index, expected: u64 }),
    InvalidSignature: struct({ idx: index }),
    InvalidSigner: struct({
      idx: index,
      expectedSigner: addressBytes,
      recoveredSigner: addressBytes,
      commitment: hash,
    }),
  }),
)

const importError = sourceCode(
  'MismatchGlobalIndexInclusionProof',
  'MismatchL1Root',
  'MismatchMER',
  'MismatchRER',
  'InvalidMerklePathLeafToLER',
  'InvalidMerklePathLERToRER',
  'InvalidMerklePathGERToL1Root',
  'InvalidExitNetwork',
)

const exitTreeError = sourceCode(
  'LeafIndexOverflow',
  'IndexOutOfBounds',
  'FrontierIndexOutOfBounds',
)

/**
 * Why there is no pessimistic proof, as provers answer it.
 * @see agglayer crates/pessimistic-proof-core/src/error.rs
 */
export const proofError: Bincode<ProofError | FormerProofError> = byCode(
  tagged<Typed<ProofError | FormerProofError>>({
    InvalidPreviousLocalExitRoot: declared,
    InvalidPreviousBalanceRoot: declared,
    InvalidPreviousNullifierRoot: declared,
    InvalidNewLocalExitRoot: declared,
    InvalidNewBalanceRoot: declared,
    InvalidNewNullifierRoot: declared,
    InvalidImportedBridgeExit: struct({ source: importError, globalIndex }),
    InvalidImportedExitsRoot: declared,
    MismatchImportedExitsRoot: nothing,
    InvalidNullifierPath: nothing,
    InvalidBalancePath: nothing,
    BalanceOverflowInBridgeExit: nothing,
    BalanceUnderflowInBridgeExit: nothing,
    CannotExitToSameNetwork: nothing,
    InvalidMessageOriginNetwork: nothing,
    InvalidL1TokenInfo: struct({ tokenInfo }),
    MissingTokenBalanceProof: struct({ tokenInfo }),
    DuplicateTokenBalanceProof: struct({ tokenInfo }),
    InvalidSignature: nothing,
    InvalidSigner: struct({ declared: addressBytes, recovered: addressBytes }),
    InvalidLocalExitTreeOperation: struct({ source: exitTreeError }),
    Unknown: struct({ message: text }),
    InvalidPreviousPessimisticRoot: struct({ declared: hash, computedV2: hash, computedV3: hash }),
    InconsistentSignedPayload: nothing,
    HeightOverflow: nothing,
    InvalidMultisig: struct({ source: multisigError }),
  }),
)
