import type { CanonicalWriter } from '../codec/canonical-writer.js'
import { encodeWith } from '../codec/canonical-writer.js'
import { writeSchedule } from '../schedule/encode-schedule.js'
import type { ScheduleSpec } from '../schedule/schedule-spec.js'
import type { Genesis } from './genesis.js'

/** The hashed fields of a genesis. */
export interface GenesisFields {
  readonly chainId: bigint
  readonly forkNumber: bigint
  readonly firstBlock: bigint
  readonly protocolVersion: number
  readonly schedule: ScheduleSpec | undefined
  readonly signatureScheme: number
}

function writeGenesis(writer: CanonicalWriter, genesis: GenesisFields): void {
  if (genesis.signatureScheme !== 0) writer.uint32(11, genesis.signatureScheme)
  writer.optional(10, writeSchedule, genesis.schedule)
  writer.uint32(8, genesis.protocolVersion)
  writer.uint64(7, genesis.firstBlock)
  writer.uint64(6, genesis.forkNumber)
  writer.uint64(5, genesis.chainId)
}

/** Canonical bytes of the hashed fields. */
export function encodeGenesisFields(fields: GenesisFields): Uint8Array {
  return encodeWith(writeGenesis, fields)
}

/**
 * Canonical bytes of a genesis, whose keccak256 is its hash: chain id 5, fork number 6, first block 7, protocol version 8,
 * schedule 10 if static, signature scheme 11 unless it is 0. Proofs of possession are left out.
 */
export function encodeGenesis(genesis: Genesis): Uint8Array {
  return encodeGenesisFields(genesis)
}
