import { DecodeError } from '@zkstack/crypto'
import {
  decodeEvidence,
  formatValidatorPublicKey,
  verifyEvidence,
  type Genesis,
} from '@zkstack/executor'
import { viewOf, type EpochChain, type EpochScope } from '@zkstack/roles'

/** What a file says, and whether it proves it. */
export type Judgement =
  | {
      readonly proven: true
      readonly conflict: string
      /** Index in the committee. */
      readonly validator: number
      readonly key: string
      /** Decimal. */
      readonly epoch: string
      readonly view: string
    }
  | { readonly proven: false; readonly code: string }

/** @param chain the committees, where the genesis names none. */
export function judgeEvidence(
  bytes: Uint8Array,
  genesis: Genesis,
  chain: EpochChain | undefined,
): Judgement {
  const scope = chain === undefined ? genesis : scopeIn(chain, epochOf(bytes, genesis))
  if (scope === undefined) return { proven: false, code: 'UNKNOWN_EPOCH' }
  const verdict = verifyEvidence(bytes, scope)
  if (!verdict.ok) return { proven: false, code: verdict.error.code }
  const { validator, key, conflict, view } = verdict.value
  return {
    proven: true,
    conflict,
    validator,
    key: formatValidatorPublicKey(key, genesis.scheme),
    epoch: verdict.value.epoch.toString(),
    view: view.toString(),
  }
}

/** Bytes that are no evidence are none of any epoch. */
function scopeIn(chain: EpochChain, epoch: bigint | undefined): EpochScope | undefined {
  return epoch === undefined ? chain.newest : chain.scopeOf(epoch)
}

/** The epoch that evidence is of; undefined for bytes that are none. */
export function epochOf(bytes: Uint8Array, { scheme }: Genesis): bigint | undefined {
  try {
    return viewOf(decodeEvidence(bytes, scheme).first.msg).epoch
  } catch (e) {
    if (e instanceof DecodeError) return undefined
    throw e
  }
}
