import { status } from '@grpc/grpc-js'
import { MemoryMetrics } from '@zkstack/concurrency'
import { recordingLogger } from '@zkstack/concurrency/testing'
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
  RemoteProverError,
  type L1Contracts,
  type ProverServerOptions,
} from '../../src/index.js'
import { fixtureProver } from '../../testing/index.js'
import { ask, at, closeAll, input, remote, serve } from '../helpers/prover-sockets.js'
import {
  bytesOfHex,
  proverVector,
  rejectionOf,
  submissionOf,
  testVkey,
  trapdoorProver,
} from '../helpers/provers.js'
import { errorOf, valueOf } from '../helpers/value-of.js'

beforeAll(() => loadCryptoBackends())

const { signal } = new AbortController()

/** What a prover says that cannot, or will not, prove a good witness. */
const refusal: Result<never, ProverError> = {
  ok: false,
  error: { code: 'ProofGenerationError', source: { code: 'InvalidNullifierPath' } },
}
afterEach(closeAll)

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
    const trapdoor = new TrapdoorCircuit({ version: 'v6.0.0' })
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
    const trapdoor = new TrapdoorCircuit({ version: 'v6.0.0' })
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

  test('that lies, with an honest one after it › is set aside and named; only if all lie, the certificate fails', async () => {
    const trapdoor = new TrapdoorCircuit({ version: 'v6.0.0' })
    const circuits = [trapdoor.circuit]
    const accepts = {
      type: 'sp1',
      vkey: testVkey,
      verifier: new Sp1Verifier({ circuits }),
    } as const
    const honest = trapdoorProver(trapdoor)
    let asked = 0
    const lying = trapdoorProver(trapdoor, (e) => {
      asked += 1
      return { ...e, proof: e.proof.map((byte, i) => (i === 355 ? byte ^ 1 : byte)) }
    })
    const refusing: Prover = { ...honest, prove: async () => refusal }
    const places = await Promise.all(
      [lying, refusing, honest].map(async (prover) => at(await serve({ prover, circuits }))),
    )
    const [liar = '', refuser = '', good = ''] = places
    const submission = submissionOf()
    const { certificate, state } = submission
    const request = { certificate, certificateId: certificateId(certificate), state }
    const certifyBy = (prover: Prover) =>
      createCertifier({ contracts: contractsOf(submission), prover, accepts }).certify(request, {
        signal,
      })
    const logger = recordingLogger()
    const prover = remote([liar, refuser, good], { accepts, logger })
    expect((await certifyBy(prover)).ok).toBe(true)
    const named = logger.records.filter(({ level }) => level === 'error')
    expect(named.map(({ fields }) => fields?.['endpoint'])).toEqual([liar, refuser])
    const health = await prover.health({ signal })
    expect(health.map(({ isSetAside }) => isSetAside)).toEqual([true, true, false])
    // The honest one is asked first from now on.
    expect((await certifyBy(prover)).ok).toBe(true)
    expect(asked).toBe(1)
    expect(errorOf(await certifyBy(remote([liar, liar], { accepts })))).toMatchObject({
      code: 'ProofVerificationFailed',
      kind: 'fatal',
    })
    // A liar beside one that fails: perhaps later.
    const withFailing = remote([liar, '127.0.0.1:1'], { accepts })
    expect(errorOf(await certifyBy(withFailing))).toMatchObject({ kind: 'retry' })
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
    const trapdoor = new TrapdoorCircuit({ version: 'v6.0.0' })
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
    const byUrl = remote([`https://localhost:${server.port}`], {
      tls: { rootCertificates: certificateChain },
    })
    expect((await byUrl.prove(input(), { signal })).ok).toBe(true)
    const plain = remote([`http://${at(server)}`], { tls: { rootCertificates: certificateChain } })
    expect(await rejectionOf(plain.prove(input(), { signal }), RemoteProverError)).toBeDefined()
    for (const o of [{ tls: { serverName } }, {}])
      expect(
        (await rejectionOf(remote([at(server)], o).prove(input(), { signal }), RemoteProverError))
          .code,
      ).toBe('PROVER_UNAVAILABLE')
  })
})
