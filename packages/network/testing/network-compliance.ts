import type { TransportFactory } from './compliance/bed.js'
import type { ComplianceCase } from './compliance/case.js'
import { connectionCases } from './compliance/connection-cases.js'
import { consensusCases } from './compliance/consensus-cases.js'
import { proposalCases } from './compliance/proposal-cases.js'
import { gossipCases } from './compliance/gossip-cases.js'
import { helloCases } from './compliance/hello-cases.js'
import { largeBlockCases } from './compliance/large-block-cases.js'
import { peerCases } from './compliance/peer-cases.js'
import { syncCases } from './compliance/sync-cases.js'
import { transactionCases } from './compliance/transaction-cases.js'

/** Everything that a network over a transport must do, as a list that any test framework can run. */
export function networkCompliance(makeTransport: TransportFactory): ComplianceCase[] {
  return [
    ...helloCases(makeTransport),
    ...connectionCases(makeTransport),
    ...peerCases(makeTransport),
    ...consensusCases(makeTransport),
    ...proposalCases(makeTransport),
    ...syncCases(makeTransport),
    ...largeBlockCases(makeTransport),
    ...transactionCases(makeTransport),
    ...gossipCases(makeTransport),
  ]
}
