export { bytesEqual, compareBytes, concatBytes, fromHex, toHex } from './bytes.js'
export { DecodeError } from './decode-error.js'
export { domains } from './domains.js'
export { hash32, type Hash32 } from './hash32.js'
export { hashBackend, keccak256, type HashBackend } from './keccak256.js'
export { err, ok, type Result } from './result.js'
export type {
  AggregatePart,
  PublicKeyHandle,
  SignatureScheme,
  SignedClaim,
} from './signature-scheme.js'
