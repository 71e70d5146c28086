import { fromHex, keccak256, toHex, type Hash32 } from '@zkstack/crypto'
import { LedgerState } from './state.js'
import { addressBytes } from './transaction.js'

/** What every node of a ledger must agree on; plain JSON but for the numbers. */
export interface LedgerGenesis {
  readonly chainId: bigint
  /** Number of the first block. */
  readonly firstBlock: bigint
  /** Its number among the networks of a bridge; without one there is no bridge. */
  readonly networkId?: number | undefined
  /** Opening balances by hexadecimal address. */
  readonly balances: Readonly<Record<string, bigint>>
}

/** The opening accounts. @throws RangeError for an address that is none, a negative balance, or a supply above 64 bits. */
export function genesisState(genesis: LedgerGenesis): LedgerState {
  const accounts = Object.entries(genesis.balances).map(([address, balance]) => {
    const bytes = fromHex(address)
    if (bytes?.length !== addressBytes)
      throw new RangeError(`${address} is no address: it takes 64 hexadecimal digits`)
    if (balance < 0n) throw new RangeError(`the balance of ${address} is negative: ${balance}`)
    return [toHex(bytes), { balance, nonce: 0n }] as const
  })
  return LedgerState.of(accounts)
}

/**
 * Stands where the first payload names its parent: keccak256(domain ‖ chain id (8) ‖ first block (8) ‖ root of the opening accounts
 * (32) ‖ network id (4) if there is a bridge).
 */
export function genesisHash(genesis: LedgerGenesis): Hash32 {
  const numbers = new Uint8Array(16)
  const view = new DataView(numbers.buffer)
  view.setBigUint64(0, genesis.chainId)
  view.setBigUint64(8, genesis.firstBlock)
  const network = new Uint8Array(genesis.networkId === undefined ? 0 : 4)
  if (genesis.networkId !== undefined) new DataView(network.buffer).setUint32(0, genesis.networkId)
  return keccak256(
    new TextEncoder().encode('zkstack/example-ledger/genesis/1'),
    numbers,
    genesisState(genesis).root,
    network,
  )
}
