export type { BackendFamily } from './backend-family.js'
export type { Bn254, Bn254G1, Bn254G2, Bn254Lines, Bn254Pair, Bn254Term } from './bn254/bn254.js'
export { bn254Order } from './bn254/encoding.js'
export { bytesEqual, compareBytes, concatBytes, fromHex, toHex } from './bytes.js'
export { ConcatenatingScheme, type SingleSigner } from './concatenating-scheme.js'
export {
  availableSchemes,
  blsMinPk,
  blsMinSig,
  bn254,
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
export {
  hashBackend,
  keccak256,
  keccakStream,
  type HashBackend,
  type KeccakStream,
} from './keccak256.js'
export { err, ok, type Result } from './result.js'
export type { SchemeFamily } from './scheme-family.js'
export type {
  AggregatePart,
  PublicKeyHandle,
  SignatureScheme,
  SignedClaim,
} from './signature-scheme.js'
export { verifyBySteps } from './verify-by-steps.js'
export type { AggregateCheck, HashedBytes } from './workers/aggregate-check.js'
export {
  SignatureWorkers,
  type CheckOptions,
  type SignatureWorkersInit,
} from './signature-workers.js'
export type { WorkerPort } from './workers/worker-port.js'
