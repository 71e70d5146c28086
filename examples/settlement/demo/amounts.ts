/** Wei in an ether. */
export const ether = 10n ** 18n

/** Gwei in an ether: what the chains count in. */
export const etherInGwei = 10n ** 9n

/** An amount of wei as people write it. */
export function showWei(wei: bigint): string {
  const fraction = (wei % ether).toString().padStart(18, '0').replace(/0+$/, '')
  return `${wei / ether}${fraction === '' ? '' : `.${fraction}`} ether`
}

/** The beginning of a long hexadecimal text. */
export function showHash(text: string): string {
  return text.length > 20 ? `${text.slice(0, 18)}…` : text
}
