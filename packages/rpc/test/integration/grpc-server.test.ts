import { readFileSync } from 'node:fs'
import { status } from '@grpc/grpc-js'
import { loadCryptoBackends, toHex } from '@zkstack/crypto'
import {
  certificateId,
  encodeCertificate,
  parseCertificate,
  type Certificate,
} from '@zkstack/pessimistic-proof'
import type { ClientTls } from '@zkstack/settlement'
import { certificateChain } from '@zkstack/settlement/testing'
import { Root } from 'protobufjs'
import * as descriptorFormat from 'protobufjs/ext/descriptor/index.js'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import {
  grpcSettlementClient,
  nodeServiceFiles,
  nodeServices,
  serveGrpc,
  type GrpcServer,
  type GrpcServerOptions,
  type Readiness,
  type SettlementService,
} from '../../src/index.js'
import { runSimulatedNode } from '../../testing/index.js'
import { api, form, NodeClient, type Answer, type Called } from '../helpers/node-client.js'

const chain = certificateChain(1, 3)
const [first, second] = chain.map(({ certificate }) => certificate)
if (first === undefined || second === undefined) throw new Error('no certificates')

beforeAll(() => loadCryptoBackends())

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

/** Serves a node, of which only a few methods may be there. */
async function start(
  node: Partial<SettlementService['node']>,
  o: Partial<GrpcServerOptions> = {},
): Promise<GrpcServer> {
  const methods = nodeServices({ node } as SettlementService)
  const server = await serveGrpc({ methods, files: nodeServiceFiles(), port: 0, ...o })
  open.push(() => server.close())
  return server
}

function clientOf(server: GrpcServer): NodeClient {
  const client = new NodeClient(server)
  open.push(() => {
    client.close()
  })
  return client
}

async function served(...parts: Parameters<typeof start>): Promise<NodeClient> {
  return clientOf(await start(...parts))
}

/** The certificates that upstream tests with, which real networks have sent. */
const realCertificates = ['cert_h0', 'n15-cert_h0', 'n15-cert_h1'].map((name) => {
  const folder = '../../../pessimistic-proof/test/vectors/data/certificates/'
  const parsed = parseCertificate(
    readFileSync(new URL(`${folder}${name}.json`, import.meta.url), 'utf8'),
  )
  if (parsed.ok) return parsed.value
  throw new Error(`${name}: ${parsed.error.message}`)
})

const call = { signal: new AbortController().signal }

const submission = ['CertificateSubmissionService', 'SubmitCertificate'] as const

describe('the services of a node over gRPC', () => {
  test('a certificate is submitted and settles; everything about it is told', async () => {
    const epochConfiguration = { genesisBlock: 7n, epochDuration: 6n }
    await runSimulatedNode({ submissions: chain, epochConfiguration }, async (service) => {
      const client = await served(service.node)
      const id = { value: { value: Buffer.from(certificateId(first)) } }
      expect(await client.submit(first)).toEqual({ code: status.OK, answer: { certificateId: id } })
      expect(await client.submit(first)).toEqual({ code: status.OK, answer: { certificateId: id } })
      const header = (): Promise<Called> =>
        client.call('NodeStateService', 'GetCertificateHeader', { certificateId: id })
      let told: Answer | undefined
      do told = (await header()).answer?.['certificateHeader'] as Answer | undefined
      while (told?.['status'] !== 'CERTIFICATE_STATUS_SETTLED')
      expect(told).toMatchObject({
        networkId: 1,
        epochNumber: 0,
        certificateIndex: 0,
        certificateId: id,
        prevLocalExitRoot: { value: Buffer.from(first.prevLocalExitRoot) },
        settlementTxHash: { value: expect.any(Buffer) as Buffer },
      })
      const latest = (type: string): Promise<Called> =>
        client.call('NodeStateService', 'GetLatestCertificateHeader', { type, networkId: 1 })
      expect(await latest('LATEST_CERTIFICATE_REQUEST_TYPE_SETTLED')).toEqual({
        code: status.OK,
        answer: { certificateHeader: told },
      })
      expect(await latest('LATEST_CERTIFICATE_REQUEST_TYPE_PENDING')).toEqual({
        code: status.OK,
        answer: {},
      })
      expect(
        await client.call('NodeStateService', 'GetNetworkInfo', { networkId: 1 }),
      ).toMatchObject({
        answer: {
          networkInfo: {
            networkStatus: 'NETWORK_STATUS_ACTIVE',
            networkType: 'NETWORK_TYPE_ECDSA',
            networkId: 1,
            settledHeight: 0,
            settledCertificateId: id,
            latestEpochWithSettlement: 0,
          },
        },
      })
      expect(await client.call('ConfigurationService', 'GetEpochConfiguration', {})).toEqual({
        code: status.OK,
        answer: { epochConfiguration: { genesisBlock: 7, epochDuration: 6 } },
      })
    })
  })

  test('real certificates, encoded by another implementation › arrive as they are', async () => {
    const arrived: Certificate[] = []
    const client = await served({
      async submit(certificate) {
        arrived.push(certificate)
        return { ok: true, value: { certificateId: certificateId(certificate), isNew: true } }
      },
    })
    for (const certificate of realCertificates) {
      const { answer } = await client.submit(certificate)
      expect(answer).toEqual({
        certificateId: { value: { value: Buffer.from(certificateId(certificate)) } },
      })
    }
    expect(arrived).toEqual(realCertificates)
  })

  test('what is refused › has the status, the kind and the particulars of upstream', async () => {
    await runSimulatedNode({ submissions: chain }, async (service) => {
      const client = await served(service.node)
      const kind = (name: string): string => `SUBMIT_CERTIFICATE_ERROR_KIND_${name}`
      expect(await client.submit({ ...first, height: 2n })).toMatchObject({
        code: status.INVALID_ARGUMENT,
        reason: kind('SIGNATURE_VERIFICATION'),
        metadata: { kind: 'rebuild', code: 'SignatureMismatch' },
      })
      expect(await client.call(...submission, {})).toMatchObject({
        code: status.INVALID_ARGUMENT,
        reason: kind('MISSING_FIELD'),
        metadata: { field: 'certificate' },
      })
      await service.node.disableNetwork(1)
      expect(await client.submit(first)).toMatchObject({
        code: status.FAILED_PRECONDITION,
        metadata: { code: 'NetworkDisabled' },
      })
      await service.node.enableNetwork(1)
      const state = (method: string, request: object): Promise<Called> =>
        client.call('NodeStateService', method, request)
      expect(
        await state('GetCertificateHeader', {
          certificateId: { value: { value: Buffer.alloc(32, 0x51) } },
        }),
      ).toMatchObject({
        code: status.NOT_FOUND,
        reason: 'GET_CERTIFICATE_HEADER_ERROR_KIND_NOT_FOUND',
      })
      expect(await state('GetCertificateHeader', {})).toMatchObject({
        code: status.INVALID_ARGUMENT,
        reason: 'GET_CERTIFICATE_HEADER_ERROR_KIND_MISSING_FIELD',
      })
      expect(await state('GetLatestCertificateHeader', { networkId: 1 })).toMatchObject({
        code: status.INVALID_ARGUMENT,
        reason: 'GET_LATEST_CERTIFICATE_HEADER_ERROR_KIND_INVALID_DATA',
      })
      expect(await state('GetNetworkInfo', { networkId: 99 })).toMatchObject({
        code: status.NOT_FOUND,
        reason: 'GET_NETWORK_INFO_ERROR_KIND_UNKNOWN_NETWORK_TYPE',
      })
      expect(await client.call('ConfigurationService', 'GetEpochConfiguration', {})).toMatchObject({
        code: status.INVALID_ARGUMENT,
        reason: 'GET_EPOCH_CONFIGURATION_ERROR_KIND_UNEXPECTED_CLOCK_CONFIGURATION',
      })
    })
  })

  test('bytes that are no certificate › are one error that names the field', async () => {
    const client = await served({
      submit: () => Promise.reject(new Error('what cannot be read goes no further')),
    })
    const encoded = form(api, 'agglayer.node.v1.SubmitCertificateRequest').encode({
      certificate: form(api, 'agglayer.node.types.v1.Certificate').decode(encodeCertificate(first)),
    })
    const shortRoot = {
      certificate: {
        ...form(api, 'agglayer.node.types.v1.Certificate').decode(encodeCertificate(first)),
        prevLocalExitRoot: { value: Buffer.alloc(31) },
      },
    }
    expect(await client.call(...submission, shortRoot)).toMatchObject({
      code: status.INVALID_ARGUMENT,
      reason: 'SUBMIT_CERTIFICATE_ERROR_KIND_INVALID_DATA',
      metadata: { field: 'certificate.prev_local_exit_root', code: 'BAD_LENGTH' },
    })
    for (let length = 1; length < encoded.length; length += Math.ceil(encoded.length / 40)) {
      const { code, reason } = await client.raw(...submission, encoded.subarray(0, length))
      expect([length, code]).toEqual([length, status.INVALID_ARGUMENT])
      expect(reason).toMatch(/_(MISSING_FIELD|INVALID_DATA)$/)
    }
  })

  test('requests that are too long, too many or too slow › are refused', async () => {
    const releases: (() => void)[] = []
    const server = await start(
      {
        networkInfo: () =>
          new Promise((resolve) => {
            releases.push(() => {
              resolve(undefined)
            })
          }),
      },
      { maxConcurrentCalls: 2, maxRequestBytes: 1000 },
    )
    const [client, other] = [clientOf(server), clientOf(server)]
    const { code } = await client.raw(...submission, Buffer.alloc(2000))
    expect(code).toBe(status.RESOURCE_EXHAUSTED)
    using own = grpcSettlementClient(server.address)
    using small = grpcSettlementClient(server.address, { maxMessageBytes: 1000 })
    for (const sender of [own, small])
      expect(await sender.submit(first, call)).toMatchObject({
        error: { kind: 'fatal', code: 'TooLarge' },
      })
    const info = (from: NodeClient): Promise<Called> =>
      from.call('NodeStateService', 'GetNetworkInfo', { networkId: 1 })
    const asked = [info(client), info(client)]
    while (releases.length < 2) await new Promise(setImmediate)
    expect((await info(other)).code).toBe(status.RESOURCE_EXHAUSTED)
    for (const release of releases) release()
    for (const call of asked) expect((await call).code).toBe(status.NOT_FOUND)
    const slow = await served(
      { networkInfo: () => new Promise(() => undefined) },
      { timeoutMs: 20 },
    )
    expect((await info(slow)).code).toBe(status.DEADLINE_EXCEEDED)
  })

  test('a bug shows nothing of what is inside', async () => {
    const client = await served({ networkInfo: () => Promise.reject(new Error('secret')) })
    expect(await client.call('NodeStateService', 'GetNetworkInfo', { networkId: 1 })).toEqual({
      code: status.INTERNAL,
    })
  })

  test('the client of this library gives the same values as a node of this process', async () => {
    await runSimulatedNode({ submissions: chain }, async (service) => {
      const { address } = await start(service.node)
      using client = grpcSettlementClient(address)
      const own = service.node.endpoint
      const id = certificateId(first)
      expect(await client.header(id, call)).toEqual({ ok: true, value: undefined })
      expect(await client.latestHeaders(1, call)).toEqual(await own.latestHeaders(1, call))
      expect(await client.networkInfo(1, call)).toMatchObject({ error: { code: 'NotFound' } })
      expect(await client.submit(first, call)).toEqual({ ok: true, value: id })
      while ((await service.node.header(id))?.status.type !== 'settled')
        await client.header(id, call)
      expect(await client.header(id, call)).toEqual(await own.header(id, call))
      expect(await client.latestHeaders(1, call)).toEqual(await own.latestHeaders(1, call))
      expect(await client.epochConfiguration(call)).toEqual({ ok: true, value: undefined })
      expect(await client.networkInfo(1, call)).toEqual({
        ok: true,
        value: await service.node.networkInfo(1),
      })
      const tampered = { ...second, newLocalExitRoot: id }
      const refused = await own.submit(tampered, call)
      const error = refused.ok ? undefined : refused.error
      expect(await client.submit(tampered, call)).toEqual({
        ok: false,
        error: { kind: error?.kind, code: error?.code, message: error?.message },
      })
      const canceled = AbortSignal.abort(new Error('enough'))
      await expect(client.header(id, { signal: canceled })).rejects.toThrow('enough')
    })
    using nobody = grpcSettlementClient('127.0.0.1:1', { timeoutMs: 20_000 })
    expect(await nobody.networkInfo(1, call)).toMatchObject({
      error: { kind: 'retry', code: 'Unreachable' },
    })
  })

  test('over TLS › who knows the server is answered; where clients must be known, only those', async () => {
    const vectors = '../../../settlement/test/vectors/prover/'
    const vector = (name: string): Uint8Array =>
      readFileSync(new URL(vectors + name, import.meta.url))
    const [pem, privateKey] = [vector('localhost.pem'), vector('localhost-key.pem')]
    const identity = { certificateChain: pem, privateKey }
    const header: SettlementService['node']['header'] = () => Promise.resolve(undefined)
    const asked = async (server: GrpcServer, tls?: ClientTls): Promise<string> => {
      using client = grpcSettlementClient(server.address, { tls, timeoutMs: 30_000 })
      const answer = await client.header(certificateId(first), call)
      return answer.ok ? 'answered' : answer.error.code
    }
    const known = { rootCertificates: pem, serverName: 'localhost' }
    const server = await start({ header }, { tls: identity })
    expect(await asked(server, known)).toBe('answered')
    expect(await asked(server, { serverName: 'localhost' })).toBe('Unreachable')
    expect(await asked(server)).toBe('Unreachable')
    const strict = await start({ header }, { tls: { ...identity, clientRootCertificates: pem } })
    expect(await asked(strict, { ...known, identity })).toBe('answered')
    expect(await asked(strict, known)).toBe('Unreachable')
  })

  test('health says what readiness says, of the server and of each service', async () => {
    let ready = false
    const readiness = (): Promise<Readiness> => Promise.resolve({ ready, checks: [] })
    const client = await served({}, { readiness, readinessIntervalMs: 10 })
    const services = ['', 'agglayer.node.v1.NodeStateService']
    for (const service of services) expect(await client.health(service)).toBe('NOT_SERVING')
    ready = true
    while ((await client.health('')) !== 'SERVING');
    for (const service of services) expect(await client.health(service)).toBe('SERVING')
    expect(await client.health('agglayer.node.v1.Another')).toBe(status.NOT_FOUND)
    ready = false
    while ((await client.health('')) !== 'NOT_SERVING');
  })

  test('reflection lists the services, and describes them as their files do', async () => {
    const client = await served({})
    const [listed, ...described] = await client.reflect(
      { listServices: '*' },
      { fileContainingSymbol: 'agglayer.node.v1.NodeStateService' },
      { fileByFilename: 'agglayer/node/types/v1.proto' },
      { fileContainingSymbol: 'agglayer.interop.types.v1.AggchainData' },
    )
    expect(listed?.['listServicesResponse']).toEqual({
      service: [
        'agglayer.node.v1.CertificateSubmissionService',
        'agglayer.node.v1.ConfigurationService',
        'agglayer.node.v1.NodeStateService',
        'grpc.health.v1.Health',
        'grpc.reflection.v1.ServerReflection',
        'grpc.reflection.v1alpha.ServerReflection',
      ].map((name) => ({ name })),
    })
    const file = described.map((answer) => {
      const { fileDescriptorProto } = answer['fileDescriptorResponse'] as {
        readonly fileDescriptorProto: readonly Uint8Array[]
      }
      return FileDescriptorProto.decode(fileDescriptorProto[0] ?? new Uint8Array())
    })
    // What a client makes of it encodes a real certificate to the same bytes.
    const root = (Root as unknown as DescribedRoot).fromDescriptor({ file })
    root.resolveAll()
    for (const certificate of realCertificates) {
      const encoded = encodeCertificate(certificate)
      const { encode, decode } = form(root, 'agglayer.node.types.v1.Certificate')
      expect(toHex(encode(decode(encoded)))).toBe(toHex(encoded))
    }
    expect(Object.keys(root.lookupService('agglayer.node.v1.NodeStateService').methods)).toEqual([
      'GetCertificateHeader',
      'GetLatestCertificateHeader',
      'GetNetworkInfo',
    ])
  })
})

// The module's declarations leave its exports out.
const { FileDescriptorProto } = descriptorFormat as unknown as {
  readonly FileDescriptorProto: { decode(bytes: Uint8Array): unknown }
}

interface DescribedRoot {
  fromDescriptor(set: { readonly file: readonly unknown[] }): Root
}
