import type { Signers } from '@zkstack/roles'
import type { VerifiedBlock } from '../src/follow-chain.js'
import type { Refusal } from '../src/refusal.js'
import { element } from './elements.js'

/** Committees up to this size are drawn validator by validator. */
const MAX_SEATS = 40

/** A block that was verified, in a line. */
export function verifiedRow(block: VerifiedBlock): HTMLElement {
  const { certificate, scope, payloadBytes, verifyMs } = block
  const { schedule } = scope
  const { signers, message } = certificate
  const weight = signers.weight(schedule)
  const about = [
    `weight ${weight} of ${schedule.totalWeight}`,
    `view ${message.view.number}`,
    ...(payloadBytes === undefined ? [] : [sizeText(payloadBytes)]),
    millisecondsText(verifyMs),
  ]
  return element(
    'li',
    'verified',
    element('span', 'height', `#${message.proposal.number}`),
    element('span', 'mark', '✓ verified'),
    schedule.length > MAX_SEATS ? element('span', '') : seats(signers),
    element('span', 'about', about.join(' · ')),
  )
}

/** What was refused, in a line. */
export function refusedRow(number: bigint | undefined, refusal: Refusal): HTMLElement {
  const row = element(
    'li',
    'refused',
    element('span', 'height', number === undefined ? 'start' : `#${number}`),
    element('span', 'mark', '✗ refused'),
    element('span', 'about', `${refusal.message} (${refusal.code})`),
  )
  row.dataset['code'] = refusal.code
  return row
}

function seats(signers: Signers): HTMLElement {
  const all = Array.from({ length: signers.length }, (_, index) => {
    const seat = element('span', signers.has(index) ? 'seat signed' : 'seat')
    seat.title = `validator ${index}: ${signers.has(index) ? 'signed' : 'not in the certificate'}`
    return seat
  })
  const line = element('span', 'seats', ...all)
  line.setAttribute('role', 'img')
  line.setAttribute('aria-label', `${signers.count} of ${signers.length} validators signed`)
  return line
}

/** A duration in milliseconds. */
export function millisecondsText(ms: number): string {
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`
}

function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  return bytes < 1024 ** 2
    ? `${(bytes / 1024).toFixed(1)} KiB`
    : `${(bytes / 1024 ** 2).toFixed(1)} MiB`
}
