import { err, type Result } from '@zkstack/crypto'
import { selectorText } from './circuits.js'
import { pessimisticVKeyRoutes, type PessimisticVKeyRoute } from './pessimistic-routes.js'
import type { Sp1Error } from './sp1-error.js'
import type { Sp1ProofClaim, Sp1Statement } from './sp1-claim.js'
import type { Sp1Verifier } from './sp1-verifier.js'
import { verifySp1Proof } from './verify-sp1-proof.js'

/**
 * Why Agglayer's gateway refuses a proof: its own errors, then those of the verifier that it calls. `RouteIsFrozen` comes from both;
 * from the gateway it has no circuit's version.
 */
export type GatewayError =
  /** No route has the pessimistic selector. */
  { readonly code: 'RouteNotFound'; readonly selector: string } | Sp1Error

const selectorBytes = 4

/**
 * Verifies a proof in the form that Agglayer's gateway contract takes: 4 bytes that select the pessimistic program, then an SP1 proof
 * of that program.
 * @see https://github.com/agglayer/agglayer-contracts, AggLayerGateway.verifyPessimisticProof
 */
export function verifyGatewayProof(
  o: Omit<Sp1ProofClaim, 'vkey'> & {
    readonly routes?: readonly PessimisticVKeyRoute[]
    readonly verifier?: Sp1Verifier
  },
): Result<Sp1Statement, GatewayError> {
  const { proof, routes = pessimisticVKeyRoutes } = o
  if (proof.length < selectorBytes) {
    return err({
      code: 'InvalidProofBytesLength',
      length: proof.length,
      minimum: selectorBytes,
    })
  }
  const selector = selectorText(proof)
  const route = routes.find((candidate) => candidate.selector === selector)
  if (route === undefined) return err({ code: 'RouteNotFound', selector })
  if (route.frozen) return err({ code: 'RouteIsFrozen', selector })
  return verifySp1Proof({ ...o, vkey: route.pessimisticVKey, proof: proof.subarray(selectorBytes) })
}
