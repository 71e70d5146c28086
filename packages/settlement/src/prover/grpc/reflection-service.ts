import { status, type Server, type ServerDuplexStream } from '@grpc/grpc-js'
import { protobuf } from '@zkstack/pessimistic-proof'
import { bufferOf, bytesOf } from './buffers.js'
import { encodedFile, type EncodedFile, type FileDescriptor } from './file-descriptor.js'
import { reflectionFile, reflectionRequest, reflectionResponse } from './reflection-messages.js'
import type { ReflectionRequest } from './reflection-messages.js'
import type { ReflectionResponse } from './reflection-messages.js'

type Stream = ServerDuplexStream<Uint8Array, Uint8Array>
type Answer = Pick<ReflectionResponse, 'files' | 'services' | 'error'>

/**
 * Says what a server serves, itself included, to tools such as grpcurl: `grpc.reflection.v1` and `v1alpha`.
 * @see https://github.com/grpc/grpc/blob/master/doc/server-reflection.md
 */
export class ReflectionService {
  readonly #services: readonly string[]
  readonly #byName = new Map<string, Uint8Array>()
  readonly #bySymbol = new Map<string, Uint8Array>()
  readonly #streams = new Set<Stream>()

  constructor(files: readonly (FileDescriptor | EncodedFile)[]) {
    const all = [...files, reflectionFile('v1'), reflectionFile('v1alpha')].map((file) =>
      'bytes' in file ? file : encodedFile(file),
    )
    this.#services = all.flatMap(({ services }) => services).sort()
    for (const { name, symbols, bytes } of all) {
      this.#byName.set(name, bytes)
      for (const symbol of symbols) this.#bySymbol.set(symbol, bytes)
    }
  }

  addTo(server: Server): void {
    for (const version of ['v1', 'v1alpha'])
      server.register(
        `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
        this.#serve,
        bufferOf,
        bytesOf,
        'bidi',
      )
  }

  /** Ends the streams, which would keep a server from stopping. */
  end(): void {
    for (const stream of this.#streams) stream.end()
    this.#streams.clear()
  }

  readonly #serve = (stream: Stream): void => {
    this.#streams.add(stream)
    const forget = (): void => {
      this.#streams.delete(stream)
    }
    stream.on('data', (bytes: Uint8Array) => {
      if (!stream.write(this.#answer(bytes))) {
        stream.pause()
        stream.once('drain', () => stream.resume())
      }
    })
    stream.on('end', () => {
      forget()
      stream.end()
    })
    stream.on('cancelled', forget)
    stream.on('error', forget)
  }

  #answer(bytes: Uint8Array): Uint8Array {
    const asked = protobuf.decodeMessage(reflectionRequest, bytes)
    const answer = asked.ok
      ? this.#find(asked.value)
      : refused(status.INVALID_ARGUMENT, asked.error.message)
    const validHost = asked.ok ? asked.value.host : ''
    return reflectionResponse.encode({ ...answer, validHost, originalRequest: bytes })
  }

  #find(question: ReflectionRequest): Answer {
    const { fileByFilename, fileContainingSymbol, listServices } = question
    if (listServices !== undefined) return { services: this.#services }
    const file =
      fileByFilename === undefined
        ? this.#bySymbol.get(fileContainingSymbol ?? '')
        : this.#byName.get(fileByFilename)
    if (file !== undefined) return { files: [file] }
    return fileByFilename === undefined && fileContainingSymbol === undefined
      ? refused(status.UNIMPLEMENTED, 'there are no extensions')
      : refused(status.NOT_FOUND, 'nothing has this name')
  }
}

function refused(code: number, message: string): Answer {
  return { error: { code, message } }
}
