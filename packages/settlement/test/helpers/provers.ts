import { readFileSync } from 'node:fs'
import { fromHex, hash32, ok, type Result } from '@zkstack/crypto'
import {
  applyCertificate,
  nativeProver,
  networkStateOf,
  type ProofEnvelope,
  type Prover,
  type ProverInput,
} from '@zkstack/pessimistic-proof'
import {
  fakeWallet,
  TestBridge,
  testExit,
  type TrapdoorCircuit,
  type Submission,
} from '@zkstack/pessimistic-proof/testing'
import { valueOf } from './value-of.js'

/** The verifying key of a program that nobody wrote. */
export const testVkey = hash32(new Uint8Array(32).fill(9))

/** A certificate with one claim and one exit. */
export function submissionOf(): Submission {
  const bridge = new TestBridge()
  bridge.addNetwork(1, { type: 'ecdsa', wallet: fakeWallet(1), commitment: 'V5' })
  bridge.claim(1, bridge.exit(0, testExit({ destNetwork: 1, amount: 5n })))
  bridge.exit(1, testExit({ amount: 3n }))
  return bridge.certify(1)
}

/** What a prover is asked to prove of it. */
export function inputOf({ state, certificate, l1 }: Submission): ProverInput {
  const { header } = valueOf(applyCertificate(state, certificate, l1))
  return { state: networkStateOf(state), header }
}

/** A prover whose SP1 proofs are good where the circuit's secrets are no matter, or are changed on their way. */
export function trapdoorProver(
  trapdoor: TrapdoorCircuit,
  change: (envelope: Extract<ProofEnvelope, { readonly type: 'sp1' }>) => ProofEnvelope = (e) => e,
): Prover {
  const native = nativeProver()
  return {
    async prove(input, o) {
      const proven = await native.prove(input, o)
      if (!proven.ok) return proven
      const { publicValues } = proven.value
      const proof = trapdoor.prove({ vkey: testVkey, publicValues })
      return ok(change({ type: 'sp1', publicValues, proof, vkey: testVkey }))
    },
    // It verifies nothing: what it sends is somebody else's to verify.
    verify: (envelope) =>
      envelope.type === 'native'
        ? native.verify(envelope)
        : (ok(undefined) as unknown as ReturnType<Prover['verify']>),
  }
}

/** A prover that is done when it is told to be, and hears of aborts. */
export class GatedProver implements Prover {
  /** How many wait now. */
  waiting = 0
  aborted = 0
  readonly #gates: (() => void)[] = []
  readonly #native = nativeProver()

  async prove(
    input: ProverInput,
    o: { readonly signal: AbortSignal },
  ): ReturnType<Prover['prove']> {
    this.waiting += 1
    await new Promise<void>((resolve, reject) => {
      this.#gates.push(resolve)
      o.signal.addEventListener('abort', () => {
        this.aborted += 1
        reject(o.signal.reason as Error)
      })
    }).finally(() => {
      this.waiting -= 1
    })
    return this.#native.prove(input, o)
  }

  verify(envelope: ProofEnvelope): ReturnType<Prover['verify']> {
    return this.#native.verify(envelope)
  }

  /** Lets those go on that wait. */
  open(): void {
    for (const gate of this.#gates.splice(0)) gate()
  }
}

/** A vector of provers. */
export function proverVector(name: string): Uint8Array {
  return readFileSync(new URL(`../vectors/prover/${name}`, import.meta.url))
}

/** The bytes of `0x…`. */
export function bytesOfHex(text: string): Uint8Array {
  const bytes = fromHex(text.trim().replace(/^0x/, ''))
  if (bytes === undefined) throw new TypeError(`not hexadecimal: ${text}`)
  return bytes
}

/** Waits for something that other work brings about. */
export async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 8_000; turn++) {
    if (condition()) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  throw new Error('it never came about')
}

/** The error that a promise rejects with. */
export async function rejectionOf<E>(
  promise: Promise<Result<unknown, unknown>>,
  kind: new (...args: never[]) => E,
): Promise<E> {
  try {
    await promise
  } catch (e) {
    if (e instanceof kind) return e
    throw e
  }
  throw new Error('unexpected success')
}
