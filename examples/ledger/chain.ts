/**
 * The ledger as an execution layer that `zkstack run` loads: `execution = "…/chain.ts"` in a configuration. Its options are those of
 * the opening state: `balances`, by hexadecimal address, as decimal texts; and `patienceMs`.
 */
import { join } from 'node:path'
import type { ExecutionFactory } from '@zkstack/node'
import { openLedger } from './src/index.js'

/** Reads the table `executionOptions.balances`. @throws TypeError that names the address. */
function balancesOf(value: unknown): Record<string, bigint> {
  if (typeof value !== 'object' || value === null)
    throw new TypeError('executionOptions.balances: give a table of address = "amount"')
  return Object.fromEntries(
    Object.entries(value).map(([address, amount]) => {
      if (typeof amount !== 'string' || !/^\d{1,20}$/.test(amount))
        throw new TypeError(
          `executionOptions.balances.${address}: give the amount as a text of digits`,
        )
      return [address, BigInt(amount)]
    }),
  )
}

const chain: ExecutionFactory = async ({ genesis, dataDir, options }) => {
  const { balances, patienceMs, ...rest } = options
  const [unknown] = Object.keys(rest)
  if (unknown !== undefined)
    throw new TypeError(`executionOptions.${unknown}: the ledger takes balances and patienceMs`)
  if (patienceMs !== undefined && typeof patienceMs !== 'number')
    throw new TypeError('executionOptions.patienceMs: give a number of milliseconds')
  return openLedger({
    path: join(dataDir, 'ledger'),
    genesis: {
      chainId: genesis.chainId,
      firstBlock: genesis.firstBlock,
      balances: balancesOf(balances ?? {}),
    },
    ...(patienceMs === undefined ? {} : { patienceMs }),
  })
}

export default chain
