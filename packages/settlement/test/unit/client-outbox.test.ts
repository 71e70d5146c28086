import { realClock, silentLogger, type Logger } from '@zkstack/concurrency'
import { err, ok } from '@zkstack/crypto'
import { SimulatedChain, simulatedClient } from '@zkstack/l1/testing'
import { expect, test } from 'vitest'
import { EpochGate } from '../../src/client/epoch-gate.js'
import { memoryDatabase } from '../../src/index.js'
import { certificateStatusError } from '../../src/types/certificate-status-error.js'
import { ClientWorld, FakeSettlementNode } from '../helpers/client-world.js'

test('the clock was years ahead when a certificate was made that failed › another one is made all the same', async () => {
  let utcMs = Date.UTC(2040, 1)
  const node = new FakeSettlementNode()
  node.errors.push(certificateStatusError('SettlementError', 'it reverted'))
  const world = await ClientWorld.start(memoryDatabase(), node, {
    clock: { ...realClock, nowUtc: () => utcMs },
    pauseMs: () => 5_000,
  })
  await world.block(0n, 1n)
  await world.settle()
  expect([node.submissions, node.settled.length]).toEqual([1, 0])
  utcMs = Date.UTC(2026, 1)
  await world.settle()
  expect([node.submissions, node.settled.length]).toEqual([2, 1])
})

test.each([
  ['refuses', err({ kind: 'fatal', code: 'Refused', message: 'Method not found' } as const)],
  ['tells of epochs without a block', ok({ genesisBlock: 0n, epochDuration: 0n })],
])(
  'the settlement node %s when asked how epochs are counted › no certificate is due, and the log says why',
  async (_, answer) => {
    const warnings: unknown[] = []
    const logger: Logger = {
      ...silentLogger,
      warn: (message, fields) => warnings.push({ message, ...fields }),
    }
    const gate = new EpochGate({
      l1: simulatedClient(new SimulatedChain()),
      endpoint: { epochConfiguration: async () => answer },
      submitAt: 0.5,
      logger,
    })
    expect(await gate.isOpen({ signal: new AbortController().signal })).toBe(false)
    expect(warnings).toEqual([
      expect.objectContaining({ code: answer.ok ? 'MalformedAnswer' : 'Refused' }),
    ])
  },
)
