import { bytesEqual, err, ok, toHex, type Hash32, type Result } from '@zkstack/crypto'
import type { L1Error } from '@zkstack/l1'
import {
  declaredL1InfoRoot,
  l1InfoTreeLeafCount,
  type AggchainContext,
  type CallOptions,
  type Certificate,
  type L1Context,
} from '@zkstack/pessimistic-proof'
import {
  certificateStatusError,
  type CertificateStatusError,
  type CertificateStatusErrorCode,
} from '../types/certificate-status-error.js'
import type { L1Contracts, ReadOptions } from './l1-contracts.js'

type Fetched<T> = Promise<Result<T, CertificateStatusError>>

/** Everything from L1 that a certificate is applied under. */
export async function fetchL1Context(
  contracts: L1Contracts,
  certificate: Certificate,
  o: ReadOptions,
): Fetched<L1Context> {
  const { networkId } = certificate
  // The answers do not depend on each other; which error is told does not depend on who answers first.
  const [lastRoot, info, aggchain] = await Promise.all([
    contracts.lastPessimisticRoot(networkId, o),
    fetchL1InfoRoot(contracts, certificate, o),
    fetchAggchain(contracts, certificate, o),
  ])
  const root = known(lastRoot, 'LastPessimisticRootNotFound', 'RollupNotRegistered')
  if (!root.ok) return root
  if (!info.ok) return info
  if (!aggchain.ok) return aggchain
  return ok({
    prevPessimisticRoot: root.value,
    l1InfoRoot: info.value,
    aggchain: aggchain.value,
  })
}

/**
 * The root of the L1 info tree that a certificate's claims lead to, as L1 has it: for the leaf count that it declares or implies;
 * without claims and leaf count, the one that L1 began with.
 * @see agglayer crates/agglayer-aggregator-notifier/src/certifier (`fetch_l1_info_root`)
 */
export async function fetchL1InfoRoot(
  contracts: L1Contracts,
  certificate: Certificate,
  o: CallOptions,
): Fetched<Hash32> {
  const declared = declaredL1InfoRoot(certificate)
  if (!declared.ok) return refused('TypeConversionError', declared.error.code)
  const isUnproven =
    certificate.aggchainData.type === 'generic' && certificate.l1InfoTreeLeafCount === undefined
  const leafCount = l1InfoTreeLeafCount(certificate)
  if (isUnproven) return refused('TypeConversionError', 'InconsistentL1InfoTreeInformation')
  if (leafCount === undefined) {
    const initial = known(
      await contracts.initialL1InfoRoot(o),
      'L1InfoRootNotFound',
      'NotInitialised',
    )
    return initial.ok ? ok(initial.value.root) : initial
  }
  const found = known(
    await contracts.l1InfoRoot(leafCount, o),
    'L1InfoRootNotFound',
    `LeafCount${leafCount}`,
  )
  if (!found.ok || declared.value === undefined) return found
  if (bytesEqual(found.value, declared.value)) return found
  const message = `L1 has ${toHex(found.value)} for ${leafCount} leaves, the claims lead to ${toHex(declared.value)}`
  const reason = 'L1InfoRootIncorrect'
  return err(certificateStatusError('TypeConversionError', message, { reason }))
}

async function fetchAggchain(
  contracts: L1Contracts,
  { networkId, aggchainData, customChainData }: Certificate,
  o: ReadOptions,
): Fetched<AggchainContext> {
  const isOne = aggchainData.type === 'ecdsa' || aggchainData.type === 'generic'
  const committee = isOne
    ? await fetchSequencer(contracts, networkId, o)
    : known(
        await contracts.aggchainSigners(networkId, o),
        'TrustedSequencerNotFound',
        'NoCommittee',
      )
  if (!committee.ok) return committee
  const { signers, threshold } = committee.value
  const [signer] = signers
  if (aggchainData.type === 'ecdsa' && signer !== undefined)
    return ok({ type: 'legacyEcdsa', signer })
  if (aggchainData.type === 'multisigOnly') return ok({ type: 'multisigOnly', signers, threshold })
  const selector = vkeySelector(customChainData)
  if (selector === undefined) return refused('TypeConversionError', 'InvalidCustomChainDataLength')
  const vkey = known(
    await contracts.aggchainVkey(networkId, selector, o),
    'TypeConversionError',
    'MissingAggchainVkey',
  )
  if (!vkey.ok) return vkey
  return ok({ type: 'multisigAndAggchainProof', signers, threshold, aggchainVkey: vkey.value })
}

/** One signer is a committee of one. */
async function fetchSequencer(contracts: L1Contracts, networkId: number, o: ReadOptions) {
  const signer = known(
    await contracts.trustedSequencer(networkId, o),
    'TrustedSequencerNotFound',
    'NoSequencer',
  )
  return signer.ok ? ok({ signers: [signer.value], threshold: 1n }) : signer
}

/** The selector of an aggchain's verifying key: the first two bytes, big-endian, above a one of 16 bits. */
export function vkeySelector(customChainData: Uint8Array): number | undefined {
  const [high, low] = customChainData
  if (high === undefined || low === undefined) return undefined
  return ((high << 24) | (low << 16) | 1) >>> 0
}

/** The error of a certificate that contradicts itself or L1. */
export function refused(
  code: CertificateStatusErrorCode,
  reason: string,
): Result<never, CertificateStatusError> {
  return err(certificateStatusError(code, reason, { reason }))
}

/** What L1 said; nothing, where something must be, is an error of this code. */
export function known<T>(
  answer: Result<T | undefined, L1Error>,
  code: CertificateStatusErrorCode,
  reason: string,
): Result<T, CertificateStatusError> {
  if (!answer.ok) {
    const { code: cause, message, retry } = answer.error
    const kind = retry ? 'retry' : 'rebuild'
    return err(certificateStatusError('PreCertificationError', message, { reason: cause, kind }))
  }
  return answer.value === undefined ? refused(code, reason) : ok(answer.value)
}
