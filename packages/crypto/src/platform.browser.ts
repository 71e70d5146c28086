import type { Blst } from './bls/blst.js'
import type { NodeCrypto } from './ed25519/node.js'
import type { WorkerPort } from './workers/worker-port.js'

/** Browsers have no crypto module of Node: rejects. */
export function loadNodeCrypto(): Promise<NodeCrypto> {
  return Promise.reject(new Error('Node is not part of the browser build'))
}

/** Browsers load no native binaries: rejects. */
export function loadBlst(): Promise<Blst> {
  return Promise.reject(new Error('blst is not part of the browser build'))
}

/** Threads are Node's: the one that there is. */
export function availableCores(): Promise<number> {
  return Promise.resolve(1)
}

/** Threads are Node's: rejects. */
export function startWorker(): Promise<WorkerPort> {
  return Promise.reject(new Error('worker threads are not part of the browser build'))
}

const hexOfByte = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Lower-case hexadecimal. */
export function hexOf(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += hexOfByte[byte] as string
  return text
}
