import type { ZkStackError } from '@zkstack/concurrency'
import { encodeBlock } from '@zkstack/roles'
import { toHex } from '@zkstack/crypto'
import { expect } from 'vitest'
import type { ConsensusNode } from '../../src/index.js'
import { CounterChain, type TestNetwork, type TestNode } from '../../testing/index.js'

/** The toy chain of a node. */
export function chainOf(node: TestNode): CounterChain {
  if (node.execution instanceof CounterChain) return node.execution
  throw new Error('this node has another execution layer')
}

/** Whether a warning says only that the machine is busy. */
export function isOfBusyMachine(code: string): boolean {
  return code === 'EXECUTION_LATE' || code === 'NO_PROGRESS'
}

/** Collects the warnings of a node from now on, but those of a busy machine. */
export function warningsOf(node: ConsensusNode): ZkStackError[] {
  const warnings: ZkStackError[] = []
  node.on('warning', (e) => {
    if (!isOfBusyMachine(e.code)) warnings.push(e)
  })
  return warnings
}

/** Resolves with the first warning of a code. */
export function nextWarning(node: ConsensusNode, code: string): Promise<ZkStackError> {
  return new Promise((resolve) => {
    const off = node.on('warning', (e) => {
      if (e.code !== code) return
      off()
      resolve(e)
    })
  })
}

/** Resolves when the timer of a view has fired `count` more times. */
export function viewTimeouts(node: ConsensusNode, count: number): Promise<void> {
  return new Promise((resolve) => {
    let seen = 0
    const off = node.on('view:timeout', () => {
      if (++seen < count) return
      off()
      resolve()
    })
  })
}

/** All running nodes have the same payloads, and the same state, up to `height`; certificates may differ. */
export async function expectEqualChains(network: TestNetwork, height: bigint): Promise<void> {
  const { firstBlock } = network.genesis
  const running = network.nodes.filter((node) => node.running)
  const chains = await Promise.all(
    running.map(async (node) => {
      const blocks = await network.blocks(node, firstBlock, height)
      return blocks.map((b) => `${b.number} ${b.kind} ${toHex(b.payload)}`)
    }),
  )
  for (const chain of chains) expect(chain).toEqual(chains[0])
  expect(chains[0]).toHaveLength(Number(height - firstBlock) + 1)
}

/** The bytes of a block, certificate included. */
export function bytesOf(block: Parameters<typeof encodeBlock>[0]): string {
  return toHex(encodeBlock(block))
}
