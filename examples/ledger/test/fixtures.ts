import { ed25519, toHex } from '@zkstack/crypto'
import { signTransaction, type LedgerGenesis, type Transfer } from '../src/index.js'

/** A holder of an account. */
export interface Person {
  readonly seed: Uint8Array
  readonly address: Uint8Array
  readonly hex: string
}

export const chainId = 7n

export function person(n: number): Person {
  const seed = new Uint8Array(32).fill(n)
  const address = ed25519.publicKey(seed)
  return { seed, address, hex: toHex(address) }
}

export const [alice, bob, carol] = [person(1), person(2), person(3)] as const

export const genesis: LedgerGenesis = {
  chainId,
  firstBlock: 0n,
  balances: { [alice.hex]: 1000n, [bob.hex]: 500n },
}

/** A signed transfer of 10 with fee 1 from Alice to Bob with nonce 0, unless said otherwise. */
export function transfer(o: Partial<Transfer> & { readonly sender?: Person } = {}): Uint8Array {
  const { sender = alice, ...fields } = o
  return signTransaction(
    { chainId, to: bob.address, amount: 10n, nonce: 0n, fee: 1n, ...fields },
    sender.seed,
  )
}
