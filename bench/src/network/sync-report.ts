import { nameOf, type SyncResult } from './sync-case.js'

const rate = (value: number): string => value.toFixed(0)
const share = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(0)} %`

/** A case for the terminal. */
export function lineOf(r: SyncResult): string {
  const parts = [
    `${rate(r.sync)} blocks/s`,
    `${share(r.sync, r.storeOneByOne)} of the store alone, one by one (${rate(r.storeOneByOne)})`,
    `${share(r.sync, r.storeTogether)} of the store alone, together (${rate(r.storeTogether)})`,
    `verification alone in one thread ${rate(r.verification)}`,
    `main thread busy ${share(r.busy, 1)}`,
  ]
  return `${nameOf(r.case)}\n  ${parts.join(', ')}`
}
