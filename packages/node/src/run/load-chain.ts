import { Ctx } from '@zkstack/concurrency'
import type { ExecutionLayer } from '@zkstack/executor'
import { ConfigTable } from '../config/config-table.js'
import type { ExecutionFactory } from './execution-factory.js'

const NUMBER_BYTES = 8
const MOST_PAYLOAD_BYTES = 64 * 1024 * 1024

/** Time between two blocks unless told otherwise, in milliseconds. */
const DEFAULT_INTERVAL_MS = 200

/**
 * `builtin:load`: a chain without a state, to try a network before there is a chain, and to load it. A payload is the block's number
 * (8 bytes, big-endian) and `payloadBytes` random bytes; a leader waits `intervalMs` before it proposes one.
 */
export const loadChain: ExecutionFactory = ({ options }) => {
  const table = new ConfigTable(options, 'executionOptions', ['payloadBytes', 'intervalMs'])
  const payloadBytes = table.optionalInteger('payloadBytes', 0, MOST_PAYLOAD_BYTES) ?? 0
  const intervalMs = table.optionalInteger('intervalMs', 0, 60_000) ?? DEFAULT_INTERVAL_MS
  const execution: ExecutionLayer = {
    async propose({ number, maxBytes }, { signal }) {
      using ctx = Ctx.root({ signal })
      await ctx.sleep(intervalMs)
      if (NUMBER_BYTES + payloadBytes > maxBytes) return null
      const payload = new Uint8Array(NUMBER_BYTES + payloadBytes)
      payload.set(ctx.random.bytes(payloadBytes), NUMBER_BYTES)
      new DataView(payload.buffer).setBigUint64(0, number)
      return payload
    },
    async verify({ number, payload }) {
      if (payload.length !== NUMBER_BYTES + payloadBytes)
        return { ok: false, reason: `the payload has ${payload.length} bytes` }
      const { buffer, byteOffset } = payload
      const claimed = new DataView(buffer, byteOffset).getBigUint64(0)
      if (claimed === number) return { ok: true }
      return { ok: false, reason: `the payload is that of block ${claimed}` }
    },
    commit: () => Promise.resolve(),
  }
  return { execution }
}
