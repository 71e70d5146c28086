import { keccak256, type Result } from '@zkstack/crypto'
import type { BridgeExit } from '../../types/bridge-exit.js'
import { CodecFailure, decoded, within, type CodecError } from '../codec-error.js'
import { itemsOf, membersOf, textOf, type Json } from './json.js'
import type { JsonObject } from './json-value.js'
import { parseJson } from './parse-json.js'
import { addressHex, u256, u32, u8 } from './scalars.js'

/** A deposit event of the bridge contract. */
export interface Withdrawal {
  readonly bridgeExit: BridgeExit
  /** Index of its leaf in the exit tree: an unsigned 32-bit number. */
  readonly depositCount: number
}

/**
 * Reads a list of deposit events as Agglayer's tools write them: names in camel case, amounts as numbers of any size,
 * raw metadata in base64.
 */
export function parseWithdrawals(text: string): Result<readonly Withdrawal[], CodecError> {
  return decoded(() =>
    itemsOf(parseJson(text)).map((item, index) =>
      within(index, () => readWithdrawal(membersOf(item))),
    ),
  )
}

function readWithdrawal(members: JsonObject): Withdrawal {
  const member = <T>(name: string, read: Json<T>['read']): T =>
    within(name, () => {
      const value = members.get(name)
      if (value !== undefined) return read(value)
      throw new CodecFailure('MISSING_FIELD', 'the field is missing')
    })
  const leafType = member('leafType', (value) => {
    const type = u8.read(value)
    if (type > 1) throw new CodecFailure('BAD_VARIANT', `${type} is no leaf type`)
    return type === 1 ? 'message' : 'transfer'
  })
  return {
    bridgeExit: {
      leafType,
      tokenInfo: {
        originNetwork: member('originNetwork', u32.read),
        originTokenAddress: member('originAddress', addressHex.read),
      },
      destNetwork: member('destinationNetwork', u32.read),
      destAddress: member('destinationAddress', addressHex.read),
      amount: member('amount', u256.read),
      metadata: keccak256(member('metadata', (value) => bytesOfBase64(textOf(value)))),
    },
    depositCount: member('depositCount', u32.read),
  }
}

function bytesOfBase64(text: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  } catch {
    throw new CodecFailure('BAD_TEXT', 'expected base64')
  }
}
