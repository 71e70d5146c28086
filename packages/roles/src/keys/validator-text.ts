import { ok, signatureScheme, type Result, type SignatureScheme } from '@zkstack/crypto'
import type { TextError } from './text-form.js'
import { formatText, parseText, textError } from './text-form.js'

/** Bytes of a validator's, and the tag of the scheme that they belong to, such as `bls12_381`. */
export interface TaggedBytes {
  readonly scheme: string
  readonly bytes: Uint8Array
}

/** What the text forms of the validator role are for. */
export type ValidatorTextKind = 'public' | 'secret' | 'signature' | 'aggregate_signature' | 'pop'

/** The schemes that a genesis can name. */
export function selectableSchemes(): readonly SignatureScheme[] {
  return [0, 1, 2].flatMap((id) => signatureScheme(id) ?? [])
}

/** Text of `validator:<kind>:<scheme>:<hex>`. */
export function formatValidatorText(
  kind: ValidatorTextKind,
  bytes: Uint8Array,
  scheme: Pick<SignatureScheme, 'name'>,
): string {
  return formatText(`validator:${kind}:${scheme.name}:`, bytes)
}

/**
 * Reads `validator:<kind>:<scheme>:<hex>`; what the bytes mean is not checked, only how many there are.
 * @param scheme the only one to accept; default: any that a genesis can name.
 */
export function parseValidatorText(
  kind: ValidatorTextKind,
  text: string,
  scheme?: SignatureScheme,
): Result<TaggedBytes, TextError> {
  const prefix = `validator:${kind}:`
  if (!text.startsWith(prefix)) return textError('BAD_PREFIX', `expected ${prefix}…`)
  const schemes = scheme === undefined ? selectableSchemes() : [scheme]
  const found = schemes.find(({ name }) => text.startsWith(`${prefix}${name}:`))
  if (found === undefined) {
    const names = schemes.map(({ name }) => name).join(', ')
    return textError('UNKNOWN_SCHEME', `${prefix} expected a scheme among ${names}`)
  }
  const bytes = parseText(text, `${prefix}${found.name}:`, lengthOf(kind, found))
  return bytes.ok ? ok({ scheme: found.name, bytes: bytes.value }) : bytes
}

function lengthOf(kind: ValidatorTextKind, scheme: SignatureScheme): number | undefined {
  switch (kind) {
    case 'public':
      return scheme.publicKeyBytes
    case 'secret':
      return scheme.secretKeyBytes
    case 'signature':
      return scheme.signatureBytes
    case 'aggregate_signature':
      return scheme.aggregateBytes(1) === scheme.aggregateBytes(2)
        ? scheme.aggregateBytes(1)
        : undefined
    case 'pop':
      return scheme.needsProofOfPossession ? scheme.signatureBytes : 0
  }
}

/** Text of a validator's public key. */
export function formatValidatorPublicKey(
  bytes: Uint8Array,
  scheme: Pick<SignatureScheme, 'name'>,
): string {
  return formatValidatorText('public', bytes, scheme)
}

/** Inverse of {@link formatValidatorPublicKey}; whether the key is valid is left to the scheme. */
export function parseValidatorPublicKey(
  text: string,
  scheme?: SignatureScheme,
): Result<TaggedBytes, TextError> {
  return parseValidatorText('public', text, scheme)
}

/** Text of a validator's signature. */
export function formatValidatorSignature(
  bytes: Uint8Array,
  scheme: Pick<SignatureScheme, 'name'>,
): string {
  return formatValidatorText('signature', bytes, scheme)
}

/** Inverse of {@link formatValidatorSignature}. */
export function parseValidatorSignature(
  text: string,
  scheme?: SignatureScheme,
): Result<TaggedBytes, TextError> {
  return parseValidatorText('signature', text, scheme)
}

/** Text of an aggregate signature. */
export function formatAggregateSignature(
  bytes: Uint8Array,
  scheme: Pick<SignatureScheme, 'name'>,
): string {
  return formatValidatorText('aggregate_signature', bytes, scheme)
}

/** Inverse of {@link formatAggregateSignature}. */
export function parseAggregateSignature(
  text: string,
  scheme?: SignatureScheme,
): Result<TaggedBytes, TextError> {
  return parseValidatorText('aggregate_signature', text, scheme)
}

/** Text of a proof of possession. */
export function formatProofOfPossession(
  bytes: Uint8Array,
  scheme: Pick<SignatureScheme, 'name'>,
): string {
  return formatValidatorText('pop', bytes, scheme)
}

/** Inverse of {@link formatProofOfPossession}; whether it proves anything is left to the scheme. */
export function parseProofOfPossession(
  text: string,
  scheme?: SignatureScheme,
): Result<TaggedBytes, TextError> {
  return parseValidatorText('pop', text, scheme)
}
