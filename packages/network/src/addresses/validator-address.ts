import { bytesEqual, keccak256, type Hash32, type SignatureScheme } from '@zkstack/crypto'
import {
  encodeNetAddress,
  formatSocketAddress,
  type NetAddress,
  type NodePublicKey,
} from '@zkstack/roles'

/** Where a validator's node answers, in the validator's own words. */
export interface ValidatorAddress {
  readonly validatorKey: Uint8Array
  readonly nodeKey: NodePublicKey
  readonly address: NetAddress
  /** Over {@link validatorAddressDigest}. */
  readonly signature: Uint8Array
}

/** Domain of the signature. */
const DOMAIN = new TextEncoder().encode('zkstack/address/1')

/**
 * The 32 bytes that a validator signs to announce its address: `keccak256("zkstack/address/1" ‖ genesis hash ‖ be16 length ‖
 * validator key ‖ node key ‖ canonical bytes of the net address)`. The genesis keeps it on its chain.
 */
export function validatorAddressDigest(
  genesisHash: Uint8Array,
  { validatorKey, nodeKey, address }: Omit<ValidatorAddress, 'signature'>,
): Hash32 {
  return keccak256(
    DOMAIN,
    genesisHash,
    Uint8Array.of(validatorKey.length >> 8, validatorKey.length & 0xff),
    validatorKey,
    nodeKey,
    encodeNetAddress(address),
  )
}

/** Whether the validator has signed it: lengths and encodings first, the expensive check last. */
export function verifyValidatorAddress(
  announced: ValidatorAddress,
  o: { readonly genesisHash: Uint8Array; readonly scheme: SignatureScheme },
): boolean {
  const { validatorKey, signature } = announced
  const { scheme, genesisHash } = o
  if (validatorKey.length !== scheme.publicKeyBytes || !scheme.isCanonicalSignature(signature))
    return false
  const key = scheme.importPublicKey(validatorKey)
  return (
    key !== undefined &&
    scheme.verify(key, validatorAddressDigest(genesisHash, announced), signature)
  )
}

/** Whether two announcements lead to the same node at the same place. */
export function leadsToSame(a: ValidatorAddress, b: ValidatorAddress): boolean {
  return (
    bytesEqual(a.nodeKey, b.nodeKey) &&
    formatSocketAddress(a.address.addr) === formatSocketAddress(b.address.addr)
  )
}
