import { blockCases } from './compliance/block-cases.js'
import type { ComplianceCase } from './compliance/case.js'
import { addressCases } from './compliance/address-cases.js'
import { epochCases } from './compliance/epoch-cases.js'
import { genesisCases } from './compliance/genesis-cases.js'
import { jointCases } from './compliance/joint-cases.js'
import { markCases } from './compliance/mark-cases.js'
import { reopenCases } from './compliance/reopen-cases.js'
import { stateCases } from './compliance/state-cases.js'
import type { StoreFactory } from './compliance/suite.js'

/** Everything that a node's store must do, as a list that any test framework can run. */
export function storeCompliance(factory: StoreFactory): ComplianceCase[] {
  return [
    ...blockCases(factory),
    ...stateCases(factory),
    ...jointCases(factory),
    ...epochCases(factory),
    ...addressCases(factory),
    ...markCases(factory),
    ...genesisCases(factory),
    ...reopenCases(factory),
  ]
}
