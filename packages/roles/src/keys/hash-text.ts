import { hash32, ok, type Hash32, type Result } from '@zkstack/crypto'
import type { TextError } from './text-form.js'
import { formatText, parseText } from './text-form.js'

function parseHash(text: string, prefix: string): Result<Hash32, TextError> {
  const bytes = parseText(text, prefix, 32)
  return bytes.ok ? ok(hash32(bytes.value)) : bytes
}

const MSG_HASH = 'validator_msg:keccak256:'
const GENESIS_HASH = 'genesis_hash:keccak256:'
const PAYLOAD_HASH = 'payload:keccak256:'

/** Text of the hash of a message, of either role. */
export function formatMsgHash(hash: Hash32): string {
  return formatText(MSG_HASH, hash)
}

/** Inverse of {@link formatMsgHash}. */
export function parseMsgHash(text: string): Result<Hash32, TextError> {
  return parseHash(text, MSG_HASH)
}

/** Text of the hash of a genesis. */
export function formatGenesisHash(hash: Hash32): string {
  return formatText(GENESIS_HASH, hash)
}

/** Inverse of {@link formatGenesisHash}. */
export function parseGenesisHash(text: string): Result<Hash32, TextError> {
  return parseHash(text, GENESIS_HASH)
}

/** Text of the hash of a payload. */
export function formatPayloadHash(hash: Hash32): string {
  return formatText(PAYLOAD_HASH, hash)
}

/** Inverse of {@link formatPayloadHash}. */
export function parsePayloadHash(text: string): Result<Hash32, TextError> {
  return parseHash(text, PAYLOAD_HASH)
}
