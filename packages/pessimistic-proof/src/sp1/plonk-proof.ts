import { err, ok, type Bn254, type Bn254G1, type Result } from '@zkstack/crypto'
import { bigintFromBytes } from '../codec/u256.js'
import { isScalar } from './scalar-field.js'
import type { Sp1ProofFault } from './sp1-error.js'

/** A PLONK proof of gnark with one custom gate. */
export interface PlonkProof {
  /** Commitments to the wires: L, R, O. */
  readonly wires: readonly [Bn254G1, Bn254G1, Bn254G1]
  /** Commitments to the quotient: H0, H1, H2. */
  readonly quotient: readonly [Bn254G1, Bn254G1, Bn254G1]
  /** Commitment to the permutation's accumulator. */
  readonly z: Bn254G1
  /** Openings at ζ and at ζω. */
  readonly opening: Bn254G1
  readonly shiftedOpening: Bn254G1
  /** Commitment of the custom gate. */
  readonly commitment: Bn254G1
  /** Values at ζ of L, R, O, of the first two permutation polynomials and of the custom gate's selector. */
  readonly l: bigint
  readonly r: bigint
  readonly o: bigint
  readonly s1: bigint
  readonly s2: bigint
  readonly qcp: bigint
  /** Value of the accumulator at ζω. */
  readonly shiftedZ: bigint
}

/** Bytes of a proof. */
const plonkProofBytes = 864

/** Where the commitments to L, R, O, H0, H1, H2, Z, the two openings and the custom gate's commitment are. */
const pointOffsets = [0x000, 0x040, 0x080, 0x0c0, 0x100, 0x140, 0x220, 0x280, 0x2c0, 0x320]
/** Where the values l, r, o, s1, s2, z(ζω) and qcp are. */
const scalarOffsets = [0x180, 0x1a0, 0x1c0, 0x1e0, 0x200, 0x260, 0x300]

type Ten<T> = [T, T, T, T, T, T, T, T, T, T]
type Seven<T> = [T, T, T, T, T, T, T]

/** Decodes the 864 bytes of a proof: points uncompressed, everything canonical. */
export function decodePlonkProof(
  bn254: Bn254,
  bytes: Uint8Array,
): Result<PlonkProof, Sp1ProofFault> {
  if (bytes.length !== plonkProofBytes) return err('LENGTH')
  const values = scalarOffsets.map((at) => bigintFromBytes(bytes.subarray(at, at + 32)))
  if (!values.every(isScalar)) return err('SCALAR')
  const points = pointOffsets.flatMap((at) => bn254.decodeG1(bytes.subarray(at, at + 64)) ?? [])
  if (points.length !== pointOffsets.length) return err('POINT')
  const [wireL, wireR, wireO, h0, h1, h2, z, opening, shiftedOpening, commitment] =
    points as Ten<Bn254G1>
  const [l, r, o, s1, s2, shiftedZ, qcp] = values as Seven<bigint>
  return ok({
    wires: [wireL, wireR, wireO],
    quotient: [h0, h1, h2],
    ...{ z, opening, shiftedOpening, commitment },
    ...{ l, r, o, s1, s2, shiftedZ, qcp },
  })
}
