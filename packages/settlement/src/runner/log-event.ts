import type { Logger } from '@zkstack/concurrency'
import type { NetworkId } from '@zkstack/pessimistic-proof'
import type { CertificateEvent } from '../certificates/network-effect.js'
import type { CertificateStatusError } from '../types/certificate-status-error.js'

/** Tells operators what they may have to see to: what is tried again, what failed, and what L1 has that is not known here. */
export function logEvent(logger: Logger, networkId: NetworkId, event: CertificateEvent): void {
  const { certificateId, height } = event
  const about = { networkId, height, certificateId }
  switch (event.type) {
    case 'retrying': {
      const { error, failures, delayMs } = event
      logger.warn('a certificate is tried again', {
        ...about,
        failures,
        delayMs,
        ...fieldsOf(error),
      })
      return
    }
    case 'statusChanged':
      if (event.status.type !== 'inError') return
      logger.warn('a certificate failed', { ...about, ...fieldsOf(event.status.error) })
      return
    case 'adopted':
      logger.info('L1 had settled a certificate', { ...about, transaction: event.settlementTxHash })
      return
    case 'l1RootUnknown':
      logger.error('L1 has a root of a network to which nothing known here leads', {
        ...about,
        root: event.pessimisticRoot,
      })
  }
}

function fieldsOf({ kind, code, reason, message }: CertificateStatusError) {
  return { kind, code, reason, problem: message }
}
