import { loadCryptoBackends } from '@zkstack/crypto'
import { decodeProof } from '@zkstack/pessimistic-proof'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  decodeFailureDetails,
  decodeProofRequest,
  decodeProofResponse,
  encodeFailureDetails,
  encodeProofRequest,
} from '../../src/index.js'
import { inputOf, submissionOf } from '../helpers/provers.js'

beforeAll(() => loadCryptoBackends())

const decoders = [decodeProofRequest, decodeProofResponse, decodeFailureDetails, decodeProof]

describe('what a prover or its client reads', () => {
  test('of any bytes › is a value or an error, and never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        for (const decode of decoders) expect(typeof decode(bytes).ok).toBe('boolean')
      }),
      { numRuns: 300 },
    )
  })

  test('of a request that is changed, cut or continued anywhere › too', () => {
    const request = encodeProofRequest(inputOf(submissionOf()))
    const change = fc.record({
      at: fc.nat({ max: request.length - 1 }),
      byte: fc.nat({ max: 255 }),
      length: fc.nat({ max: request.length }),
    })
    fc.assert(
      fc.property(change, ({ at, byte, length }) => {
        const changed = request.slice()
        changed[at] = byte
        expect(typeof decodeProofRequest(changed).ok).toBe('boolean')
        const cut = decodeProofRequest(request.subarray(0, length))
        expect(cut.ok).toBe(length === request.length)
      }),
      { numRuns: 200 },
    )
  })

  test('of the details of a status that are cut › is refused', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat({ max: 100 }), (message, part) => {
        const details = encodeFailureDetails({ type: 'ProverFailed', message })
        const length = Math.floor((details.length * part) / 101)
        expect(decodeFailureDetails(details.subarray(0, length)).ok).toBe(false)
        expect(decodeFailureDetails(details)).toEqual({
          ok: true,
          value: { type: 'ProverFailed', message },
        })
      }),
    )
  })
})
