import { protobuf } from '@zkstack/pessimistic-proof'

/** A field of a message; enums and messages name their type in full, after a dot. */
export interface FieldDescriptor {
  readonly name: string
  readonly number: number
  readonly type:
    'int32' | 'string' | 'bytes' | { readonly enum: string } | { readonly message: string }
  readonly repeated?: boolean
  /** Member of the message's `oneof`. */
  readonly inOneof?: boolean
}

/** A message with at most one `oneof`. */
export interface MessageDescriptor {
  readonly name: string
  readonly fields: readonly FieldDescriptor[]
  readonly oneof?: string
  /** Its enum, whose values count from 0. */
  readonly enum?: { readonly name: string; readonly values: readonly string[] }
}

/** A method of a service; types are named in full, after a dot. */
export interface MethodDescriptor {
  readonly name: string
  readonly input: string
  readonly output: string
  readonly clientStreaming?: boolean
  readonly serverStreaming?: boolean
}

/** A proto3 file with one service. */
export interface FileDescriptor {
  readonly name: string
  readonly package: string
  readonly messages: readonly MessageDescriptor[]
  readonly service: { readonly name: string; readonly methods: readonly MethodDescriptor[] }
}

/** A file whose descriptor is encoded already, with what reflection finds it by. */
export interface EncodedFile {
  readonly name: string
  /** Names in full, as all symbols. */
  readonly services: readonly string[]
  /** Services, methods, messages and enums. */
  readonly symbols: readonly string[]
  /** `google.protobuf.FileDescriptorProto` */
  readonly bytes: Uint8Array
}

const flag = (value: boolean | undefined) => (value === true ? 1 : 0)

const field: protobuf.Message<FieldDescriptor> = encodedAs(
  protobuf.message({
    name: protobuf.string(1),
    number: protobuf.uint32(3),
    label: protobuf.uint32(4),
    type: protobuf.uint32(5),
    typeName: protobuf.string(6),
    oneofIndex: protobuf.optionalUint32(9),
  }),
  ({ name, number, type, repeated, inOneof }) => ({
    ...{ name, number },
    label: repeated === true ? 3 : 1,
    ...typeOf(type),
    oneofIndex: inOneof === true ? 0 : undefined,
  }),
)

const enumValue = protobuf.message({ name: protobuf.string(1), number: protobuf.optionalUint32(2) })
const enumeration = protobuf.message({
  name: protobuf.string(1),
  values: protobuf.repeated(2, enumValue),
})
const oneof = protobuf.message({ name: protobuf.string(1) })

const messageType: protobuf.Message<MessageDescriptor> = encodedAs(
  protobuf.message({
    name: protobuf.string(1),
    fields: protobuf.repeated(2, field),
    enum: protobuf.optional(4, enumeration),
    oneof: protobuf.optional(8, oneof),
  }),
  ({ name, fields, oneof, enum: values }) => ({
    ...{ name, fields },
    enum: values && {
      name: values.name,
      values: values.values.map((value, number) => ({ name: value, number })),
    },
    oneof: oneof === undefined ? undefined : { name: oneof },
  }),
)

const method: protobuf.Message<MethodDescriptor> = encodedAs(
  protobuf.message({
    name: protobuf.string(1),
    input: protobuf.string(2),
    output: protobuf.string(3),
    clientStreaming: protobuf.uint32(5),
    serverStreaming: protobuf.uint32(6),
  }),
  ({ clientStreaming, serverStreaming, ...plain }) => ({
    ...plain,
    clientStreaming: flag(clientStreaming),
    serverStreaming: flag(serverStreaming),
  }),
)

const service = protobuf.message({
  name: protobuf.string(1),
  methods: protobuf.repeated(2, method),
})

const file = protobuf.message({
  name: protobuf.string(1),
  package: protobuf.string(2),
  messages: protobuf.repeated(4, messageType),
  service: protobuf.required(6, service),
  syntax: protobuf.string(12),
})

/**
 * A file as `google.protobuf.FileDescriptorProto`, the form in which servers tell what they serve.
 * @see https://github.com/protocolbuffers/protobuf/blob/main/src/google/protobuf/descriptor.proto
 */
export function encodeFileDescriptor(descriptor: FileDescriptor): Uint8Array {
  return file.encode({ ...descriptor, syntax: 'proto3' })
}

/** A file in the form that reflection gives out. */
export function encodedFile(descriptor: FileDescriptor): EncodedFile {
  const { name, messages } = descriptor
  const service = `${descriptor.package}.${descriptor.service.name}`
  const types = messages.flatMap(({ name: own, enum: values }) => [
    `${descriptor.package}.${own}`,
    ...(values === undefined ? [] : [`${descriptor.package}.${own}.${values.name}`]),
  ])
  const methods = descriptor.service.methods.map((method) => `${service}.${method.name}`)
  return {
    name,
    services: [service],
    symbols: [service, ...methods, ...types],
    bytes: encodeFileDescriptor(descriptor),
  }
}

function typeOf(type: FieldDescriptor['type']): {
  readonly type: number
  readonly typeName: string
} {
  if (typeof type === 'string')
    return { type: { int32: 5, string: 9, bytes: 12 }[type], typeName: '' }
  return 'message' in type
    ? { type: 11, typeName: type.message }
    : { type: 14, typeName: type.enum }
}

/** A message that is only ever written. */
function encodedAs<T, U>(inner: protobuf.Message<U>, to: (value: T) => U): protobuf.Message<T> {
  return {
    encode: (value) => inner.encode(to(value)),
    decode() {
      throw new TypeError('descriptors are written, not read')
    },
  }
}
