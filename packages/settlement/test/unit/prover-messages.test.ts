import { concatBytes, loadCryptoBackends, toHex } from '@zkstack/crypto'
import { contracts, layouts } from '@zkstack/pessimistic-proof'
import { Root } from 'protobufjs'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  decodeFailureDetails,
  decodeProofRequest,
  decodeProofResponse,
  encodeFailureDetails,
  encodeProofRequest,
  encodeProofResponse,
  parseProverAddress,
  type ProofGenerationFailure,
} from '../../src/index.js'
import { bytesOfHex, inputOf, proverVector, submissionOf } from '../helpers/provers.js'
import { errorOf, valueOf } from '../helpers/value-of.js'

beforeAll(() => loadCryptoBackends())

const request = () => encodeProofRequest(inputOf(submissionOf()))

describe('the address of a prover', () => {
  test.each([
    ['prover:8080', { target: 'prover:8080', isTls: undefined }],
    ['[::1]:8080', { target: '[::1]:8080', isTls: undefined }],
    ['https://prover:8443', { target: 'prover:8443', isTls: true }],
    ['https://prover.example', { target: 'prover.example:443', isTls: true }],
    ['http://127.0.0.1:80/', { target: '127.0.0.1:80', isTls: false }],
  ])('%s › is understood', (text, expected) => {
    expect(parseProverAddress(text)).toEqual(expected)
  })

  test.each([
    '',
    'prover',
    'ftp://prover:1',
    'https://user@prover',
    'prover:1/path',
    'a b:1',
    'x:99999',
  ])('%j › is none', (text) => {
    expect(parseProverAddress(text)).toBeUndefined()
  })
})

describe('the request of a proof', () => {
  test('is read as it was written; of a real witness too', () => {
    const input = inputOf(submissionOf())
    expect(valueOf(decodeProofRequest(encodeProofRequest(input)))).toEqual(input)
    const real = bytesOfHex(new TextDecoder().decode(proverVector('real-witness-v3.hex')))
    const witness = valueOf(decodeProofRequest(real))
    expect(witness.header.importedBridgeExits).toHaveLength(1)
    expect(toHex(encodeProofRequest(witness))).toBe(toHex(real))
  })

  test('holds state and header in big-endian bincode, under the numbers of the message', () => {
    const root = new Root().loadSync(
      new URL('../../../../proto/agglayer/prover.proto', import.meta.url).pathname,
    )
    const type = root.lookupType('agglayer.prover.v1.ProofGenerationRequest')
    const input = inputOf(submissionOf())
    const read = type.decode(encodeProofRequest(input)) as unknown as Record<string, Uint8Array>
    const [state, header] = [read['initialState'], read['batchHeader']]
    expect(toHex(state ?? new Uint8Array())).toBe(
      toHex(contracts.encode(layouts.networkState, input.state)),
    )
    expect(state).toHaveLength(1092)
    expect(toHex(header ?? new Uint8Array())).toBe(
      toHex(contracts.encode(layouts.multiBatchHeader, input.header)),
    )
    // The network's id comes first, its highest byte before the others.
    expect([...(header ?? []).slice(0, 4)]).toEqual([0, 0, 0, 1])
  })

  test('that is wrong anywhere › is refused, and the error says where', () => {
    const bytes = request()
    const half = bytes.subarray(0, bytes.length >> 1)
    expect(errorOf(decodeProofRequest(half)).code).toBe('TRUNCATED')
    expect(errorOf(decodeProofRequest(new Uint8Array()))).toMatchObject({
      code: 'TRUNCATED',
      field: expect.stringMatching(/^initial_state/) as string,
    })
    const onlyState = bytes.subarray(0, 1092 + 3)
    expect(errorOf(decodeProofRequest(onlyState)).field).toMatch(/^batch_header/)
  })
})

describe('the answer of a proof', () => {
  test('is read as it was written', () => {
    const proof = Uint8Array.of(1, 2, 3)
    expect(valueOf(decodeProofResponse(encodeProofResponse(proof)))).toEqual(proof)
  })
})

describe('the details of a status', () => {
  const failures: readonly ProofGenerationFailure[] = [
    { type: 'UnableToExecuteProver' },
    { type: 'ProverFailed', message: 'out of memory' },
    { type: 'ProofVerificationFailed', source: { type: 'Plonk', message: 'EQUATION' } },
    { type: 'ProofVerificationFailed', source: { type: 'InvalidPublicValues' } },
    { type: 'ExecutorFailed', source: { code: 'HeightOverflow' } },
    {
      type: 'ExecutorFailed',
      source: { code: 'InvalidMultisig', source: { code: 'InvalidSignature', idx: 2 } },
    },
  ]

  test.each(failures)(
    '%o › is read as it was written, within its message or without',
    (failure) => {
      const details = encodeFailureDetails(failure)
      expect(valueOf(decodeFailureDetails(details))).toEqual(failure)
      // A tag and a length of one byte each.
      const bare = details.subarray(2)
      expect(details[0]).toBe(0x0a)
      expect(bare[0]).toBe(0)
      expect(valueOf(decodeFailureDetails(bare))).toEqual(failure)
    },
  )

  test('an overflow of the height › is variant 3 around variant 24', () => {
    const source = { code: 'HeightOverflow' } as const
    expect(toHex(encodeFailureDetails({ type: 'ExecutorFailed', source }))).toBe(
      '0a080000000300000018',
    )
  })

  test('bytes of something else › are refused', () => {
    const details = encodeFailureDetails({ type: 'UnableToExecuteProver' })
    for (const bytes of [
      new Uint8Array(),
      details.subarray(0, 4),
      concatBytes(details, Uint8Array.of(0)),
      new Uint8Array(40).fill(0xff),
      Uint8Array.of(0, 0, 0, 9),
    ])
      expect(decodeFailureDetails(bytes).ok).toBe(false)
  })
})
