import type { Hash32 } from '@zkstack/crypto'
import type { NetworkId } from '../types/network-id.js'
import type { StateCommitment } from '../types/network-state.js'
import { Preimage } from './preimage.js'

type Committed = Omit<StateCommitment, 'exitRoot'>

/** Pessimistic root V1, of 2024: keccak256 of balance root ‖ nullifier root: 64 bytes. */
export function pessimisticRootV1(state: Omit<Committed, 'lerLeafCount'>): Hash32 {
  return new Preimage(64).bytes(state.balanceRoot).bytes(state.nullifierRoot).keccak256()
}

/** Pessimistic root V2: keccak256 of balance root ‖ nullifier root ‖ u32 LE leaf count of the exit tree: 68 bytes. */
export function pessimisticRootV2(state: Committed): Hash32 {
  return writeV2(new Preimage(68), state).keccak256()
}

/**
 * Pessimistic root V3: V2's preimage ‖ u64 LE height ‖ u32 LE network id: 80 bytes.
 * @param height of the next certificate: how many were settled
 */
export function pessimisticRootV3(state: Committed, height: bigint, network: NetworkId): Hash32 {
  return writeV2(new Preimage(80), state).u64le(height).u32le(network).keccak256()
}

function writeV2(preimage: Preimage, state: Committed): Preimage {
  return preimage.bytes(state.balanceRoot).bytes(state.nullifierRoot).u32le(state.lerLeafCount)
}
