import type { Result } from '@zkstack/crypto'
import type { Sp1ProofClaim, Sp1Statement } from './sp1-claim.js'
import type { Sp1Error } from './sp1-error.js'
import { Sp1Verifier } from './sp1-verifier.js'

/**
 * Whether an SP1 proof, Groth16 or PLONK, proves a claim: exactly what the verifier contracts on L1 accept, except that bytes after a
 * Groth16 proof and points at infinity are refused. Pass a {@link Sp1Verifier} that is kept to read each circuit's key once, not every time.
 *
 * A Groth16 proof can be altered into another valid one, so that a proof's bytes identify nothing.
 * @throws RangeError when `vkey` is not 32 bytes long.
 */
export function verifySp1Proof(
  o: Sp1ProofClaim & { readonly verifier?: Sp1Verifier },
): Result<Sp1Statement, Sp1Error> {
  return (o.verifier ?? new Sp1Verifier()).verify(o)
}
