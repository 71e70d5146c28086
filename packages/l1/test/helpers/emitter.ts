import { toHex, type Hash32 } from '@zkstack/crypto'
import type { Anvil } from '@zkstack/l1/testing'
import { eventually } from './eventually.js'
import { addr, word } from './hex.js'

/** A contract that emits the first word of what it is called with, under the topic 7. */
export const emitter = addr(0xe1)

/** A contract that reverts with what it is called with. */
export const reverter = addr(0xe2)

/** The topic of the emitter's events. */
export const emitted: Hash32 = word('07'.padStart(64, '0'))

/** The first account of anvil. */
export const sender = '0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266'

/** `CALLDATALOAD(0) MSTORE(0); LOG1(0, 32, 7)`. */
const emitterCode = '0x600035600052600760206000a100'

/** `CALLDATACOPY(0, 0, CALLDATASIZE); REVERT(0, CALLDATASIZE)`. */
const reverterCode = '0x366000600037366000fd'

/** Puts both contracts on a chain. */
export async function deploy(anvil: Anvil): Promise<void> {
  await anvil.request('anvil_setCode', [`0x${toHex(emitter)}`, emitterCode])
  await anvil.request('anvil_setCode', [`0x${toHex(reverter)}`, reverterCode])
  await anvil.mine(1)
}

/** A transaction that makes the emitter emit a number; for `eth_sendTransaction` and `anvil_reorg`. */
export function emission(value: number): Readonly<Record<string, string>> {
  const data = `0x${value.toString(16).padStart(64, '0')}`
  return { from: sender, to: `0x${toHex(emitter)}`, data, gas: '0x10000' }
}

/** Emits a number, in a block of its own, which is there when this resolves. */
export async function emit(anvil: Anvil, value: number): Promise<void> {
  const hash = await anvil.request('eth_sendTransaction', [emission(value)])
  const isMined = async () => (await anvil.request('eth_getTransactionReceipt', [hash])) !== null
  await eventually(isMined, `the emission of ${value}`)
}
