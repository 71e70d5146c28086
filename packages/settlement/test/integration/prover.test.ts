import { createServer, connect, type AddressInfo, type Socket } from 'node:net'
import { Client, credentials, Metadata, status, type ServiceError } from '@grpc/grpc-js'
import { CanceledError, MemoryMetrics } from '@zkstack/concurrency'
import { hash32, loadCryptoBackends, ok, type Result } from '@zkstack/crypto'
import {
  certificateId,
  nativeProver,
  Sp1Verifier,
  verifySp1Proof,
  ZERO_HASH,
  type Prover,
  type ProverError,
} from '@zkstack/pessimistic-proof'
import {
  executeTransition,
  programOf2024,
  TrapdoorCircuit,
  type Submission,
} from '@zkstack/pessimistic-proof/testing'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import {
  createCertifier,
  decodeFailureDetails,
  decodeProofRequest,
  encodeProofRequest,
  RemoteProver,
  RemoteProverError,
  serveProver,
  type L1Contracts,
  type ProverServer,
  type ProverServerOptions,
  type RemoteProverOptions,
} from '../../src/index.js'
import { fixtureProver } from '../../testing/index.js'
import {
  bytesOfHex,
  GatedProver,
  inputOf,
  proverVector,
  rejectionOf,
  submissionOf,
  testVkey,
  trapdoorProver,
  until,
} from '../helpers/provers.js'
import { errorOf, valueOf } from '../helpers/value-of.js'

beforeAll(() => loadCryptoBackends())

const { signal } = new AbortController()
const open: (() => unknown)[] = []

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

async function serve(o: Partial<ProverServerOptions> = {}): Promise<ProverServer> {
  const server = await serveProver({
    prover: nativeProver(),
    listen: '127.0.0.1:0',
    development: true,
    ...o,
  })
  open.push(() => server.close({ graceMs: 0 }))
  return server
}

const at = ({ port }: { readonly port: number }) => `127.0.0.1:${port}`

/** Asks once, unless told otherwise. */
const once = { initialMs: 1, factor: 1, maxMs: 1, maxAttempts: 1 }

function remote(endpoints: readonly string[], o: Partial<RemoteProverOptions> = {}): RemoteProver {
  const prover = new RemoteProver({ endpoints, accepts: { type: 'native' }, retry: once, ...o })
  open.push(() => prover.close())
  return prover
}

const input = () => inputOf(submissionOf())

function ask(endpoint: string, request: Uint8Array): Promise<Result<Uint8Array, ServiceError>> {
  const client = new Client(endpoint, credentials.createInsecure())
  open.push(() => client.close())
  return new Promise((resolve) => {
    client.makeUnaryRequest(
      '/agglayer.prover.v1.ProofGenerationService/GenerateProof',
      (bytes: Uint8Array) => Buffer.from(bytes),
      (bytes: Buffer) => bytes,
      request,
      new Metadata(),
      { deadline: Date.now() + 20_000 },
      (error, answer) => {
        resolve(error === null ? ok(answer ?? new Uint8Array()) : { ok: false, error })
      },
    )
  })
}

function contractsOf({ l1 }: Submission): L1Contracts {
  const { aggchain, l1InfoRoot } = l1
  return {
    lastPessimisticRoot: async () => ok(ZERO_HASH),
    trustedSequencer: async () => ok(aggchain.type === 'legacyEcdsa' ? aggchain.signer : undefined),
    aggchainSigners: async () => ok(undefined),
    aggchainVkey: async () => ok(undefined),
    aggchainHash: async () => ok(undefined),
    l1InfoRoot: async () => ok(l1InfoRoot),
    initialL1InfoRoot: async () => ok({ root: ZERO_HASH, leafCount: 0 }),
  }
}

/** Certifies through a prover elsewhere that serves what `server` is made of. */
async function certifyOver(
  submission: Submission,
  server: Partial<ProverServerOptions>,
  accepts: Parameters<typeof createCertifier>[0]['accepts'],
) {
  const prover = remote([at(await serve(server))], { accepts })
  const { certificate, state } = submission
  const certifier = createCertifier({ contracts: contractsOf(submission), prover, accepts })
  return certifier.certify(
    { certificate, certificateId: certificateId(certificate), state },
    { signal },
  )
}

describe('a prover elsewhere', () => {
  test('that executes natively, for development › gives what the certifier takes as such', async () => {
    const metrics = new MemoryMetrics()
    const certified = valueOf(await certifyOver(submissionOf(), { metrics }, { type: 'native' }))
    expect(certified.proof).toMatchObject({ type: 'native' })
    expect(certified.proof.publicValues.slice(164)).toEqual(certified.newPessimisticRoot)
    expect(metrics.value('proving_request_recv')).toBe(1)
    expect(metrics.value('proving_request_succeeded')).toBe(1)
    expect(metrics.value('proving_request_failed')).toBe(0)
  })

  test('that executes natively › is refused by whoever wants proofs, and sends nothing unless it is told to', async () => {
    const submission = submissionOf()
    const accepts = { type: 'sp1', vkey: testVkey } as const
    expect(errorOf(await certifyOver(submission, {}, accepts))).toMatchObject({ kind: 'retry' })
    const server = await serve({ development: false })
    const error = await rejectionOf(
      remote([at(server)]).prove(input(), { signal }),
      RemoteProverError,
    )
    expect(error).toMatchObject({ code: 'PROVER_FAILED', endpoint: at(server) })
  })

  test('that makes SP1 proofs › is verified by the certifier', async () => {
    const trapdoor = new TrapdoorCircuit()
    const { circuit } = trapdoor
    const verifier = new Sp1Verifier({ circuits: [circuit] })
    const certified = valueOf(
      await certifyOver(
        submissionOf(),
        { prover: trapdoorProver(trapdoor), circuits: [circuit], development: false },
        { type: 'sp1', vkey: testVkey, verifier },
      ),
    )
    const { publicValues } = certified.proof
    expect(certified.proof.proof).toEqual(trapdoor.prove({ vkey: testVkey, publicValues }))
  })

  test('that replays a real proof › sends it as it is, and it verifies', async () => {
    const fixture = JSON.parse(new TextDecoder().decode(proverVector('real-proof-v3.json'))) as {
      readonly proof: string
      readonly publicValues: string
      readonly vkey: string
    }
    const [proof, publicValues, vkey] = [fixture.proof, fixture.publicValues, fixture.vkey].map(
      bytesOfHex,
    ) as [Uint8Array, Uint8Array, Uint8Array]
    const prover = fixtureProver({
      fixtures: [{ proof, publicValues, vkey }],
      vkey,
      allowOldCircuits: true,
      execute({ state, header }) {
        const executed = executeTransition(state, header, programOf2024)
        return executed.ok ? ok(executed.value.output) : executed
      },
    })
    const server = await serve({ prover, development: false })
    const request = bytesOfHex(new TextDecoder().decode(proverVector('real-witness-v3.hex')))
    const witness = valueOf(decodeProofRequest(request))
    const client = remote([at(server)], { accepts: { type: 'sp1', vkey } })
    const envelope = valueOf(await client.prove(witness, { signal }))
    expect(envelope).toEqual({ type: 'sp1', proof, publicValues, vkey: hash32(vkey) })
    if (envelope.type !== 'sp1') throw new Error('not an SP1 proof')
    expect(valueOf(verifySp1Proof({ ...envelope, allowOldCircuits: true })).version).toBe('v3.0.0')
    // Of another witness nothing is stored.
    expect((await rejectionOf(client.prove(input(), { signal }), RemoteProverError)).code).toBe(
      'PROVER_FAILED',
    )
  })

  test('that lies › is found out by the certifier, however it lies', async () => {
    const trapdoor = new TrapdoorCircuit()
    const { circuit } = trapdoor
    const verifier = new Sp1Verifier({ circuits: [circuit] })
    const accepts = { type: 'sp1', vkey: testVkey, verifier } as const
    const certify = (prover: Prover) =>
      certifyOver(submissionOf(), { prover, circuits: [circuit] }, accepts)
    const flipped = (bytes: Uint8Array, position: number) =>
      bytes.map((byte, i) => (i === position ? byte ^ 1 : byte))

    // An altered proof.
    const altered = trapdoorProver(trapdoor, (e) => ({ ...e, proof: flipped(e.proof, 355) }))
    expect(errorOf(await certify(altered))).toMatchObject({
      code: 'ProofVerificationFailed',
      reason: 'ProofInvalid',
      kind: 'fatal',
    })
    // A good proof of other public values.
    const other = trapdoorProver(trapdoor, (e) => {
      const publicValues = flipped(e.publicValues, 190)
      return { ...e, publicValues, proof: trapdoor.prove({ vkey: testVkey, publicValues }) }
    })
    expect(errorOf(await certify(other)).reason).toBe('PublicValuesMismatch')
    // A good proof of the same public values by another program.
    const program = trapdoorProver(trapdoor, (e) => {
      const proof = trapdoor.prove({ vkey: ZERO_HASH, publicValues: e.publicValues })
      return { ...e, proof, vkey: ZERO_HASH }
    })
    expect(errorOf(await certify(program)).reason).toBe('ProofInvalid')
    // A mock proof, which proves nothing: the client does not even pass it on.
    const mock = trapdoorProver(trapdoor, (e) => ({ ...e, proof: new Uint8Array() }))
    expect(errorOf(await certify(mock))).toMatchObject({ reason: 'ProverFailed' })
    // Control: the same prover, honest, is believed.
    expect((await certify(trapdoorProver(trapdoor))).ok).toBe(true)
  })

  test('asked about a witness that proves nothing › answers with the error of the program', async () => {
    const { state, header } = input()
    const greedy = { state, header: { ...header, prevPessimisticRoot: testVkey } }
    const native = await nativeProver().prove(greedy, { signal })
    const server = await serve()
    const answered: Result<unknown, ProverError> = await remote([at(server)]).prove(greedy, {
      signal,
    })
    expect(errorOf(answered)).toEqual(errorOf(native))
    const failure = errorOf(await ask(at(server), encodeProofRequest(greedy)))
    expect(failure.code).toBe(status.INVALID_ARGUMENT)
    const [details] = failure.metadata.get('grpc-status-details-bin')
    expect(valueOf(decodeFailureDetails(details as Buffer))).toEqual({
      type: 'ExecutorFailed',
      source: errorOf(native).source,
    })
  })

  test('whose own proof does not verify › says so, and sends nothing', async () => {
    const trapdoor = new TrapdoorCircuit()
    const prover: Prover = {
      ...trapdoorProver(trapdoor),
      verify: () => ({
        ok: false,
        error: {
          code: 'ProofVerificationFailed',
          source: { code: 'ProofInvalid', fault: 'EQUATION' },
        },
      }),
    }
    const server = await serve({ prover, circuits: [trapdoor.circuit] })
    const failure = errorOf(await ask(at(server), encodeProofRequest(input())))
    expect(failure).toMatchObject({
      code: status.INVALID_ARGUMENT,
      details: 'ProofVerificationFailed: Groth16',
    })
  })

  test('sent what cannot be read › says INVALID_ARGUMENT, and where', async () => {
    const metrics = new MemoryMetrics()
    const server = await serve({ metrics })
    const good = encodeProofRequest(input())
    for (const [bytes, where] of [
      [new Uint8Array(), /initial_state/],
      [good.subarray(0, 1095), /batch_header/],
      [new Uint8Array(64).fill(0xff), /cannot be read/],
    ] as const) {
      const failure = errorOf(await ask(at(server), bytes))
      expect(failure.code).toBe(status.INVALID_ARGUMENT)
      expect(failure.details).toMatch(where)
    }
    expect(metrics.value('proving_request_failed')).toBe(3)
    expect((await ask(at(server), good)).ok).toBe(true)
  })

  test('sent more than a message may hold › says RESOURCE_EXHAUSTED; the client does not send it at all', async () => {
    const server = await serve({ maxMessageBytes: 2000 })
    expect(errorOf(await ask(at(server), new Uint8Array(5000))).code).toBe(
      status.RESOURCE_EXHAUSTED,
    )
    const small = remote([at(server)], { maxMessageBytes: 2000 })
    expect((await rejectionOf(small.prove(input(), { signal }), RemoteProverError)).code).toBe(
      'PROVER_REQUEST_TOO_LARGE',
    )
  })

  test('asked with gzip › answers', async () => {
    const prover = remote([at(await serve())], { compression: 'gzip' })
    expect((await prover.prove(input(), { signal })).ok).toBe(true)
  })

  test('known by its certificate › answers; by nobody’s › is not believed', async () => {
    const [certificateChain, privateKey] = ['localhost.pem', 'localhost-key.pem'].map(
      proverVector,
    ) as [Uint8Array, Uint8Array]
    const server = await serve({ tls: { certificateChain, privateKey } })
    const serverName = 'localhost'
    const trusted = remote([at(server)], {
      tls: { rootCertificates: certificateChain, serverName },
    })
    expect((await trusted.prove(input(), { signal })).ok).toBe(true)
    for (const o of [{ tls: { serverName } }, {}])
      expect(
        (await rejectionOf(remote([at(server)], o).prove(input(), { signal }), RemoteProverError))
          .code,
      ).toBe('PROVER_UNAVAILABLE')
  })
})

describe('a prover with too much to do', () => {
  test('turns away with RESOURCE_EXHAUSTED what it has no place for, and does the rest', async () => {
    const prover = new GatedProver()
    const server = await serve({ prover, maxConcurrent: 1, maxBuffered: 1 })
    const request = encodeProofRequest(input())
    const first = ask(at(server), request)
    await until(() => prover.waiting === 1)
    const others = [ask(at(server), request), ask(at(server), request)]
    // Of the two, one waits its turn, and one is turned away at once.
    const refused = await Promise.race(others)
    expect(errorOf(refused).code).toBe(status.RESOURCE_EXHAUSTED)
    expect(prover.waiting).toBe(1)
    prover.open()
    expect((await first).ok).toBe(true)
    await until(() => prover.waiting === 1)
    prover.open()
    expect((await Promise.all(others)).filter((answer) => answer.ok)).toHaveLength(1)
  })

  test('is asked again by the client after a while', async () => {
    const prover = new GatedProver()
    const server = await serve({ prover, maxConcurrent: 1, maxBuffered: 0 })
    const first = remote([at(server)]).prove(input(), { signal })
    await until(() => prover.waiting === 1)
    expect(
      (await rejectionOf(remote([at(server)]).prove(input(), { signal }), RemoteProverError)).code,
    ).toBe('PROVER_UNAVAILABLE')
    const retry = { initialMs: 5, factor: 1, maxMs: 5, maxAttempts: 10_000 }
    const patient = remote([at(server)], { retry }).prove(input(), { signal })
    prover.open()
    expect((await first).ok).toBe(true)
    await until(() => prover.waiting === 1)
    prover.open()
    expect((await patient).ok).toBe(true)
  })

  test('that takes too long › ends with DEADLINE_EXCEEDED, and stops proving', async () => {
    const prover = new GatedProver()
    const server = await serve({ prover, maxRequestMs: 20 })
    expect(errorOf(await ask(at(server), encodeProofRequest(input()))).code).toBe(
      status.DEADLINE_EXCEEDED,
    )
    expect(prover.aborted).toBe(1)
  })

  test('that takes longer than the client waits › is given up, and hears of it', async () => {
    const prover = new GatedProver()
    const client = remote([at(await serve({ prover }))], { timeoutMs: 300 })
    expect((await rejectionOf(client.prove(input(), { signal }), RemoteProverError)).code).toBe(
      'PROVER_TIMEOUT',
    )
    await until(() => prover.aborted === 1)
  })

  test('whose client is aborted › hears of it; the client rejects with the reason', async () => {
    const prover = new GatedProver()
    const client = remote([at(await serve({ prover }))])
    const aborting = new AbortController()
    const reason = new CanceledError()
    const proving = client.prove(input(), { signal: aborting.signal })
    await until(() => prover.waiting === 1)
    aborting.abort(reason)
    await expect(proving).rejects.toBe(reason)
    await until(() => prover.aborted === 1)
    await expect(client.prove(input(), { signal: aborting.signal })).rejects.toBe(reason)
  })
})

/** A way to a server that can be cut. */
async function cuttable(port: number): Promise<{ readonly port: number; cut(): void }> {
  const sockets = new Set<Socket>()
  const relay = createServer((socket) => {
    const through = connect(port, '127.0.0.1')
    for (const end of [socket, through]) {
      sockets.add(end)
      end.on('error', () => end.destroy())
    }
    socket.pipe(through).pipe(socket)
  })
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve))
  const cut = (): void => {
    relay.close()
    for (const socket of sockets) socket.destroy()
  }
  open.push(cut)
  return { port: (relay.address() as AddressInfo).port, cut }
}

describe('a prover that goes away', () => {
  test.each(['its connection is cut', 'it is stopped at once'])(
    'in the middle of a request: %s › the next one is asked',
    async (how) => {
      const metrics = new MemoryMetrics()
      const prover = new GatedProver()
      const server = await serve({ prover })
      const way = await cuttable(server.port)
      const second = await serve()
      const proving = remote([at(way), at(second)], { metrics }).prove(input(), { signal })
      await until(() => prover.waiting === 1)
      if (how === 'its connection is cut') way.cut()
      else await server.close({ graceMs: 0 })
      expect((await proving).ok).toBe(true)
      expect(metrics.value('proving_fallback_triggered')).toBe(1)
      await until(() => prover.aborted === 1)
    },
  )

  test('and is the only one › is an error that says so', async () => {
    const prover = new GatedProver()
    const server = await serve({ prover })
    const proving = remote([at(server)]).prove(input(), { signal })
    const rejected = rejectionOf(proving, RemoteProverError)
    await until(() => prover.waiting === 1)
    await server.close({ graceMs: 0 })
    expect((await rejected).code).toBe('PROVER_UNAVAILABLE')
  })

  test('in good order › answers first what it has, and takes nothing new', async () => {
    const prover = new GatedProver()
    const server = await serve({ prover })
    const proving = remote([at(server)]).prove(input(), { signal })
    await until(() => prover.waiting === 1)
    const closing = server.close()
    expect(server.health).toBe('NOT_SERVING')
    const late = remote([at(server)]).prove(input(), { signal })
    expect((await rejectionOf(late, RemoteProverError)).code).toBe('PROVER_UNAVAILABLE')
    prover.open()
    expect((await proving).ok).toBe(true)
    await closing
  })

  test('a prover that fails › is not asked again, but the next one is', async () => {
    let asked = 0
    const failing: Prover = {
      ...nativeProver(),
      async prove() {
        asked += 1
        throw new Error('out of memory')
      },
    }
    const [first, second] = [await serve({ prover: failing }), await serve()]
    const retry = { ...once, maxAttempts: 5 }
    const alone = remote([at(first)], { retry }).prove(input(), { signal })
    const error = await rejectionOf(alone, RemoteProverError)
    expect(error).toMatchObject({ code: 'PROVER_FAILED' })
    expect(error.message).toContain('out of memory')
    expect(asked).toBe(1)
    const both = remote([at(first), at(second)], { retry })
    expect((await both.prove(input(), { signal })).ok).toBe(true)
    expect(asked).toBe(2)
  })
})
