import { readFileSync } from 'node:fs'
import { bn254, fromHex, type Bn254, type Bn254Pair } from '@zkstack/crypto'
import { Sp1Verifier, type Sp1ProofClaim } from '@zkstack/pessimistic-proof'

/** A real proof of one version of the circuits, and the pairings that no verifier can do without. */
export interface Sp1Case {
  /** As `pessimistic::verifySp1/system=plonk version=v5.0.0 backend=mcl`. */
  readonly name: string
  readonly verify: () => void
  readonly pair: () => void
}

interface Fixture {
  readonly name: string
  readonly kind: 'groth16' | 'plonk'
  readonly version: string
  readonly expected: 'accept' | 'reject'
  readonly proof: string
  readonly publicValues: string
  readonly vkey: string
}

const file = new URL(
  '../../../packages/pessimistic-proof/test/vectors/data/sp1/fixtures.json',
  import.meta.url,
)

/** One proof of each circuit version, with each backend. */
export function sp1Cases(): Sp1Case[] {
  const fixtures = JSON.parse(readFileSync(file, 'utf8')) as Fixture[]
  const accepted = fixtures.filter(({ expected }) => expected === 'accept')
  const circuitOf = ({ kind, version }: Fixture) => `system=${kind} version=${version}`
  const first = new Map(accepted.toReversed().map((fixture) => [circuitOf(fixture), fixture]))
  const circuits = [...first].sort(([a], [b]) => (a < b ? -1 : 1))
  return ['mcl', 'noble'].flatMap((name) => {
    const backend = bn254.withBackend(name)
    if (backend === undefined) return []
    return circuits.map(([circuit, fixture]) => caseOf(circuit, fixture, backend))
  })
}

function caseOf(circuit: string, fixture: Fixture, backend: Bn254): Sp1Case {
  const claim: Sp1ProofClaim = {
    proof: bytesOf(fixture.proof),
    publicValues: bytesOf(fixture.publicValues),
    vkey: bytesOf(fixture.vkey),
    allowOldCircuits: true,
  }
  const verifier = new Sp1Verifier({ backend })
  const pairs = pairsOf(backend, fixture.kind === 'plonk' ? 2 : 4)
  return {
    name: `pessimistic::verifySp1/${circuit} backend=${backend.backend}`,
    verify() {
      if (!verifier.verify(claim).ok) throw new Error(`${fixture.name} is refused`)
    },
    pair: () => void backend.pairingProductIsOne(pairs),
  }
}

/** Pairings of the generator with a point of G2: the first one is not prepared in Groth16, where it comes with the proof. */
function pairsOf(backend: Bn254, count: number): Bn254Pair[] {
  const g1 = backend.decodeG1(
    Uint8Array.from({ length: 64 }, (_, i) => (i === 31 ? 1 : i === 63 ? 2 : 0)),
  )
  const g2 = backend.decodeG2(bytesOf(generatorG2))
  if (g1 === undefined || g2 === undefined) throw new Error('a generator is refused')
  const lines = backend.prepare(g2)
  return Array.from({ length: count }, (_, i) => ({ g1, g2: count === 4 && i === 0 ? g2 : lines }))
}

/** @see https://eips.ethereum.org/EIPS/eip-197 */
const generatorG2 =
  '198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2' +
  '1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed' +
  '090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b' +
  '12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa'

function bytesOf(text: string): Uint8Array {
  const bytes = fromHex(text.replace(/^0x/, ''))
  if (bytes === undefined) throw new TypeError('a fixture is not hexadecimal')
  return bytes
}
