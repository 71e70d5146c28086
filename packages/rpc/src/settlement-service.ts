import type { L1Client } from '@zkstack/l1'
import type { SettlementNode } from '@zkstack/settlement'

/** The parts of a running settlement node that are served. */
export interface SettlementService {
  readonly node: Omit<SettlementNode, 'run'>
  readonly l1: Pick<L1Client, 'receipt' | 'block'>
}
