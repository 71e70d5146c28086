import { hash32 } from '@zkstack/crypto'
import { EMPTY_LOCAL_EXIT_ROOT, ZERO_HASH } from '@zkstack/pessimistic-proof'
import { describe, expect, it } from 'vitest'
import { nextPlace } from '../../src/client/certificate-place.js'
import { reconcile } from '../../src/client/reconcile.js'
import type { CertificateHeader, CertificateStatus } from '../../src/types/certificate-header.js'
import { certificateStatusError } from '../../src/types/certificate-status-error.js'

const inError: CertificateStatus = {
  type: 'inError',
  error: certificateStatusError('SettlementError', 'reverted'),
}

function header(
  height: bigint,
  o: { readonly id?: number; readonly status?: CertificateStatus } = {},
): CertificateHeader {
  return {
    networkId: 1,
    height,
    epochNumber: undefined,
    certificateIndex: undefined,
    certificateId: hash32(new Uint8Array(32).fill(o.id ?? Number(height) + 1)),
    prevLocalExitRoot: hash32(new Uint8Array(32).fill(0xa0)),
    newLocalExitRoot: hash32(new Uint8Array(32).fill(0xa1)),
    metadata: ZERO_HASH,
    status: o.status ?? { type: 'pending' },
    settlementTxHash: undefined,
  }
}

function sent(of: CertificateHeader) {
  return { header: of, isSent: true }
}

function remote(known: CertificateHeader | undefined) {
  const isSettled = known?.status.type === 'settled'
  return {
    pending: isSettled ? undefined : known,
    settled: isSettled ? known : undefined,
    known,
  }
}

describe('reconciliation with the settlement node', () => {
  it('1: starts when neither side knows anything', () => {
    expect(reconcile(undefined, remote(undefined))).toEqual({ type: 'start' })
  })

  it('2: adopts what only the settlement node knows', () => {
    const known = header(4n)
    expect(reconcile(undefined, remote(known))).toEqual({ type: 'adopt', header: known })
  })

  it('3: refuses a settlement node that forgot a certificate, or is behind', () => {
    const local = sent(header(4n))
    expect(reconcile(local, remote(undefined))).toMatchObject({ code: 'RemoteForgot' })
    expect(reconcile(local, remote(header(3n)))).toMatchObject({ code: 'RemoteBehind' })
  })

  it('4: adopts the next certificate, whose answer was lost, and no later one', () => {
    const local = sent(header(4n))
    const next = header(5n)
    expect(reconcile(local, remote(next))).toEqual({ type: 'adopt', header: next })
    expect(reconcile(local, remote(header(6n)))).toMatchObject({ code: 'RemoteAhead' })
  })

  it('5: updates the same certificate, and refuses another of its height', () => {
    const local = sent(header(4n))
    const settled = header(4n, { status: { type: 'settled' } })
    expect(reconcile(local, remote(settled))).toEqual({ type: 'update', header: settled })
    expect(reconcile(local, remote(header(4n, { id: 99 })))).toMatchObject({
      code: 'RemoteDiffers',
    })
  })

  it('6: ignores a failed certificate of a height that cannot be the first', () => {
    expect(reconcile(undefined, remote(header(4n, { status: inError })))).toEqual({
      type: 'start',
    })
    const first = header(0n, { status: inError })
    expect(reconcile(undefined, remote(first))).toEqual({ type: 'adopt', header: first })
  })

  it('sends a certificate that was stored and not sent, wherever the settlement node is before it', () => {
    const local = { header: header(4n), isSent: false }
    const failed = header(4n, { id: 99, status: inError })
    for (const known of [header(3n), failed])
      expect(reconcile(local, remote(known))).toEqual({ type: 'send' })
    const first = { header: header(0n), isSent: false }
    expect(reconcile(first, remote(undefined))).toEqual({ type: 'send' })
  })

  it('control: what was not sent excuses no gap', () => {
    const local = { header: header(4n), isSent: false }
    expect(reconcile(local, remote(header(2n)))).toMatchObject({ code: 'RemoteBehind' })
    expect(reconcile(local, remote(header(4n, { id: 99 })))).toMatchObject({
      code: 'RemoteDiffers',
    })
  })
})

describe('the place of the next certificate', () => {
  it('is height 0 after the root that L1 has', () => {
    const onL1 = hash32(new Uint8Array(32).fill(9))
    expect(nextPlace(undefined, onL1)).toEqual({
      ok: true,
      value: { height: 0n, prevLocalExitRoot: onL1 },
    })
    expect(nextPlace(undefined, ZERO_HASH)).toMatchObject({
      value: { prevLocalExitRoot: EMPTY_LOCAL_EXIT_ROOT },
    })
  })

  it('follows a settled one, and takes the place of a failed one', () => {
    const settled = header(4n, { status: { type: 'settled' } })
    expect(nextPlace(settled, ZERO_HASH)).toMatchObject({
      value: { height: 5n, prevLocalExitRoot: settled.newLocalExitRoot },
    })
    const failed = header(4n, { status: inError })
    expect(nextPlace(failed, ZERO_HASH)).toMatchObject({
      value: { height: 4n, prevLocalExitRoot: failed.prevLocalExitRoot },
    })
  })

  it.each(['pending', 'proven', 'candidate'] as const)('is none while one is %s', (type) => {
    expect(nextPlace(header(4n, { status: { type } }), ZERO_HASH)).toMatchObject({
      error: { code: 'CertificateOpen' },
    })
  })
})
