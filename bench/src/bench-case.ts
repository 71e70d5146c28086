/** One chain to measure: all its validators run in one process. */
export interface BenchCase {
  readonly validators: number
  /** `tcp`: libp2p on 127.0.0.1 and LevelDB with synced writes; `memory`: neither socket nor disk. */
  readonly transport: 'tcp' | 'memory'
  /** Genesis id of the signature scheme. */
  readonly scheme: 0 | 1 | 2
  readonly backend: 'noble' | 'mcl' | 'blst' | 'node'
  readonly payloadBytes: number
  /** Threads that check signatures, of all validators together. */
  readonly workers: number
  /** How long to measure, in seconds, after a warm-up of a fifth of it. */
  readonly seconds: number
}

/** Names of the schemes by genesis id. */
export const schemeNames = ['bls12_381', 'bls12_381_min_pk', 'ed25519'] as const

/** `executor::finality/key=value …`, the name under which a figure is published. */
export function nameOf(c: BenchCase): string {
  const scheme = schemeNames[c.scheme]
  const parts = [
    `n=${c.validators}`,
    `transport=${c.transport}`,
    `scheme=${scheme}`,
    `backend=${c.backend}`,
    `payload=${c.payloadBytes}`,
    ...(c.workers > 0 ? [`workers=${c.workers}`] : []),
  ]
  return `executor::finality/${parts.join(' ')}`
}

/** The scheme and backend pairs that are measured. */
export const backends = [
  { scheme: 0, backend: 'mcl' },
  { scheme: 0, backend: 'noble' },
  { scheme: 1, backend: 'blst' },
  { scheme: 1, backend: 'noble' },
  { scheme: 2, backend: 'node' },
  { scheme: 2, backend: 'noble' },
] as const

const MiB = 1 << 20

/** Every case that `npm run bench` measures. */
export function allCases(seconds: number): BenchCase[] {
  const cases: BenchCase[] = []
  const common = { workers: 0, seconds }
  for (const validators of [4, 6]) {
    for (const transport of ['tcp', 'memory'] as const) {
      for (const { scheme, backend } of backends) {
        cases.push({ validators, transport, scheme, backend, payloadBytes: 0, ...common })
      }
      for (const { scheme, backend } of backends) {
        if (backend === 'noble') continue
        cases.push({ validators, transport, scheme, backend, payloadBytes: MiB, ...common })
      }
    }
  }
  // One worker: with the main thread it has two cores at work.
  for (const { scheme, backend } of backends) {
    if (scheme === 2 || backend === 'noble') continue
    const of = { validators: 6, transport: 'tcp', scheme, backend, payloadBytes: 0 } as const
    cases.push({ ...of, workers: 1, seconds })
  }
  return cases
}
