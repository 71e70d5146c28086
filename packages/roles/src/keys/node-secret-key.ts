import { ed25519, ok, type Result } from '@zkstack/crypto'
import type { Random } from '@zkstack/concurrency'
import { Redacted } from './redacted.js'
import type { TextError } from './text-form.js'
import { formatText, parseText, textError } from './text-form.js'

/** Identity of a node on the network: a 32-byte Ed25519 public key. */
export type NodePublicKey = Uint8Array

const PUBLIC = 'node:public:ed25519:'
const SECRET = 'node:secret:ed25519:'

/** The secret key of a node. Printing it, as JSON too, shows only its public key. */
export class NodeSecretKey extends Redacted {
  /** 32 bytes. */
  readonly publicKey: NodePublicKey
  readonly #seed: Uint8Array

  /** @throws RangeError unless the seed has 32 bytes. */
  constructor(seed: Uint8Array) {
    super()
    if (seed.length !== 32) throw new RangeError(`seed: expected 32 bytes, got ${seed.length}`)
    this.#seed = Uint8Array.from(seed)
    this.publicKey = ed25519.publicKey(this.#seed)
  }

  /** A 64-byte Ed25519 signature. */
  sign(message: Uint8Array): Uint8Array {
    return ed25519.sign(this.#seed, message)
  }

  /** A copy of the 32-byte seed, for a transport that needs the key itself. */
  exposeSeed(): Uint8Array {
    return this.#seed.slice()
  }

  /** The secret itself, as text, to be stored in a safe place. */
  exposeText(): string {
    return formatText(SECRET, this.#seed)
  }

  toString(): string {
    return `<secret for ${formatNodePublicKey(this.publicKey)}>`
  }
}

/** Reads `node:secret:ed25519:<hex>`. */
export function parseNodeKey(text: string): Result<NodeSecretKey, TextError> {
  const seed = parseText(text, SECRET, 32)
  return seed.ok ? ok(new NodeSecretKey(seed.value)) : seed
}

/** A new key. */
export function generateNodeKey(random: Random): NodeSecretKey {
  return new NodeSecretKey(random.bytes(32))
}

/** Text of a node's public key. */
export function formatNodePublicKey(key: NodePublicKey): string {
  return formatText(PUBLIC, key)
}

/** Inverse of {@link formatNodePublicKey}; refuses bytes that are no valid key. */
export function parseNodePublicKey(text: string): Result<NodePublicKey, TextError> {
  const key = parseText(text, PUBLIC, 32)
  if (key.ok && !ed25519.isPublicKey(key.value)) return textError('BAD_KEY', 'not an Ed25519 key')
  return key
}
