import type { Hash32 } from '@zkstack/crypto'
import type { Sp1ProofSystem } from './circuits.js'

/** What to verify, and what of it to accept. */
export interface Sp1ProofClaim {
  /** As SP1 and L1 pass it: selector, from v6 on exit code, root and nonce, then the proof. */
  readonly proof: Uint8Array
  /** What the program is said to have committed to. */
  readonly publicValues: Uint8Array
  /** The program's verifying key, 32 bytes. */
  readonly vkey: Uint8Array
  /** Accepts proofs of withdrawn circuits, v4 and older: for old records. Off by default. */
  readonly allowOldCircuits?: boolean
  /** How the program hashed its public values; L1 knows `sha256`, the default, alone. */
  readonly digest?: 'sha256' | 'blake3'
  /** The exit code that must be proven; 0 by default, and before v6 always. */
  readonly expectedExitCode?: bigint
}

/** What an accepted proof proves: the program with this key ran to this exit code and committed to these values. */
export interface Sp1Statement {
  readonly vkey: Hash32
  readonly publicValues: Uint8Array
  /** The digest of the public values that the circuit sees: its top three bits are cleared. */
  readonly publicValuesDigest: Hash32
  readonly system: Sp1ProofSystem
  /** The circuit's version, such as `v6.1.0`. */
  readonly version: string
  readonly selector: string
  /** Stated since v6; an older circuit proves exit code 0 alone. */
  readonly exitCode?: bigint
  /** Chosen by the prover; since v6. */
  readonly proofNonce?: bigint
}
