import type { ValidatorSource } from '@zkstack/storage'

/** An execution layer's pushes: one for each block that changes an answer. */
export class Pusher {
  readonly asked: bigint[] = []
  #source: ValidatorSource | undefined
  #known = ''
  #pushes = 0
  #wake = (): void => undefined

  wrap(source: ValidatorSource): ValidatorSource {
    this.#source = source
    return {
      scheduleAt: (n, o) => {
        this.asked.push(n)
        return source.scheduleAt(n, o)
      },
      changes: () => this.#changes(),
    }
  }

  /** To be called before the commit of a block resolves. */
  async committed(n: bigint, o: { readonly signal: AbortSignal }): Promise<void> {
    const { current, pending } = (await this.#source?.scheduleAt(n, o)) ?? {}
    const now = `${current?.firstBlock} ${pending?.firstBlock}`
    if (this.#known !== '' && now !== this.#known) {
      this.#pushes += 1
      this.#wake()
    }
    this.#known = now
  }

  async *#changes(): AsyncGenerator<undefined> {
    for (let told = 0; ;) {
      if (told === this.#pushes) await new Promise<void>((resolve) => (this.#wake = resolve))
      told = this.#pushes
      yield undefined
    }
  }
}
