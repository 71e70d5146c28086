import type { Hash32 } from '@zkstack/crypto'
import { protobuf } from '@zkstack/pessimistic-proof'

/** A message that is passed on as it is. */
const encoded: protobuf.Message<Uint8Array> = { encode: (bytes) => bytes, decode: (bytes) => bytes }

/** Most requests and all answers of `agglayer.node.v1` have one message in their first field. */
export const wrapped: protobuf.Message<{ readonly message: Uint8Array | undefined }> =
  protobuf.message({ message: protobuf.optional(1, encoded) })

/** `agglayer.node.types.v1.CertificateId` */
export const certificateIdMessage: protobuf.Message<Hash32> = protobuf.mapped(
  protobuf.message<{ readonly value: Hash32 }>({ value: protobuf.required(1, protobuf.hash) }),
  (value) => ({ value }),
  ({ value }) => value,
)
