import {
  availableSchemes,
  hashBackend,
  keccak256,
  loadCryptoBackends,
  type PublicKeyHandle,
  type SignatureScheme,
} from '@zkstack/crypto'
import { median, quantile } from './quantile.js'

/** What one operation costs on this machine, in milliseconds. */
export interface UnitCost {
  /** `package::operation/key=value …`, as `crypto::verify/scheme=bls12_381 backend=mcl`. */
  readonly name: string
  readonly medianMs: number
  readonly p95Ms: number
  /** Number of samples; a fast operation is repeated within a sample. */
  readonly samples: number
}

/** What to measure, and for how long. */
export interface UnitCostOptions {
  /** Time for each operation, in milliseconds, after its warm-up; at least five samples are taken. Default 300. */
  readonly budgetMs?: number
  /** Signers of an aggregate. Default 5. */
  readonly signers?: number
  /** Which schemes and backends; default all that load. */
  readonly select?: (scheme: SignatureScheme) => boolean
  /** Called after each operation, to show progress. */
  readonly onCost?: (cost: UnitCost) => void
}

const leastSamples = 5
const leastSampleMs = 0.2

/**
 * Measures hashing and the signature operations of every scheme and backend that loads, one after another in this process.
 * Each signature is over a fresh message. Hashing is measured with each hash backend; the one in use is put back.
 */
export async function measureUnitCosts(options: UnitCostOptions = {}): Promise<UnitCost[]> {
  await loadCryptoBackends()
  const costs: UnitCost[] = []
  const measure = (name: string, run: () => unknown): void => {
    const cost = measureOne(name, run, options.budgetMs ?? 300)
    costs.push(cost)
    options.onCost?.(cost)
  }
  const inUse = hashBackend()
  for (const hash of ['noble', 'hash-wasm'] as const) {
    await loadCryptoBackends({ hash })
    measureHash(measure)
  }
  await loadCryptoBackends({ hash: inUse })
  for (const scheme of availableSchemes()) {
    if (options.select?.(scheme) ?? true) measureScheme(scheme, options.signers ?? 5, measure)
  }
  return costs
}

type Measure = (name: string, run: () => unknown) => void

function measureHash(measure: Measure): void {
  for (const bytes of [64, 1 << 10, 1 << 20]) {
    const input = new Uint8Array(bytes).fill(0x5a)
    measure(`crypto::keccak256/backend=${hashBackend()} bytes=${bytes}`, () => keccak256(input))
  }
}

function measureScheme(scheme: SignatureScheme, signers: number, measure: Measure): void {
  const tag = `scheme=${scheme.name} backend=${scheme.backend}`
  const committee = Array.from({ length: signers }, (_, index) => newMember(scheme, index))
  const [first] = committee
  if (first === undefined) throw new RangeError(`signers: expected at least one, got ${signers}`)
  const one = signAll(scheme, committee, () => 0)
  const each = signAll(scheme, committee, (index) => index)
  const proof = scheme.provePossession(first.secret)
  const message = messageOf(0)
  const signature = scheme.sign(first.secret, message)
  let fresh = 1 << 16

  const operations: [string, () => unknown][] = [
    ['importPublicKey', () => scheme.importPublicKey(first.key.bytes)],
    ['sign', () => scheme.sign(first.secret, messageOf(fresh++))],
    ['verify', () => scheme.verify(first.key, message, signature)],
    [`aggregate k=${signers}`, () => scheme.aggregate(one.parts)],
    [`verifyAggregate k=${signers} messages=1`, () => one.verify()],
    [`verifyAggregate k=${signers} messages=${signers}`, () => each.verify()],
  ]
  if (scheme.needsProofOfPossession) {
    operations.push(['verifyPossession', () => scheme.verifyPossession(first.key, proof)])
  }
  for (const [operation, run] of operations) {
    const [verb, ...values] = operation.split(' ')
    measure(`crypto::${verb}/${[tag, ...values].join(' ')}`, run)
  }
}

interface Member {
  readonly secret: Uint8Array
  readonly key: PublicKeyHandle
}

function newMember(scheme: SignatureScheme, index: number): Member {
  let counter = 0
  const secret = scheme.generateSecretKey((n) =>
    keccak256(Uint8Array.of(index, counter++)).subarray(0, n),
  )
  const key = scheme.importPublicKey(scheme.publicKey(secret))
  if (key === undefined) throw new Error(`${scheme.name}: a generated key is refused`)
  return { secret, key }
}

/** An aggregate of the committee, member i signing message `messageFor(i)`, which must verify. */
function signAll(
  scheme: SignatureScheme,
  committee: readonly Member[],
  messageFor: (index: number) => number,
) {
  const claims = committee.map(({ key }, index) => ({
    index,
    key,
    message: messageOf(messageFor(index)),
  }))
  const parts = committee.map(({ secret }, index) => ({
    index,
    signature: scheme.sign(secret, messageOf(messageFor(index))),
  }))
  const aggregate = scheme.aggregate(parts)
  if (aggregate === undefined || !scheme.verifyAggregate(claims, aggregate)) {
    throw new Error(`${scheme.name}: an honest aggregate is refused`)
  }
  return { parts, verify: () => scheme.verifyAggregate(claims, aggregate) }
}

function messageOf(n: number): Uint8Array {
  return keccak256(new TextEncoder().encode(`unit cost ${n}`))
}

/** Repeats an operation for some time, after a warm-up. */
export function measureOne(name: string, run: () => unknown, budgetMs: number): UnitCost {
  const once = timeOf(run, 1)
  const warm = Math.min(once, timeOf(run, 1))
  const repeats = Math.max(1, Math.ceil(leastSampleMs / Math.max(warm, 1e-4)))
  const samples: number[] = []
  const end = performance.now() + budgetMs
  while (samples.length < leastSamples || performance.now() < end) {
    samples.push(timeOf(run, repeats) / repeats)
  }
  return {
    name,
    medianMs: median(samples),
    p95Ms: quantile(samples, 0.95),
    samples: samples.length,
  }
}

function timeOf(run: () => unknown, repeats: number): number {
  const start = performance.now()
  for (let i = 0; i < repeats; i++) run()
  return performance.now() - start
}
