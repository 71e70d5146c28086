import { keccak256, type Hash32 } from '@zkstack/crypto'

/** Domain of the hello signature. */
const DOMAIN = new TextEncoder().encode('zkstack/hello/1')

/** Everything that the signature of a hello binds. */
export interface HelloTranscript {
  readonly genesisHash: Uint8Array
  /** PeerId multihash of the side that dialled. */
  readonly initiatorPeerId: Uint8Array
  readonly responderPeerId: Uint8Array
  readonly initiatorNonce: Uint8Array
  readonly responderNonce: Uint8Array
}

/** Who signs. */
export interface HelloSignerRole {
  readonly validatorKey: Uint8Array
  readonly role: 'initiator' | 'responder'
}

/**
 * The 32 bytes that a validator signs in the hello:
 * `keccak256("zkstack/hello/1" ‖ genesis hash ‖ be16 length ‖ initiator's PeerId ‖ be16 length ‖ responder's
 * PeerId ‖ be16 length ‖ signer's validator key ‖ initiator's nonce ‖ responder's nonce ‖ role)`, the role one
 * byte, 0 for the initiator.
 *
 * Both PeerIds are proven by the transport and both nonces are fresh, so a signature is good for one
 * connection only; the role keeps one side's from being reflected as the other's.
 */
export function helloDigest(transcript: HelloTranscript, signer: HelloSignerRole): Hash32 {
  return keccak256(
    DOMAIN,
    transcript.genesisHash,
    ...lengthPrefixed(transcript.initiatorPeerId),
    ...lengthPrefixed(transcript.responderPeerId),
    ...lengthPrefixed(signer.validatorKey),
    transcript.initiatorNonce,
    transcript.responderNonce,
    Uint8Array.of(signer.role === 'initiator' ? 0 : 1),
  )
}

function lengthPrefixed(bytes: Uint8Array): [Uint8Array, Uint8Array] {
  return [Uint8Array.of(bytes.length >> 8, bytes.length & 0xff), bytes]
}
