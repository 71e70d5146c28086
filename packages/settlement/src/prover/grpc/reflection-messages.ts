import { protobuf } from '@zkstack/pessimistic-proof'
import type { FileDescriptor } from './file-descriptor.js'

const utf8: protobuf.Message<string> = {
  encode: (value) => new TextEncoder().encode(value),
  decode: (bytes) => new TextDecoder().decode(bytes),
}

const raw: protobuf.Message<Uint8Array> = {
  encode: (value) => value,
  decode: (bytes) => bytes.slice(),
}

/** A question to the reflection service. */
export interface ReflectionRequest {
  readonly host: string
  readonly fileByFilename: string | undefined
  readonly fileContainingSymbol: string | undefined
  readonly listServices: string | undefined
}

/** `ServerReflectionRequest`, and of its questions those that this server answers. */
export const reflectionRequest: protobuf.Message<ReflectionRequest> = protobuf.message({
  host: protobuf.string(1),
  fileByFilename: protobuf.optional(3, utf8),
  fileContainingSymbol: protobuf.optional(4, utf8),
  listServices: protobuf.optional(7, utf8),
})

/** What {@link reflectionResponse} answers; exactly one of the optional members. */
export interface ReflectionResponse {
  readonly validHost: string
  readonly originalRequest: Uint8Array
  readonly files?: readonly Uint8Array[] | undefined
  readonly services?: readonly string[] | undefined
  readonly error?: { readonly code: number; readonly message: string } | undefined
}

const files = protobuf.message({ files: protobuf.repeated(1, raw) })
const services = protobuf.message({
  services: protobuf.repeated(1, protobuf.message({ name: protobuf.string(1) })),
})
const error = protobuf.message({ code: protobuf.uint32(1), message: protobuf.string(2) })

/** `ServerReflectionResponse` */
export const reflectionResponse: protobuf.Message<ReflectionResponse> = protobuf.mapped(
  protobuf.message({
    validHost: protobuf.string(1),
    originalRequest: protobuf.required(2, raw),
    files: protobuf.optional(4, files),
    services: protobuf.optional(6, services),
    error: protobuf.optional(7, error),
  }),
  (value: ReflectionResponse) => ({
    ...{ validHost: value.validHost, originalRequest: value.originalRequest },
    files: value.files && { files: value.files },
    services: value.services && { services: value.services.map((name) => ({ name })) },
    error: value.error,
  }),
  (value) => ({
    ...value,
    files: value.files?.files,
    services: value.services?.services.map(({ name }) => name),
  }),
)

/** `grpc.reflection.v1` and `v1alpha`, which are the same but for their names. */
export function reflectionFile(version: 'v1' | 'v1alpha'): FileDescriptor {
  const of = (name: string) => `.grpc.reflection.${version}.${name}`
  const texts = (...names: readonly string[]) =>
    names.map((name, i) => ({ name, number: i + 1, type: 'string' }) as const)
  return {
    name: `grpc/reflection/${version}/reflection.proto`,
    package: `grpc.reflection.${version}`,
    messages: [
      {
        name: 'ServerReflectionRequest',
        oneof: 'message_request',
        fields: [
          { name: 'host', number: 1, type: 'string' },
          { name: 'file_by_filename', number: 3, type: 'string', inOneof: true },
          { name: 'file_containing_symbol', number: 4, type: 'string', inOneof: true },
          {
            ...{ name: 'file_containing_extension', number: 5, inOneof: true },
            type: { message: of('ExtensionRequest') },
          },
          { name: 'all_extension_numbers_of_type', number: 6, type: 'string', inOneof: true },
          { name: 'list_services', number: 7, type: 'string', inOneof: true },
        ],
      },
      {
        name: 'ExtensionRequest',
        fields: [
          ...texts('containing_type'),
          { name: 'extension_number', number: 2, type: 'int32' },
        ],
      },
      {
        name: 'ServerReflectionResponse',
        oneof: 'message_response',
        fields: [
          { name: 'valid_host', number: 1, type: 'string' },
          {
            ...{ name: 'original_request', number: 2 },
            type: { message: of('ServerReflectionRequest') },
          },
          {
            ...{ name: 'file_descriptor_response', number: 4, inOneof: true },
            type: { message: of('FileDescriptorResponse') },
          },
          {
            ...{ name: 'all_extension_numbers_response', number: 5, inOneof: true },
            type: { message: of('ExtensionNumberResponse') },
          },
          {
            ...{ name: 'list_services_response', number: 6, inOneof: true },
            type: { message: of('ListServiceResponse') },
          },
          {
            ...{ name: 'error_response', number: 7, inOneof: true },
            type: { message: of('ErrorResponse') },
          },
        ],
      },
      {
        name: 'FileDescriptorResponse',
        fields: [{ name: 'file_descriptor_proto', number: 1, type: 'bytes', repeated: true }],
      },
      {
        name: 'ExtensionNumberResponse',
        fields: [
          ...texts('base_type_name'),
          { name: 'extension_number', number: 2, type: 'int32', repeated: true },
        ],
      },
      {
        name: 'ListServiceResponse',
        fields: [
          { name: 'service', number: 1, type: { message: of('ServiceResponse') }, repeated: true },
        ],
      },
      { name: 'ServiceResponse', fields: texts('name') },
      {
        name: 'ErrorResponse',
        fields: [
          { name: 'error_code', number: 1, type: 'int32' },
          { name: 'error_message', number: 2, type: 'string' },
        ],
      },
    ],
    service: {
      name: 'ServerReflection',
      methods: [
        {
          name: 'ServerReflectionInfo',
          input: of('ServerReflectionRequest'),
          output: of('ServerReflectionResponse'),
          clientStreaming: true,
          serverStreaming: true,
        },
      ],
    },
  }
}
