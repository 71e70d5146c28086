export { bytesEqual, compareBytes, concatBytes, fromHex, toHex } from './bytes.js'
export { ConcatenatingScheme, type SingleSigner } from './concatenating-scheme.js'
export {
  availableSchemes,
  blsMinPk,
  blsMinSig,
  cryptoBackends,
  ed25519,
  ed25519Scheme,
  loadCryptoBackends,
  signatureScheme,
  type BackendChoice,
  type CryptoBackends,
} from './crypto-backends.js'
export { DecodeError } from './decode-error.js'
export { domains } from './domains.js'
export type { Ed25519 } from './ed25519/node-keys.js'
export { hash32, type Hash32 } from './hash32.js'
export { hashBackend, keccak256, type HashBackend } from './keccak256.js'
export { err, ok, type Result } from './result.js'
export type { SchemeFamily } from './scheme-family.js'
export type {
  AggregatePart,
  PublicKeyHandle,
  SignatureScheme,
  SignedClaim,
} from './signature-scheme.js'
