import type { ActorPayloads } from '@zkstack/bft/testing'
import { concatBytes, fromHex } from '@zkstack/crypto'
import type { ExecutionLayer } from '@zkstack/storage'
import { CounterChain } from '../counter-chain.js'

/** What faulty leaders propose to {@link CounterChain}s: they look into those of the honest nodes. */
export function counterPayloads(executions: readonly ExecutionLayer[]): ActorPayloads {
  const chains = executions.filter((execution) => execution instanceof CounterChain)
  return {
    valid: (number, variant) => {
      const chain = chains.find(({ height }) => (height ?? -1n) === number - 1n) ?? chains[0]
      const state = (chain && fromHex(chain.state)) ?? new Uint8Array(32)
      const head = new Uint8Array(8)
      new DataView(head.buffer).setBigUint64(0, number)
      return concatBytes(head, state, Uint8Array.of(variant % 256))
    },
    invalid: (number) => new TextEncoder().encode(`no payload of block ${number}`),
  }
}
