/**
 * `npm run demo:settlement`: two chains settle on a local L1, through a reorg and a killed settlement node.
 *
 * Exit codes: 0 all held, 1 something did not, 130 interrupted.
 */
import { Ctx, errorOf, isCanceled, scope } from '@zkstack/concurrency'
import type { L1Client } from '@zkstack/l1'
import { startAnvil } from '@zkstack/l1/testing'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DemoLog } from './demo/demo-log.js'
import { picture } from './demo/picture.js'
import { play } from './demo/scenario.js'

const pictureFile = join('.tmp', 'demo-settlement.svg')

async function run(ctx: Ctx): Promise<void> {
  const log = new DemoLog((line) => process.stdout.write(line))
  const folder = await mkdtemp(join(tmpdir(), 'demo-settlement-'))
  await using anvil = await startAnvil({ slotsInAnEpoch: 2 })
  const epochs: { epoch: bigint; atMs: number }[] = []
  try {
    await scope(ctx, async (inner, tasks) => {
      const onGenesis = (l1: L1Client, genesisBlock: bigint, epochDuration: bigint): void => {
        tasks.spawnBackground(async (own) => {
          for (;;) {
            const head = await l1.block('latest', own)
            const height = head.ok ? (head.value?.number ?? 0n) - genesisBlock : 0n
            const epoch = height / epochDuration
            if (epoch > (epochs.at(-1)?.epoch ?? -1n)) epochs.push({ epoch, atMs: log.nowMs })
            await own.sleep(500)
          }
        })
      }
      const { chains } = await play(inner, {
        tasks,
        log,
        anvil,
        folder: join(folder, 'db'),
        onGenesis,
      })
      await mkdir('.tmp', { recursive: true })
      await writeFile(pictureFile, picture({ log, chains, epochs }))
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  log.say(`${log.checks} checks held; see ${pictureFile}`)
}

async function main(): Promise<number> {
  using ctx = Ctx.root()
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      ctx.cancel('interrupted')
    })
  try {
    await run(ctx)
    return 0
  } catch (e) {
    if (isCanceled(e) && ctx.canceled) return 130
    process.stderr.write(`demo: ${errorOf(e).stack ?? errorOf(e).message}\n`)
    return 1
  }
}

process.exitCode = await main()
