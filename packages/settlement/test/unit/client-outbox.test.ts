import { realClock, silentLogger, type Logger } from '@zkstack/concurrency'
import { err, hash32, ok } from '@zkstack/crypto'
import { SimulatedChain, simulatedClient } from '@zkstack/l1/testing'
import { hashBridgeExit, LocalExitTreeData } from '@zkstack/pessimistic-proof'
import { expect, test } from 'vitest'
import { ClientStore } from '../../src/client/client-store.js'
import { EpochGate } from '../../src/client/epoch-gate.js'
import { memoryDatabase, type Database } from '../../src/index.js'
import { certificateStatusError } from '../../src/types/certificate-status-error.js'
import { ClientWorld, etherExit, FakeSettlementNode } from '../helpers/client-world.js'

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

test('a block could not be stored, or had another root › it is collected when it comes again, each exit once', async () => {
  const disk = memoryDatabase()
  let isFull = true
  const database: Database = {
    ...disk,
    write: (batch) => (isFull ? Promise.reject(new Error('the disk is full')) : disk.write(batch)),
  }
  const store = await ClientStore.open(database, 0n)
  const tree = new LocalExitTreeData()
  tree.append(hashBridgeExit(etherExit(1n)))
  const block = { bridgeExits: [etherExit(1n)], claims: [], localExitRoot: tree.root }
  await expect(store.addBlock(0n, block)).rejects.toThrow('the disk is full')
  const wrong = { ...block, localExitRoot: hash32(new Uint8Array(32)) }
  await expect(store.addBlock(0n, wrong)).rejects.toMatchObject({
    code: 'LOCAL_EXIT_ROOT_MISMATCH',
  })
  isFull = false
  expect(await store.addBlock(0n, block)).toEqual({ first: 0, end: 1 })
  expect(store.exitTree.root).toEqual(tree.root)
})
