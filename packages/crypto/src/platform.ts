import type { Blst } from './bls/blst.js'
import type { NodeCrypto } from './ed25519/node.js'

/** `node:crypto`; rejects where there is none. The browser build replaces this module. */
export async function loadNodeCrypto(): Promise<NodeCrypto> {
  return import('node:crypto')
}

/** The native binding of blst; rejects where no prebuilt binary fits the machine. */
export async function loadBlst(): Promise<Blst> {
  return import('@chainsafe/blst')
}

/** Lower-case hexadecimal. */
export function hexOf({ buffer, byteOffset, length }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, length).toString('hex')
}
