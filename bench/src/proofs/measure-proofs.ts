import { hashBackend, keccak256, loadCryptoBackends } from '@zkstack/crypto'
import {
  applyCertificate,
  generatePessimisticProof,
  hashPair,
  networkStateOf,
  recoverSigner,
} from '@zkstack/pessimistic-proof'
import { fakeWallet } from '@zkstack/pessimistic-proof/testing'
import { median, quantile } from '../quantile.js'
import { measureOne, type UnitCost } from '../unit-costs.js'
import type { LeastWork } from './least-work.js'
import { sp1Cases } from './sp1-cases.js'
import { transitionCases, type TransitionCase } from './transition-cases.js'

/** What an operation takes, and the least that it could. */
export interface ProofCost extends UnitCost {
  /** Cost of the work that cannot be left out, measured beside the operation; absent where the operation is that work. */
  readonly floorMs?: number
  /** What that work is, as `1 076 keccaks, 1 recovery`. */
  readonly floorOf?: string
}

/** Time for each operation, in milliseconds. */
const budgetMs = 1_500
const warmUps = 3
const leastSamples = 5

/** Measures everything whose name contains the text, and tells each as it is known. */
export async function measureProofs(
  only: string,
  onCost: (cost: ProofCost) => void,
): Promise<ProofCost[]> {
  await loadCryptoBackends()
  const costs: ProofCost[] = []
  const add = (cost: ProofCost): void => {
    costs.push(cost)
    onCost(cost)
  }
  const hashing = `pessimistic::hashPair/backend=${hashBackend()}`
  if (hashing.includes(only)) add(measureOne(hashing, hashOnce(), budgetMs))
  for (const c of transitionCases) for (const cost of measureTransition(c, only)) add(cost)
  for (const c of sp1Cases()) {
    if (!c.name.includes(only)) continue
    const floorOf = `${c.name.includes('plonk') ? 2 : 4} pairings`
    add({ ...measureBeside(c.name, c.verify, c.pair), floorOf })
  }
  return costs
}

function* measureTransition(c: TransitionCase, only: string): Generator<ProofCost> {
  const transition = `pessimistic::transition/${c.name}`
  const witness = `pessimistic::witness/${c.name}`
  if (!transition.includes(only) && !witness.includes(only)) return
  const { state, certificate, l1, header, work } = c.make()
  if (transition.includes(only)) {
    const start = networkStateOf(state)
    const run = (): void => {
      if (!generatePessimisticProof(start, header).ok) throw new Error(`${c.name} is refused`)
    }
    const { keccaks, recoveries } = work
    const floorOf = `${keccaks} keccaks, ${recoveries} ${recoveries === 1 ? 'recovery' : 'recoveries'}`
    yield { ...measureBeside(transition, run, leastWorkOf(work)), floorOf }
  }
  if (witness.includes(only)) {
    yield measureOne(witness, () => applyCertificate(state, certificate, l1), budgetMs)
  }
}

function hashOnce(): () => void {
  let digest = keccak256(new Uint8Array(1))
  return () => {
    digest = hashPair(digest, digest)
  }
}

/** Runs an operation and its floor by turns, so that whatever else the machine does befalls both. */
function measureBeside(name: string, run: () => void, floor: () => void): ProofCost {
  const samples: number[] = []
  const floors: number[] = []
  for (let i = 0; i < warmUps; i++) {
    run()
    floor()
  }
  const end = performance.now() + 2 * budgetMs
  while (samples.length < leastSamples || performance.now() < end) {
    samples.push(timeOf(run))
    floors.push(timeOf(floor))
  }
  const [medianMs, p95Ms, floorMs] = [median(samples), quantile(samples, 0.95), median(floors)]
  return { name, medianMs, p95Ms, samples: samples.length, floorMs }
}

function timeOf(run: () => void): number {
  const start = performance.now()
  run()
  return performance.now() - start
}

/** The work alone: hashes of 64 bytes that lie together, and recoveries, as many at a stretch as the operation takes. */
function leastWorkOf({ keccaks, recoveries }: LeastWork): () => void {
  const input = new Uint8Array(64).fill(0x5a)
  const digest = keccak256(input)
  const signature = fakeWallet(1).sign(digest)
  return () => {
    for (let i = 0; i < keccaks; i++) keccak256(input)
    for (let i = 0; i < recoveries; i++) recoverSigner(signature, digest)
  }
}
