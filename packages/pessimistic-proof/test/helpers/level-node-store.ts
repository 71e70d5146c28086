import { Level } from 'level'
import type { NodeStore, NodeWrite } from '../../src/index.js'

/** The port on LevelDB. */
export class LevelNodeStore implements NodeStore {
  readonly #db: Level<Uint8Array, Uint8Array>

  constructor(path: string) {
    this.#db = new Level(path, { keyEncoding: 'view', valueEncoding: 'view' })
  }

  get(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]> {
    return this.#db.getMany([...keys])
  }

  async write(batch: readonly NodeWrite[]): Promise<void> {
    await this.#db.batch([...batch], { sync: true })
  }

  close(): Promise<void> {
    return this.#db.close()
  }
}
