import { Ctx } from '@zkstack/concurrency'
import { loadCryptoBackends } from '@zkstack/crypto'
import { checkCommitteeSource, prepareGenesis } from './check-genesis.js'
import { checkOptions } from './check-options.js'
import type { NodeOptions } from './node-options.js'
import { resolveOptions, type ResolvedOptions } from './resolve-options.js'

/**
 * Checks options and fills in their defaults; opens and starts nothing.
 * @throws NodeOptionError for the first wrong one; CanceledError when their `signal` has aborted.
 */
export async function prepareOptions(options: NodeOptions): Promise<ResolvedOptions> {
  checkOptions(options)
  using call = Ctx.root({ signal: options.signal })
  call.throwIfCanceled()
  await loadCryptoBackends()
  checkCommitteeSource(options.genesis, options.validators)
  return resolveOptions(options, prepareGenesis(options.genesis, 'options.genesis'))
}

/**
 * Finds what `createNode` would refuse in its options, without a start: shapes and limits of all, proofs of possession in the
 * genesis, a validator key of another scheme. What is on disk and who uses a port is not looked at.
 * @throws NodeOptionError for the first wrong one.
 */
export async function checkNodeOptions(options: NodeOptions): Promise<void> {
  await prepareOptions(options)
}
