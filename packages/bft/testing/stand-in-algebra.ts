/** The order of the stand-in scheme of `@zkstack/crypto/testing`: its elements are numbers below it, 8 bytes big-endian. */
const order = 2n ** 61n - 1n

/** The secret whose key cancels that of another: together they sum to infinity. For the stand-in scheme. */
export function oppositeSecret(secret: Uint8Array): Uint8Array {
  return encode(order - decode(secret))
}

/** The secret whose key is the sum of others. For the stand-in scheme. */
export function sumOfSecrets(secrets: readonly Uint8Array[]): Uint8Array {
  return encode(secrets.reduce((sum, secret) => (sum + decode(secret)) % order, 0n))
}

/** A signature shifted by `d`: it fails alone, and verifies in a sum with one shifted by `−d`. For the stand-in scheme. */
export function shiftSignature(signature: Uint8Array, d: bigint): Uint8Array {
  return encode((((decode(signature) + d) % order) + order) % order)
}

function decode(bytes: Uint8Array): bigint {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getBigUint64(0)
}

function encode(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, value)
  return bytes
}
