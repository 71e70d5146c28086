import { schemeNames } from './bench-case.js'
import type { BenchCase } from './bench-case.js'
import type { UnitCost } from './unit-costs.js'

/** What a signature scheme costs on one backend, in milliseconds (medians). */
export interface SchemeCosts {
  readonly signMs: number
  readonly verifyMs: number
  /** One message, five signers: the quorum of six. */
  readonly verifyAggregateMs: number
}

/** The costs of the scheme and backend of a case. @throws RangeError when they were not measured. */
export function schemeCosts(
  c: Pick<BenchCase, 'scheme' | 'backend'>,
  units: readonly UnitCost[],
): SchemeCosts {
  const tag = `scheme=${schemeNames[c.scheme]} backend=${c.backend}`
  return {
    signMs: costOf(`crypto::sign/${tag}`, units),
    verifyMs: costOf(`crypto::verify/${tag}`, units),
    verifyAggregateMs: costOf(`crypto::verifyAggregate/${tag} k=5 messages=1`, units),
  }
}

/** Milliseconds to hash 1 MiB with the hash backend that nodes use. */
export function hashMiBMs(units: readonly UnitCost[]): number {
  return costOf('crypto::keccak256/backend=hash-wasm bytes=1048576', units)
}

function costOf(name: string, units: readonly UnitCost[]): number {
  const unit = units.find((cost) => cost.name === name)
  if (unit === undefined) throw new RangeError(`units: ${name} was not measured`)
  return unit.medianMs
}
