/** Messages pass through gRPC as bytes; they are encoded and decoded where their errors can be answered. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** What arrived, as it arrived. */
export function bytesOf(buffer: Buffer): Uint8Array {
  return buffer
}
