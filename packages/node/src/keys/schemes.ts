import { signatureScheme, type SignatureScheme } from '@zkstack/executor'

/** Names of the signature schemes that a chain can have, by their number in the genesis. */
export const schemeNames = ['bls12_381', 'bls12_381_min_pk', 'ed25519'] as const

/** One of {@link schemeNames}. */
export type SchemeName = (typeof schemeNames)[number]

/** The scheme of a name. */
export function schemeOf(name: SchemeName): SignatureScheme {
  const scheme = signatureScheme(schemeNames.indexOf(name))
  if (scheme?.name !== name) throw new TypeError(`the library lacks the scheme ${name}`)
  return scheme
}
