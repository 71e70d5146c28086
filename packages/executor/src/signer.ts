import type { ValidatorSigner } from '@zkstack/bft'
import type { SignatureScheme } from '@zkstack/crypto'
import { parseValidatorKey, ValidatorSecretKey } from '@zkstack/roles'

/**
 * Signs with a validator key that lives elsewhere: a remote service, a hardware module. It may fail: the vote
 * is then not sent, and the node reports a warning.
 */
export type Signer = ValidatorSigner

/**
 * The signer of a key held in memory; a signer is returned as it is.
 * @param scheme the chain's, with the backend to sign with; the key may have been read before that was loaded.
 */
export function signerOf(key: ValidatorSecretKey | Signer, scheme: SignatureScheme): Signer {
  if (!(key instanceof ValidatorSecretKey)) return key
  const own = key.scheme.id === scheme.id ? withScheme(key, scheme) : key
  return { publicKey: own.publicKey, sign: (hash) => Promise.resolve(own.sign(hash)) }
}

function withScheme(key: ValidatorSecretKey, scheme: SignatureScheme): ValidatorSecretKey {
  if (key.scheme.backend === scheme.backend) return key
  const same = parseValidatorKey(key.exposeText(), scheme)
  return same.ok ? same.value : key
}
