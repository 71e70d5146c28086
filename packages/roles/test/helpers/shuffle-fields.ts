import { concatBytes } from '@zkstack/crypto'
import type { Random } from '@zkstack/concurrency'
import { Reader, Writer, type Type } from 'protobufjs'
import { randomBelow } from '../../testing/index.js'

/** The same message with its fields in random order, and so in all messages within. */
export function shuffleFields(bytes: Uint8Array, type: Type, random: Random): Uint8Array {
  const reader = new Reader(bytes)
  const fields: Uint8Array[] = []
  while (reader.pos < reader.len) {
    const start = reader.pos
    const tag = reader.uint32()
    const field = type.fieldsById[tag >>> 3]
    const inner = field?.resolve().resolvedType
    if (inner !== null && inner !== undefined && 'fieldsById' in inner) {
      const body = shuffleFields(reader.bytes(), inner, random)
      fields.push(Uint8Array.from(new Writer().uint32(tag).bytes(body).finish()))
    } else {
      reader.skipType(tag & 7)
      fields.push(bytes.slice(start, reader.pos))
    }
  }
  for (let i = fields.length - 1; i > 0; i--) {
    const j = randomBelow(random, i + 1)
    const swapped = fields[i] as Uint8Array
    fields[i] = fields[j] as Uint8Array
    fields[j] = swapped
  }
  return concatBytes(...fields)
}
