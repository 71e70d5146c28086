import { Ctx, silentLogger, type Logger } from '@zkstack/concurrency'
import { loadCryptoBackends } from '@zkstack/crypto'
import { keySigner } from '@zkstack/l1'
import { anvilKey, SimulatedL1, simulatedL1Client } from '@zkstack/l1/testing'
import { address, nativeProver } from '@zkstack/pessimistic-proof'
import { beforeAll, expect, test } from 'vitest'
import { createSettlementNode, memoryDatabase } from '../../src/index.js'
import { certificateChain } from '../../testing/index.js'

beforeAll(() => loadCryptoBackends())

test('a certificate that waits because L1 does not answer › is in the log, with the reason', async () => {
  const contract = address(new Uint8Array(20).fill(1))
  const [first] = certificateChain(1, 1)
  if (first === undefined) throw new Error('no certificate')
  const told: unknown[] = []
  const logger: Logger = {
    ...silentLogger,
    warn: (message, fields) => told.push({ message, ...fields }),
    child: () => silentLogger,
  }
  const node = await createSettlementNode({
    l1: simulatedL1Client(new SimulatedL1(), { fault: () => 'lost' }),
    addresses: { rollupManager: contract, globalExitRootManager: contract },
    ...{ database: memoryDatabase(), signers: [keySigner(anvilKey(1))], logger },
    ...{ prover: nativeProver(), accepts: { type: 'native' } },
    epochs: { type: 'time', epochDuration: 60n },
  })
  if (!node.ok) throw new Error(node.error.code)
  await node.value.store.accept(first.certificate, { judged: undefined })
  using ctx = Ctx.root()
  const events = node.value.events({ signal: ctx.signal })
  const ended = node.value.run(ctx).catch(() => undefined)
  for await (const { type } of events) if (type === 'retrying') break
  ctx.cancel()
  await ended
  expect(told).toContainEqual(
    expect.objectContaining({
      ...{ message: 'a certificate is tried again', networkId: 1, height: 0n, failures: 1 },
      ...{ kind: 'retry', reason: 'UNAVAILABLE', problem: 'timeout' },
    }),
  )
})
