import {
  fakeWallet,
  signCertificate,
  testExit,
  TestBridge,
  type Authentication,
  type Submission,
} from '@zkstack/pessimistic-proof/testing'
import type { Hash32 } from '@zkstack/crypto'
import type { NetworkId } from '@zkstack/pessimistic-proof'

/** How the networks of {@link certificateChain} vouch: one sequencer for all. */
export const testAuthentication: Authentication = {
  type: 'ecdsa',
  wallet: fakeWallet(1),
  commitment: 'V5',
}

/** Certificates of a network that settle one after another: each exits a token of its own. */
export function certificateChain(
  networkId: NetworkId,
  length: number,
  authentication = testAuthentication,
): ReturnType<TestBridge['settle']>[] {
  const bridge = new TestBridge()
  bridge.addNetwork(networkId, authentication)
  const deposit = bridge.exit(0, testExit({ destNetwork: networkId, amount: 1_000_000n }))
  return Array.from({ length }, (_, i) => {
    if (i === 0) bridge.claim(networkId, deposit)
    bridge.exit(networkId, testExit({ amount: BigInt(i + 1) }))
    return bridge.settle(networkId)
  })
}

/** The same certificate with other metadata, hence another id, signed again: what a chain submits after a failure. */
export function resubmission(
  { certificate, l1, state }: Submission,
  metadata: Hash32,
  authentication = testAuthentication,
): Submission {
  const { aggchainData: _, ...unsigned } = certificate
  return { l1, state, certificate: signCertificate({ ...unsigned, metadata }, authentication) }
}
