import { ok, type Result, type SignatureScheme } from '@zkstack/crypto'
import type { Random } from '@zkstack/concurrency'
import { Redacted } from './redacted.js'
import type { TextError } from './text-form.js'
import { textError } from './text-form.js'
import {
  formatValidatorPublicKey,
  formatValidatorText,
  parseValidatorText,
  selectableSchemes,
} from './validator-text.js'

/** The secret key of a validator. Printing it, as JSON too, shows only its public key. */
export class ValidatorSecretKey extends Redacted {
  readonly scheme: SignatureScheme
  /** Canonical bytes. */
  readonly publicKey: Uint8Array
  readonly #secret: Uint8Array

  /** @throws RangeError when the bytes are no secret key of the scheme. */
  constructor(scheme: SignatureScheme, secret: Uint8Array) {
    super()
    if (!scheme.isSecretKey(secret)) throw new RangeError(`secret: not a key of ${scheme.name}`)
    this.scheme = scheme
    this.#secret = Uint8Array.from(secret)
    this.publicKey = scheme.publicKey(this.#secret)
  }

  /** Signs a 32-byte hash. */
  sign(hash: Uint8Array): Uint8Array {
    return this.scheme.sign(this.#secret, hash)
  }

  /** The proof that we hold the secret, as a genesis needs it; zero bytes for schemes that need none. */
  provePossession(): Uint8Array {
    return this.scheme.provePossession(this.#secret)
  }

  /** The secret itself, as text, to be stored in a safe place. */
  exposeText(): string {
    return formatValidatorText('secret', this.#secret, this.scheme)
  }

  toString(): string {
    return `<secret for ${formatValidatorPublicKey(this.publicKey, this.scheme)}>`
  }
}

/**
 * Reads `validator:secret:<scheme>:<hex>`.
 * @param scheme the only one to accept; default: any that a genesis can name.
 */
export function parseValidatorKey(
  text: string,
  scheme?: SignatureScheme,
): Result<ValidatorSecretKey, TextError> {
  const parsed = parseValidatorText('secret', text, scheme)
  if (!parsed.ok) return parsed
  const found = scheme ?? selectableSchemes().find(({ name }) => name === parsed.value.scheme)
  if (found?.isSecretKey(parsed.value.bytes) !== true) {
    return textError('BAD_KEY', `not a secret key of ${parsed.value.scheme}`)
  }
  return ok(new ValidatorSecretKey(found, parsed.value.bytes))
}

/** A new key. */
export function generateValidatorKey(scheme: SignatureScheme, random: Random): ValidatorSecretKey {
  return new ValidatorSecretKey(
    scheme,
    scheme.generateSecretKey((n) => random.bytes(n)),
  )
}
