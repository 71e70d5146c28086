import type { SignatureScheme } from './signature-scheme.js'

/** The backends of one signature scheme: those that are loaded, and the one in use. */
export interface SchemeFamily {
  readonly id: number
  readonly name: string
  /** The scheme with the backend in use. */
  readonly current: SignatureScheme
  /** Names of the loaded backends; `noble` is always among them. */
  readonly backends: readonly string[]
  /** The scheme with a named backend; `undefined` when that is not loaded. */
  withBackend(backend: string): SignatureScheme | undefined
}

/** A {@link SchemeFamily} that backends can be added to. */
export class GrowingFamily implements SchemeFamily {
  readonly id: number
  readonly name: string
  readonly #loaded = new Map<string, SignatureScheme>()
  #current: SignatureScheme

  constructor(oracle: SignatureScheme) {
    this.id = oracle.id
    this.name = oracle.name
    this.#current = oracle
    this.#loaded.set(oracle.backend, oracle)
  }

  get current(): SignatureScheme {
    return this.#current
  }

  get backends(): readonly string[] {
    return [...this.#loaded.keys()]
  }

  withBackend(backend: string): SignatureScheme | undefined {
    return this.#loaded.get(backend)
  }

  add(scheme: SignatureScheme): void {
    this.#loaded.set(scheme.backend, scheme)
  }

  /** Puts a loaded backend in use; any other name changes nothing. */
  use(backend: string): void {
    this.#current = this.#loaded.get(backend) ?? this.#current
  }
}
