import { ok, type Result } from '@zkstack/crypto'
import type { MultiBatchHeader } from '../types/multi-batch-header.js'
import type { NetworkState } from '../types/network-state.js'
import type { PessimisticProofOutput } from '../types/pessimistic-proof-output.js'
import { executeTransition } from './execute-transition.js'
import { currentProgram } from './program-rules.js'
import type { ProofError } from './proof-error.js'

/**
 * Executes the pessimistic proof program: checks that the header leads from the state to another one, without taking out more of
 * any token than came in, and gives the public values that a proof of it has. The state is not changed.
 *
 * Both arguments have the shape that their types describe; what a decoder of this package accepts has it.
 * @throws RangeError for numbers out of range and a frontier of another length.
 * @see agglayer crates/pessimistic-proof-core/src/proof.rs
 */
export function generatePessimisticProof(
  state: NetworkState,
  header: MultiBatchHeader,
): Result<PessimisticProofOutput, ProofError> {
  const executed = executeTransition(state, header, currentProgram)
  return executed.ok ? ok(executed.value.output) : executed
}
