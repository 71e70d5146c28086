/** The backends of one algorithm: those that are loaded, and the one in use. */
export interface BackendFamily<Backend> {
  /** The backend in use. */
  readonly current: Backend
  /** Names of the loaded backends; `noble` is always among them. */
  readonly backends: readonly string[]
  /** The backend with this name; `undefined` when it is not loaded. */
  withBackend(backend: string): Backend | undefined
}

/** A {@link BackendFamily} that backends can be added to. */
export class GrowingFamily<
  Backend extends { readonly backend: string },
> implements BackendFamily<Backend> {
  readonly #loaded = new Map<string, Backend>()
  #current: Backend

  constructor(oracle: Backend) {
    this.#current = oracle
    this.#loaded.set(oracle.backend, oracle)
  }

  get current(): Backend {
    return this.#current
  }

  get backends(): readonly string[] {
    return [...this.#loaded.keys()]
  }

  withBackend(backend: string): Backend | undefined {
    return this.#loaded.get(backend)
  }

  add(backend: Backend): void {
    this.#loaded.set(backend.backend, backend)
  }

  /** Puts a loaded backend in use; any other name changes nothing. */
  use(backend: string): void {
    this.#current = this.#loaded.get(backend) ?? this.#current
  }
}
