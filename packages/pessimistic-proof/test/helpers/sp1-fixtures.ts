import { bn254, fromHex, type Bn254 } from '@zkstack/crypto'
import type { Sp1ProofClaim } from '../../src/index.js'
import { loadVector } from './load-vector.js'

/** A real proof, or one to be rejected, with its statement. */
export interface Sp1Fixture {
  readonly name: string
  readonly kind: 'groth16' | 'plonk'
  readonly version: string
  readonly selector: string
  readonly expected: 'accept' | 'reject'
  readonly proof: Uint8Array
  readonly publicValues: Uint8Array
  readonly vkey: Uint8Array
}

type Texts = Omit<Sp1Fixture, 'proof' | 'publicValues' | 'vkey'> & {
  readonly proof: string
  readonly publicValues: string
  readonly vkey: string
}

/** The bytes of `0x…`. */
export function bytesOf(text: string): Uint8Array {
  const bytes = fromHex(text.replace(/^0x/, ''))
  if (bytes === undefined) throw new TypeError(`not hexadecimal: ${text}`)
  return bytes
}

/** All fixtures. */
export const sp1Fixtures: readonly Sp1Fixture[] = (
  JSON.parse(loadVector('sp1/fixtures.json')) as readonly Texts[]
).map((fixture) => ({
  ...fixture,
  proof: bytesOf(fixture.proof),
  publicValues: bytesOf(fixture.publicValues),
  vkey: bytesOf(fixture.vkey),
}))

/** The fixture of this name. */
export function fixtureOf(name: string): Sp1Fixture {
  const fixture = sp1Fixtures.find((candidate) => candidate.name === name)
  if (fixture === undefined) throw new Error(`no fixture ${name}`)
  return fixture
}

/** What a fixture claims, for a verifier; withdrawn circuits are allowed. */
export function claimOf(fixture: Sp1Fixture): Sp1ProofClaim {
  const { proof, publicValues, vkey } = fixture
  return { proof, publicValues, vkey, allowOldCircuits: true }
}

/** A loaded backend of BN254. */
export function backendOf(name: string): Bn254 {
  const backend = bn254.withBackend(name)
  if (backend === undefined) throw new Error(`${name} is not loaded`)
  return backend
}
