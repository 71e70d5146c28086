import type { SignatureScheme } from './signature-scheme.js'

/** The backends of one signature scheme: those that are loaded, and the one in use. */
export class SchemeFamily {
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

  /** The scheme with the backend in use. */
  get current(): SignatureScheme {
    return this.#current
  }

  /** Names of the loaded backends; `noble` is always among them. */
  get backends(): readonly string[] {
    return [...this.#loaded.keys()]
  }

  /** The scheme with a named backend; `undefined` when that is not loaded. */
  withBackend(backend: string): SignatureScheme | undefined {
    return this.#loaded.get(backend)
  }

  /** @internal Adds a backend. */
  add(scheme: SignatureScheme): void {
    this.#loaded.set(scheme.backend, scheme)
  }

  /** @internal Makes a loaded backend the one in use; false when it is not loaded. */
  use(backend: string): boolean {
    const scheme = this.#loaded.get(backend)
    if (scheme !== undefined) this.#current = scheme
    return scheme !== undefined
  }
}
