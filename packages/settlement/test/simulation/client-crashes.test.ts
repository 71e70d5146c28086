import { describe, expect, it } from 'vitest'
import { memoryDatabase } from '../../src/storage/memory-database.js'
import type { Database } from '../../src/storage/database.js'
import { CrashingDatabase, type CrashPoint } from '../../testing/crashing-database.js'
import { ClientWorld, FakeSettlementNode } from '../helpers/client-world.js'

/** The exits of each block. */
const blocks = [[1n], [2n, 3n], [], [4n]]

/** Lives until everything is settled, or the process dies. */
async function live(database: Database, node: FakeSettlementNode): Promise<void> {
  const world = await ClientWorld.start(database, node)
  for (const [number, amounts] of blocks.entries()) {
    await world.block(BigInt(number), ...amounts)
    const settled = await world.settle()
    if (!settled.ok) throw new Error(settled.error.code)
  }
}

/** What was settled after a process died, and another one took over. */
async function afterCrash(
  point: CrashPoint | undefined,
  o: { readonly dieAtSubmission?: number } = {},
): Promise<{
  readonly amounts: readonly bigint[]
  readonly writes: number
  readonly died: boolean
}> {
  const disk = memoryDatabase()
  const node = new FakeSettlementNode()
  const database = new CrashingDatabase(disk, { point, onCrash: () => undefined })
  node.onAccepted = () => {
    if (node.submissions === o.dieAtSubmission) database.kill()
  }
  await live(database, node).catch((e: unknown) => {
    if (!database.isDead) throw e
  })
  await live(disk, node)
  const amounts = node.settled.flatMap(({ bridgeExits }) => bridgeExits.map(({ amount }) => amount))
  return { amounts, writes: database.writes, died: database.isDead }
}

describe('a client that is killed', () => {
  it('loses no exit and sends none twice, at whatever write it dies', async () => {
    const { writes, amounts } = await afterCrash(undefined)
    expect(amounts).toEqual(blocks.flat())
    expect(writes).toBeGreaterThan(10)
    for (let write = 0; write < writes; write++)
      for (const when of ['before', 'after'] as const) {
        const after = await afterCrash({ write, when })
        expect(after.died, `write ${write}`).toBe(true)
        expect(after.amounts, `${when} write ${write}`).toEqual(blocks.flat())
      }
  })

  it('loses none between the acceptance of a certificate and the answer', async () => {
    for (const dieAtSubmission of [1, 2, 3]) {
      const after = await afterCrash(undefined, { dieAtSubmission })
      expect(after.died).toBe(true)
      expect(after.amounts).toEqual(blocks.flat())
    }
  })

  it('control: a database that makes half a write is noticed', async () => {
    const { writes } = await afterCrash(undefined)
    const outcomes: string[] = []
    for (let write = 0; write < writes; write++)
      outcomes.push(
        await afterCrash({ write, when: 'half' }).then(
          ({ amounts }) => amounts.join(),
          () => 'noticed',
        ),
      )
    expect(outcomes).toContain('noticed')
  })
})
