import type { ValidatorSigner } from '@zkstack/bft'
import { ValidatorSecretKey } from '@zkstack/roles'

/**
 * Signs with a validator key that lives elsewhere: a remote service, a hardware module. It may fail: the vote
 * is then not sent, and the node reports a warning.
 */
export type Signer = ValidatorSigner

/** The signer of a key held in memory; a signer is returned as it is. */
export function signerOf(key: ValidatorSecretKey | Signer): Signer {
  if (!(key instanceof ValidatorSecretKey)) return key
  return { publicKey: key.publicKey, sign: (hash) => Promise.resolve(key.sign(hash)) }
}
