import { signatureScheme, type SignatureScheme } from '@zkstack/crypto'
import type { CanonicalReader, DecodeOptions } from '../codec/canonical-reader.js'
import { decodeWith } from '../codec/canonical-reader.js'
import { readSchedule } from '../schedule/decode-schedule.js'
import type { Genesis } from './genesis.js'
import { assembleGenesis, PROTOCOL_VERSION } from './genesis.js'

/** Options of {@link decodeGenesis}. */
export interface DecodeGenesisOptions extends DecodeOptions {
  /** Where schemes come from; default: those of the crypto package. */
  readonly schemeOf?: (id: number) => SignatureScheme | undefined
}

function readGenesis(reader: CanonicalReader, options: DecodeGenesisOptions): Genesis {
  const chainId = reader.uint64(5)
  const forkNumber = reader.uint64(6)
  const firstBlock = reader.uint64(7)
  const versionAt = reader.offset
  const version = reader.uint32(8)
  if (version !== PROTOCOL_VERSION) reader.fail('BAD_VERSION', `version ${version}`, versionAt)
  // The scheme comes after the schedule, whose keys only it can judge.
  const body = reader.nextField === 10 ? reader.deferred(10) : undefined
  const schemeAt = reader.offset
  const explicit = reader.nextField === 11 ? reader.uint32(11) : undefined
  if (explicit === 0) reader.fail('EXPLICIT_DEFAULT', 'scheme 0 must be left out', schemeAt)
  const scheme = (options.schemeOf ?? signatureScheme)(explicit ?? 0)
  if (scheme === undefined) reader.fail('UNKNOWN_SCHEME', `scheme ${explicit ?? 0}`, schemeAt)
  const schedule = body === undefined ? undefined : readSchedule(body, scheme)
  body?.finish()
  return assembleGenesis({ chainId, forkNumber, firstBlock }, scheme, schedule, [])
}

/** Inverse of `encodeGenesis`, with no proofs of possession. @throws DecodeError */
export function decodeGenesis(bytes: Uint8Array, options: DecodeGenesisOptions = {}): Genesis {
  return decodeWith((reader) => readGenesis(reader, options), bytes, options)
}
