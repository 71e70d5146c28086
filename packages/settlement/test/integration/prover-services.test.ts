import { Client, credentials, status, type ClientReadableStream } from '@grpc/grpc-js'
import { loadCryptoBackends } from '@zkstack/crypto'
import { nativeProver } from '@zkstack/pessimistic-proof'
import { Root } from 'protobufjs'
import * as descriptors from 'protobufjs/ext/descriptor/index.js'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { RemoteProver, serveProver, type ProverServer } from '../../src/index.js'
import { until } from '../helpers/provers.js'
import { errorOf, valueOf } from '../helpers/value-of.js'

beforeAll(() => loadCryptoBackends())

const SERVICE = 'agglayer.prover.v1.ProofGenerationService'
const proto = (file: string) => new URL(`../../../../proto/${file}`, import.meta.url).pathname
const { signal } = new AbortController()
const open: (() => unknown)[] = []

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

async function serve(): Promise<ProverServer> {
  const server = await serveProver({ prover: nativeProver(), listen: '127.0.0.1:0' })
  open.push(() => server.close({ graceMs: 0 }))
  return server
}

function clientOf({ port }: ProverServer): Client {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure())
  open.push(() => client.close())
  return client
}

/** Encodes and decodes the messages of a file, by hand of another implementation. */
function messages(file: string, name: string) {
  const type = new Root().loadSync(proto(file)).lookupType(name)
  return {
    encode: (value: object) => Buffer.from(type.encode(type.fromObject(value)).finish()),
    decode: (bytes: Buffer) => type.toObject(type.decode(bytes), { enums: String }),
  }
}

const healthRequest = messages('grpc/health.proto', 'grpc.health.v1.HealthCheckRequest')
const healthResponse = messages('grpc/health.proto', 'grpc.health.v1.HealthCheckResponse')

function check(client: Client, service: string): Promise<unknown> {
  return new Promise((resolve) => {
    client.makeUnaryRequest(
      '/grpc.health.v1.Health/Check',
      healthRequest.encode,
      healthResponse.decode,
      { service },
      (error, answer) => {
        resolve(error?.code ?? answer?.['status'])
      },
    )
  })
}

function watch(client: Client, service: string) {
  const stream: ClientReadableStream<Record<string, unknown>> = client.makeServerStreamRequest(
    '/grpc.health.v1.Health/Watch',
    healthRequest.encode,
    healthResponse.decode,
    { service },
  )
  const seen: unknown[] = []
  stream.on('data', (answer: Record<string, unknown>) => seen.push(answer['status']))
  stream.on('end', () => seen.push('end'))
  stream.on('error', () => undefined)
  return seen
}

describe('the health of a prover', () => {
  test('is that of its service and of the whole server; of another service it knows nothing', async () => {
    const server = await serve()
    const client = clientOf(server)
    expect(await check(client, '')).toBe('SERVING')
    expect(await check(client, SERVICE)).toBe('SERVING')
    expect(await check(client, 'another.Service')).toBe(status.NOT_FOUND)
    server.health = 'NOT_SERVING'
    expect(await check(client, '')).toBe('NOT_SERVING')
    expect(await check(client, SERVICE)).toBe('NOT_SERVING')
  })

  test('is told as it changes, until the server stops', async () => {
    const server = await serve()
    const client = clientOf(server)
    const [seen, unknown] = [watch(client, SERVICE), watch(client, 'another.Service')]
    await until(() => seen.length === 1 && unknown.length === 1)
    server.health = 'NOT_SERVING'
    server.health = 'NOT_SERVING'
    server.health = 'SERVING'
    await until(() => seen.length === 3)
    await server.close()
    await until(() => seen.length === 5)
    expect(seen).toEqual(['SERVING', 'NOT_SERVING', 'SERVING', 'NOT_SERVING', 'end'])
    expect(unknown[0]).toBe('SERVICE_UNKNOWN')
  })

  test('is what a remote prover asks for at each of its endpoints', async () => {
    const [up, down, gone] = [await serve(), await serve(), await serve()]
    down.health = 'NOT_SERVING'
    await gone.close()
    const endpoints = [up, down, gone].map(({ port }) => `127.0.0.1:${port}`)
    using prover = new RemoteProver({ endpoints, accepts: { type: 'native' } })
    const [first, second, third] = await prover.health({ signal })
    if (first === undefined || second === undefined || third === undefined)
      throw new Error('three endpoints were asked')
    expect(first.endpoint).toBe(endpoints[0])
    expect(valueOf(first.serving)).toBe(true)
    expect(valueOf(second.serving)).toBe(false)
    expect(errorOf(third.serving).code).toBe('PROVER_UNAVAILABLE')
  })
})

describe.each(['v1', 'v1alpha'])('reflection %s', (version) => {
  const request = messages('grpc/reflection.proto', 'grpc.reflection.v1.ServerReflectionRequest')
  const response = messages('grpc/reflection.proto', 'grpc.reflection.v1.ServerReflectionResponse')

  async function ask(server: ProverServer, ...questions: readonly object[]) {
    const stream = clientOf(server).makeBidiStreamRequest(
      `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
      request.encode,
      response.decode,
    )
    for (const question of questions) stream.write(question)
    stream.end()
    const answers: Record<string, unknown>[] = []
    for await (const answer of stream) answers.push(answer as Record<string, unknown>)
    return answers
  }

  test('lists what is served', async () => {
    const [answer] = await ask(await serve(), { listServices: '*' })
    expect(answer?.['listServicesResponse']).toEqual({
      service: [
        { name: SERVICE },
        { name: 'grpc.health.v1.Health' },
        { name: 'grpc.reflection.v1.ServerReflection' },
        { name: 'grpc.reflection.v1alpha.ServerReflection' },
      ],
    })
    expect(answer?.['originalRequest']).toEqual({ listServices: '*' })
  })

  test.each([
    ['agglayer.prover.v1', 'agglayer/prover.proto', SERVICE],
    ['grpc.health.v1', 'grpc/health.proto', 'grpc.health.v1.HealthCheckResponse'],
    [
      'grpc.reflection.v1',
      'grpc/reflection.proto',
      'grpc.reflection.v1.ServerReflection.ServerReflectionInfo',
    ],
  ])('describes %s as its file does', async (name, file, symbol) => {
    const [answer] = await ask(await serve(), { host: 'here', fileContainingSymbol: symbol })
    expect(answer?.['validHost']).toBe('here')
    const { fileDescriptorProto } = answer?.['fileDescriptorResponse'] as {
      readonly fileDescriptorProto: readonly Uint8Array[]
    }
    expect(fileDescriptorProto).toHaveLength(1)
    const [bytes] = fileDescriptorProto
    if (bytes === undefined) throw new Error('no descriptor')
    const described = FileDescriptorProto.decode(bytes)
    const served = namespaceOf(
      (Root as unknown as DescribedRoot).fromDescriptor({ file: [described] }),
      name,
    )
    expect(served).toEqual(namespaceOf(new Root().loadSync(proto(file), { keepCase: true }), name))
    expect(JSON.stringify(served)).toContain('"requestType"')
  })

  test('says what it does not know, one answer for each question', async () => {
    const answers = await ask(
      await serve(),
      { fileContainingSymbol: 'no.such.Thing' },
      { fileByFilename: 'no/such/file.proto' },
      { allExtensionNumbersOfType: SERVICE },
      { fileByFilename: 'agglayer/prover/v1/proof_generation.proto' },
    )
    const codes = answers.map(
      (answer) => (answer['errorResponse'] as { errorCode?: number } | undefined)?.errorCode,
    )
    expect(codes).toEqual([status.NOT_FOUND, status.NOT_FOUND, status.UNIMPLEMENTED, undefined])
  })
})

// The module's declarations leave its exports out.
const { FileDescriptorProto } = descriptors as unknown as {
  readonly FileDescriptorProto: { decode(bytes: Uint8Array): unknown }
}

interface DescribedRoot {
  fromDescriptor(set: { readonly file: readonly unknown[] }): Root
}

/** A package as protobufjs sees it, without the options that only describe how it was read. */
function namespaceOf(root: Root, name: string): unknown {
  root.resolveAll()
  const text = JSON.stringify(root.lookup(name)?.toJSON(), (key, value: unknown) =>
    key === 'edition' || key === 'options' ? undefined : value,
  )
  // Types are named in full in descriptors, and by their last name in files.
  return JSON.parse(text.replace(/"\.?(?:[a-zA-Z0-9_]+\.)+([A-Z][a-zA-Z]*)"/g, '"$1"'))
}
