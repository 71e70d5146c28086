import type { BenchCase } from './bench-case.js'
import { hashMiBMs, schemeCosts } from './scheme-costs.js'
import type { SchemeCosts } from './scheme-costs.js'
import { measureUnitCosts } from './unit-costs.js'

/** What the floor of a case is made of, in milliseconds. */
export interface CaseCosts extends SchemeCosts {
  /** 1 MiB with the hash backend that nodes use. */
  readonly hashMiBMs: number
}

/** Time for each operation, in milliseconds. */
const budgetMs = 150

/** Measures the costs of a case on the machine as it is now. */
export async function measureCosts(c: BenchCase): Promise<CaseCosts> {
  const units = await measureUnitCosts({
    budgetMs,
    select: (scheme) => scheme.id === c.scheme && scheme.backend === c.backend,
  })
  return { ...schemeCosts(c, units), hashMiBMs: hashMiBMs(units) }
}

/** The mean of two measurements. */
export function meanCosts(a: CaseCosts, b: CaseCosts): CaseCosts {
  return {
    signMs: (a.signMs + b.signMs) / 2,
    verifyMs: (a.verifyMs + b.verifyMs) / 2,
    verifyAggregateMs: (a.verifyAggregateMs + b.verifyAggregateMs) / 2,
    hashMiBMs: (a.hashMiBMs + b.hashMiBMs) / 2,
  }
}
