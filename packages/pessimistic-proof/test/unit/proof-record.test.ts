import { concatBytes, toHex } from '@zkstack/crypto'
import { describe, expect, test } from 'vitest'
import {
  decodeProof,
  decodeSp1ProofFile,
  encodeProof,
  sp1ProofFileOf,
  type Sp1ProofFile,
} from '../../src/index.js'
import { BincodeWriter } from '../../src/codec/bincode/bincode-writer.js'
import { writeSp1Proof } from '../../src/sp1/sp1-proof-layout.js'
import { TrapdoorCircuit } from '../../testing/index.js'
import { loadVectorBytes } from '../helpers/load-vector.js'
import { sp1Fixtures } from '../helpers/sp1-fixtures.js'
import { errorOf, valueOf } from '../helpers/value-of.js'

const files = [
  'agglayer-c98b21ef-non_regression_proof_encoding.proof',
  'sp1-df14c7f0c-fibonacci-plonk.bin',
  'sp1-df14c7f0c-fibonacci-groth16.bin',
]

const savedIn = (name: string): Sp1ProofFile =>
  valueOf(decodeSp1ProofFile(loadVectorBytes(`sp1/${name}`)))

describe('a proof as provers answer it', () => {
  test.each(files)('%s › is read again as it was written', (name) => {
    const file = savedIn(name)
    const bytes = encodeProof(file)
    expect(toHex(bytes.subarray(0, 8))).toBe(
      file.system === 'plonk' ? '0000000000000002' : '0000000000000003',
    )
    expect(valueOf(decodeProof(bytes))).toEqual(file)
  })

  test.each(files)(
    '%s › written with little-endian integers, gives the bytes of the file',
    (name) => {
      const original = loadVectorBytes(`sp1/${name}`)
      const writer = new BincodeWriter(true)
      writeSp1Proof(writer, savedIn(name))
      const written = writer.finish()
      // The files are of v3, which saved the program's input as well, and had no place for a proof of an execution environment.
      const first = written.findIndex((byte, i) => byte !== original[i])
      const untilInput = first < 0 ? written.length : first
      expect(toHex(original.subarray(0, untilInput))).toBe(toHex(written.subarray(0, untilInput)))
      const { publicValues, sp1Version } = savedIn(name)
      expect(untilInput).toBeGreaterThan(
        written.length - publicValues.length - sp1Version.length - 40,
      )
    },
  )

  test('every real proof › in the record made of its envelope, comes out as it went in', () => {
    const accepted = sp1Fixtures.filter(({ expected }) => expected === 'accept')
    expect(accepted.length).toBeGreaterThan(5)
    for (const { proof, publicValues, vkey, kind, version } of accepted) {
      const file = sp1ProofFileOf({ type: 'sp1', proof, publicValues, vkey })
      if (file === undefined) throw new Error(`no circuit for ${version}`)
      const read = valueOf(decodeProof(encodeProof(file)))
      expect(read).toMatchObject({ system: kind, sp1Version: version })
      expect([read.proof, read.publicValues, Uint8Array.from(read.vkey)]).toEqual([
        proof,
        publicValues,
        vkey,
      ])
      expect(read.publicInputs).toEqual(file.publicInputs)
    }
  })

  test('SP1’s own record of a proof and the one made of its envelope › state the same inputs', () => {
    for (const name of files) {
      const { publicValues, proof, vkey, publicInputs, verifierHash } = savedIn(name)
      expect(sp1ProofFileOf({ type: 'sp1', publicValues, proof, vkey })).toMatchObject({
        publicInputs,
        verifierHash,
      })
    }
  })

  test('a mock proof › stays empty', () => {
    const [fixture] = sp1Fixtures
    if (fixture === undefined) throw new Error('no fixtures')
    const { publicValues, vkey } = fixture
    const file = sp1ProofFileOf({ type: 'sp1', proof: new Uint8Array(), publicValues, vkey })
    expect(file?.publicInputs).toHaveLength(5)
    const read = valueOf(decodeProof(encodeProof(file as Sp1ProofFile)))
    expect(read.proof).toHaveLength(0)
    expect(read.publicValues).toEqual(publicValues)
  })

  test('a proof of no known circuit, or one that is cut off › has no record', () => {
    const { circuit } = new TrapdoorCircuit()
    const cut = Uint8Array.from(circuit.verifierHash.subarray(0, 50))
    const envelope = {
      type: 'sp1',
      publicValues: cut,
      proof: cut,
      vkey: circuit.verifierHash,
    } as const
    expect(sp1ProofFileOf(envelope)).toBeUndefined()
    expect(sp1ProofFileOf(envelope, [circuit])).toBeUndefined()
  })

  test('what is no proof › is refused by name', () => {
    const bytes = encodeProof(savedIn('sp1-df14c7f0c-fibonacci-groth16.bin'))
    const cases: readonly (readonly [Uint8Array, string])[] = [
      [new Uint8Array(), 'TRUNCATED'],
      [concatBytes(Uint8Array.of(0, 0, 0, 1), bytes.subarray(4)), 'BAD_VARIANT'],
      [bytes.subarray(0, bytes.length - 2), 'TRUNCATED'],
      [concatBytes(bytes, Uint8Array.of(0)), 'TRAILING_BYTES'],
      [new Uint8Array(200).fill(255), 'BAD_VARIANT'],
    ]
    for (const [input, code] of cases) expect(errorOf(decodeProof(input)).code).toBe(code)
  })
})
