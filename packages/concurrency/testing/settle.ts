import { nextTurn } from '../src/clock.js'

/** Lets everything that is ready run: waits for `turns` turns of the event loop, 2 unless given. It moves no manual clock. */
export async function settle(turns = 2): Promise<void> {
  for (let i = 0; i < turns; i++) await nextTurn()
}
