// Submits jobs, or takes up those that are stored, and drives them to their ends; made to be killed at any moment.
import { writeSync } from 'node:fs'
import { Ctx, jsonLogger, scope } from '@zkstack/concurrency'
import { address } from '@zkstack/pessimistic-proof'
import { Level } from 'level'
import {
  createL1Client,
  createTransactionManager,
  jobId,
  keySigner,
  levelJobStore,
  multiplier,
} from '../../src/index.js'
import { anvilKey } from '../../testing/anvil-key.js'

const say = (line: string) => writeSync(1, `${line}\n`)

const [url = '', path = '', jobs = '0'] = process.argv.slice(2)
const fee = { multiplier: multiplier(1), floor: 1n, ceiling: 100_000_000_000n }
const database = new Level<Uint8Array, Uint8Array>(path, {
  keyEncoding: 'view',
  valueEncoding: 'view',
})
await database.open()
const manager = createTransactionManager({
  client: createL1Client({ chainId: 1337n, endpoints: [url], timeoutMs: 2_000, minRestMs: 50 }),
  signers: [keySigner(anvilKey(1))],
  store: levelJobStore(database),
  pollIntervalMs: 50,
  policy: {
    finality: { tag: 'latest', confirmations: 3 },
    retryOnTransientFailure: { initialMs: 100, factor: 1.5, maxMs: 500, jitterMs: 50 },
    retryOnNotIncluded: { initialMs: 600, factor: 1.5, maxMs: 2_000, jitterMs: 50 },
    fees: { maxFee: fee, maxPriorityFee: fee },
    gasLimit: { multiplier: multiplier(1.3), ceiling: 1_000_000n },
  },
  logger: jsonLogger(say),
})

await scope(Ctx.root(), async ({ signal }, s) => {
  s.spawnBackground((ctx) => manager.run(ctx))
  const drive = async (i: number) => {
    const id = jobId(new Uint8Array(16).fill(i + 1))
    const to = address(new Uint8Array(20).fill(0xd0 + i))
    const submitted = await manager.submit(
      { id, to, calldata: Uint8Array.of(i), value: 1n },
      { signal },
    )
    if (!submitted.ok) throw new Error(submitted.error.message)
    say(`submitted ${i}`)
    const result = await manager.wait(id, { signal })
    if (!result.ok) throw new Error(result.error.message)
    say(
      `result ${i} ${result.value.call.outcome} ${Buffer.from(result.value.call.transactionHash).toString('hex')}`,
    )
  }
  await Promise.all(Array.from({ length: Number(jobs) }, (_, i) => drive(i)))
})
await database.close()
say('done')
