import { toHex } from '@zkstack/crypto'
import { median } from '../quantile.js'
import type { TransactionGas } from './settlement-case.js'
import type { SettlementL1 } from './settlement-l1.js'

/** What every transaction costs. @see https://ethereum.github.io/yellowpaper/paper.pdf, appendix G */
export const baseGas = 21_000

/** Gas of 16 for each byte, and of 4 for a zero. @see https://eips.ethereum.org/EIPS/eip-2028 */
export function calldataGas(calldata: Uint8Array): number {
  return calldata.reduce((sum, byte) => sum + (byte === 0 ? 4 : 16), 0)
}

/** What the settlement transactions that L1 has now cost, in the middle. */
export async function transactionGas({ anvil, signer }: SettlementL1): Promise<TransactionGas> {
  const figures: { used: number; calldata: number; bytes: number }[] = []
  const head = Number(await anvil.blockNumber())
  for (let number = head; number > 0; number--) {
    const id = `0x${number.toString(16)}`
    const block = (await anvil.request('eth_getBlockByNumber', [id, true])) as L1Block
    for (const { hash, from, input } of block.transactions) {
      if (from !== `0x${toHex(signer.address)}`) continue
      const receipt = await anvil.request('eth_getTransactionReceipt', [hash])
      const { gasUsed } = receipt as { readonly gasUsed: string }
      const calldata = Uint8Array.from(Buffer.from(input.slice(2), 'hex'))
      figures.push({
        used: Number(gasUsed),
        calldata: calldataGas(calldata),
        bytes: calldata.length,
      })
    }
  }
  return {
    used: median(figures.map(({ used }) => used)),
    base: baseGas,
    calldata: median(figures.map(({ calldata }) => calldata)),
    calldataBytes: median(figures.map(({ bytes }) => bytes)),
  }
}

interface L1Block {
  readonly transactions: readonly {
    readonly hash: string
    readonly from: string
    readonly input: string
  }[]
}
