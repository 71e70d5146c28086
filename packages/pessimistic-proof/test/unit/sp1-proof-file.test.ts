import { concatBytes, fromHex, hash32, toHex } from '@zkstack/crypto'
import { describe, expect, test } from 'vitest'
import { decodeSp1ProofFile } from '../../src/index.js'
import { errorOf, valueOf } from '../helpers/value-of.js'

const u32 = (value: number) => Uint8Array.of(value, value >> 8, value >> 16, value >> 24)
const u64 = (value: number) => concatBytes(u32(value), u32(0))
const bytes = (content: Uint8Array) => concatBytes(u64(content.length), content)
const text = (content: string) => bytes(new TextEncoder().encode(content))

interface Parts {
  variant: number
  inputs: readonly string[]
  encoded: string
  raw: string
  values: Uint8Array
  version: string
  end: Uint8Array
}

const v6: Parts = {
  variant: 2,
  inputs: ['17', '18', '0', '19', '20'],
  encoded: 'ab'.repeat(960),
  raw: 'cd',
  values: Uint8Array.of(1, 2),
  version: 'v6.1.0',
  end: Uint8Array.of(0),
}

function fileOf(o: Partial<Parts> = {}): Uint8Array {
  const parts = { ...v6, ...o }
  return concatBytes(
    u32(parts.variant),
    ...parts.inputs.map(text),
    ...[text(parts.encoded), text(parts.raw), new Uint8Array(32).fill(7)],
    ...[bytes(parts.values), text(parts.version), parts.end],
  )
}

describe('decodeSp1ProofFile', () => {
  test('a proof of v6 › five inputs, and the selector before the proof', () => {
    const saved = valueOf(decodeSp1ProofFile(fileOf()))
    expect(saved).toEqual({
      system: 'plonk',
      vkey: hash32(fromHex('11'.padStart(64, '0')) ?? new Uint8Array(0)),
      publicInputs: [17n, 18n, 0n, 19n, 20n],
      proof: concatBytes(Uint8Array.of(7, 7, 7, 7), new Uint8Array(960).fill(0xab)),
      rawProof: Uint8Array.of(0xcd),
      verifierHash: new Uint8Array(32).fill(7),
      publicValues: Uint8Array.of(1, 2),
      sp1Version: 'v6.1.0',
    })
  })

  test('two inputs, Groth16, no end › as before v6', () => {
    const o = { variant: 3, inputs: ['1', '2'], encoded: 'ab'.repeat(256), end: new Uint8Array(0) }
    const saved = valueOf(decodeSp1ProofFile(fileOf(o)))
    expect(saved).toMatchObject({ system: 'groth16', publicInputs: [1n, 2n] })
    expect(saved.proof.length).toBe(260)
  })

  test('the file of a mock prover › its proof is empty', () => {
    const saved = valueOf(decodeSp1ProofFile(fileOf({ inputs: ['1', '2'], encoded: '', raw: '' })))
    expect(saved.proof).toEqual(new Uint8Array(0))
  })

  test('the proof of a trusted execution environment › is given', () => {
    const end = concatBytes(Uint8Array.of(1), bytes(Uint8Array.of(5, 6)))
    const { teeProof } = valueOf(decodeSp1ProofFile(fileOf({ end })))
    expect(toHex(teeProof ?? new Uint8Array(0))).toBe('0506')
  })

  test.each([
    ['another kind of proof', fileOf({ variant: 1 }), 'BAD_VARIANT', ''],
    ['an input that is no number', fileOf({ inputs: ['1x', '2'] }), 'BAD_TEXT', 'public_inputs'],
    [
      'an input beyond 256 bits',
      fileOf({ inputs: ['9'.repeat(78), '2'] }),
      'OUT_OF_RANGE',
      'public_inputs',
    ],
    [
      'a proof that is not hexadecimal',
      fileOf({ encoded: 'xy'.repeat(960) }),
      'BAD_TEXT',
      'encoded_proof',
    ],
    ['a version that is none', fileOf({ version: 'six' }), 'BAD_TEXT', 'sp1_version'],
    ['an option of no kind', fileOf({ end: Uint8Array.of(2) }), 'BAD_VARIANT', 'tee_proof'],
    ['bytes after the end', fileOf({ end: Uint8Array.of(0, 0) }), 'TRAILING_BYTES', ''],
    ['nothing', new Uint8Array(0), 'TRUNCATED', ''],
    ['a length beyond the file', concatBytes(u32(2), u64(99)), 'TRUNCATED', 'public_inputs'],
  ])('%s › %s', (_, file, code, field) => {
    expect(errorOf(decodeSp1ProofFile(file))).toMatchObject({ code, field })
  })
})
