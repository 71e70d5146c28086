import type { CanonicalReader, DecodeOptions } from '../codec/canonical-reader.js'
import { decodeWith } from '../codec/canonical-reader.js'
import type { CanonicalWriter } from '../codec/canonical-writer.js'
import { encodeWith } from '../codec/canonical-writer.js'
import type { Duration } from './std.js'
import { readTimestamp, writeTimestamp } from './std.js'

/** A token bucket: `burst` at once, one more after each `refresh`. */
export interface RateLimit {
  readonly burst: bigint
  readonly refresh: Duration
}

/** Writes the body of a rate limit: burst 1, refresh 2. */
function writeRateLimit(writer: CanonicalWriter, value: RateLimit): void {
  writer.message(2, writeTimestamp, value.refresh)
  writer.uint64(1, value.burst)
}

/** Reads the body of a rate limit. */
function readRateLimit(reader: CanonicalReader): RateLimit {
  const burst = reader.uint64(1)
  const refresh = reader.message(2, readTimestamp)
  return { burst, refresh }
}

/** Canonical bytes of a rate limit. @throws RangeError for values out of range. */
export function encodeRateLimit(value: RateLimit): Uint8Array {
  return encodeWith(writeRateLimit, value)
}

/** Inverse of {@link encodeRateLimit}. @throws DecodeError */
export function decodeRateLimit(bytes: Uint8Array, options?: DecodeOptions): RateLimit {
  return decodeWith(readRateLimit, bytes, options)
}
