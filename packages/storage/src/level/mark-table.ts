import type { HeightMark, HeightMarkStore } from '../store.js'
import { checkedBody, checkedRecord } from './checked-record.js'
import { FieldReader, FieldWriter } from './fields.js'
import type { Journal } from './journal.js'

const key = new TextEncoder().encode('heights')

/** What a {@link MarkTable} works with. */
export interface MarkTableInit {
  readonly journal: Journal
  /** Runs a task in line with all other writes. */
  inLine<T>(task: () => Promise<T>): Promise<T>
}

/** When the chain had grown how far: one record. */
export class MarkTable implements HeightMarkStore {
  readonly #o: MarkTableInit

  constructor(o: MarkTableInit) {
    this.#o = o
  }

  load(): Promise<readonly HeightMark[]> {
    const { journal, inLine } = this.#o
    return inLine(async () => {
      journal.assertHealthy()
      const value = await journal.database.get('mark', key)
      if (value === undefined) return []
      const reader = new FieldReader('mark', checkedBody('mark', key, value))
      const marks = reader.list((r) => ({ next: r.u64(), utcMs: Number(r.u64()) }))
      reader.end()
      return marks
    })
  }

  save(marks: readonly HeightMark[]): Promise<void> {
    const { journal, inLine } = this.#o
    return inLine(async () => {
      const writer = new FieldWriter().u32(marks.length)
      for (const { next, utcMs } of marks) writer.u64(next).u64(BigInt(utcMs))
      const { value } = checkedRecord('mark', key, writer.finish())
      await journal.commit([{ type: 'put', table: 'mark', key, value }], {})
    })
  }
}
