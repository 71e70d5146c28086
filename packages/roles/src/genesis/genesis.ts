import type { Hash32, Result, SignatureScheme } from '@zkstack/crypto'
import { bytesEqual, err, keccak256, ok, signatureScheme } from '@zkstack/crypto'
import { uint64Max } from '../codec/varint.js'
import { Schedule } from '../schedule/schedule.js'
import type { ScheduleError, ScheduleSpec } from '../schedule/schedule-spec.js'
import { encodeGenesisFields } from './encode-genesis.js'

/** The only version of the protocol. */
export const PROTOCOL_VERSION = 2

/** What a chain begins with. Two geneses are the same iff their hashes are equal. */
export interface Genesis {
  readonly chainId: bigint
  /** Counts the hard forks of the chain. */
  readonly forkNumber: bigint
  /** Number of the first block that consensus decides; blocks below it are pre-genesis. */
  readonly firstBlock: bigint
  readonly protocolVersion: typeof PROTOCOL_VERSION
  /** The validators for ever; `undefined`: the execution layer names those of each epoch. */
  readonly schedule: Schedule | undefined
  /** Id of the signature scheme: 0 = BLS min-sig, 1 = BLS min-pk, 2 = Ed25519. */
  readonly signatureScheme: number
  readonly scheme: SignatureScheme
  /** keccak256 of the canonical bytes. */
  readonly hash: Hash32
  /** By validator index, an empty one where it is missing; none at all: an empty list. Not part of the hash. */
  readonly proofsOfPossession: readonly Uint8Array[]
}

/** What a genesis is made of. */
export interface GenesisSpec {
  readonly chainId: bigint
  readonly forkNumber: bigint
  readonly firstBlock: bigint
  /** Absent: the execution layer names the validators of each epoch. */
  readonly schedule?: ScheduleSpec | undefined
  /** Parallel to `schedule.validators` as given here. */
  readonly proofsOfPossession?: readonly Uint8Array[] | undefined
  /** Default: BLS min-sig, 0. */
  readonly signatureScheme?: number | undefined
  /** The scheme itself, for one that is not in the registry or for a certain backend; its id overrides `signatureScheme`. */
  readonly scheme?: SignatureScheme | undefined
}

/** Why there is no such genesis. */
export type GenesisError =
  | { readonly code: 'UNKNOWN_SCHEME'; readonly id: number }
  | {
      readonly code: 'OUT_OF_RANGE'
      readonly field: 'chainId' | 'forkNumber' | 'firstBlock'
    }
  | { readonly code: 'BAD_SCHEDULE'; readonly cause: ScheduleError }
  /** The list of proofs is not as long as that of the validators. */
  | { readonly code: 'PROOFS_MISMATCH'; readonly got: number; readonly want: number }

/** Makes a genesis. Proofs of possession are attached, not verified: see `verifyProofsOfPossession`. */
export function createGenesis(spec: GenesisSpec): Result<Genesis, GenesisError> {
  const id = spec.scheme?.id ?? spec.signatureScheme ?? 0
  const scheme = spec.scheme ?? signatureScheme(id)
  if (scheme === undefined) return err({ code: 'UNKNOWN_SCHEME', id })
  for (const field of ['chainId', 'forkNumber', 'firstBlock'] as const) {
    if (spec[field] < 0n || spec[field] > uint64Max) return err({ code: 'OUT_OF_RANGE', field })
  }
  if (spec.schedule === undefined) return ok(assembleGenesis(spec, scheme, undefined, []))
  const schedule = Schedule.create({ ...spec.schedule, scheme })
  if (!schedule.ok) return err({ code: 'BAD_SCHEDULE', cause: schedule.error })
  const { validators } = spec.schedule
  const given = spec.proofsOfPossession ?? []
  if (given.length !== 0 && given.length !== validators.length) {
    return err({ code: 'PROOFS_MISMATCH', got: given.length, want: validators.length })
  }
  const proofs =
    given.length === 0
      ? []
      : schedule.value.validators.map(({ key }) =>
          Uint8Array.from(given[validators.findIndex((v) => bytesEqual(v.key, key))] ?? []),
        )
  return ok(assembleGenesis(spec, scheme, schedule.value, proofs))
}

/** Joins checked parts. */
export function assembleGenesis(
  numbers: Pick<Genesis, 'chainId' | 'forkNumber' | 'firstBlock'>,
  scheme: SignatureScheme,
  schedule: Schedule | undefined,
  proofsOfPossession: readonly Uint8Array[],
): Genesis {
  const { chainId, forkNumber, firstBlock } = numbers
  const fields = {
    chainId,
    forkNumber,
    firstBlock,
    protocolVersion: PROTOCOL_VERSION,
    schedule,
    signatureScheme: scheme.id,
  } as const
  return { ...fields, scheme, hash: keccak256(encodeGenesisFields(fields)), proofsOfPossession }
}

/** Whether two geneses begin the same chain. */
export function sameGenesis(a: Genesis, b: Genesis): boolean {
  return bytesEqual(a.hash, b.hash)
}
