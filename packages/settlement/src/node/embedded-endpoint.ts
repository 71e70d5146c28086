import { ok } from '@zkstack/crypto'
import type { ClockRecord } from '../storage/records.js'
import type { SettlementEndpoint } from './settlement-endpoint.js'
import type { SettlementNode } from './settlement-node.js'

/** A node of this process as its clients see it. */
export function embeddedEndpoint(
  node: Pick<SettlementNode, 'submit' | 'header' | 'latestHeaders'>,
  { type, genesis, epochDuration }: ClockRecord,
): SettlementEndpoint {
  return {
    async submit(certificate, o) {
      const accepted = await node.submit(certificate, o)
      return accepted.ok ? ok(accepted.value.certificateId) : accepted
    },
    header: async (certificateId) => ok(await node.header(certificateId)),
    latestHeaders: async (networkId) => ok(await node.latestHeaders(networkId)),
    epochConfiguration: async () =>
      ok(type === 'block' ? { genesisBlock: genesis, epochDuration } : undefined),
  }
}
