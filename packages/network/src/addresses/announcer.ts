import { errorOf, isCanceled, type Ctx, type Logger } from '@zkstack/concurrency'
import { formatSocketAddress, type NetAddress, type SocketAddress } from '@zkstack/roles'
import type { HelloSigner, NetworkInit } from '../network.js'
import { sleepOrWake } from '../sleep-or-wake.js'
import type { AddressExchange } from './address-exchange.js'
import { validatorAddressDigest, type ValidatorAddress } from './validator-address.js'

/** What {@link runAnnouncer} works with. */
export interface AnnouncerOptions {
  readonly init: NetworkInit
  readonly validator: HelloSigner
  readonly exchange: AddressExchange
  readonly logger: Logger
  /** Where we are reached now; undefined while nobody knows. */
  ownAddress(): Promise<SocketAddress | undefined>
}

/** The highest version there is. */
const MAX_VERSION = 2n ** 64n - 1n
/** Pause after a failure: of the signer, or of the resolution of our name. */
const RETRY_MS = 20_000

/**
 * Announces where our validator is reached, for as long as it is of a committee: at the start, every `announceMs`, and as soon as
 * another announcement for our key comes round, which must be of an earlier run. Versions only grow: the last one is kept before
 * it is announced.
 */
export async function runAnnouncer(ctx: Ctx, o: AnnouncerOptions): Promise<never> {
  const { exchange, init, validator } = o
  const { announceMs, announceAgainMs } = init.limits
  let version = (await init.announcedVersion?.load()) ?? -1n
  for (let overrides = 0; ;) {
    while (!exchange.isMember(validator.publicKey)) await ctx.race(exchange.changed.wait())
    const known = exchange.known.of(validator.publicKey)?.address.version ?? -1n
    version = atMost(MAX_VERSION, (known > version ? known : version) + 1n)
    const announced = await announce(ctx, o, version)
    if (!announced) {
      await ctx.sleep(RETRY_MS)
      continue
    }
    const isOurs = (): boolean => exchange.known.of(validator.publicKey) === announced
    const until = ctx.clock.now() + announceMs
    // once at once; then whoever it is runs with our key at this moment, and there is no end of it
    if (overrides > 0) await ctx.sleep(announceAgainMs)
    while (isOurs() && ctx.clock.now() < until) await sleepOrWake(ctx, until, exchange.changed)
    overrides = isOurs() ? 0 : overrides + 1
  }
}

async function announce(
  ctx: Ctx,
  { init, validator, exchange, logger, ownAddress }: AnnouncerOptions,
  version: bigint,
): Promise<ValidatorAddress | undefined> {
  try {
    const addr = await ctx.race(ownAddress())
    if (!addr) throw new TypeError('our public address has no IP')
    const address: NetAddress = { addr, version, timestamp: timestampOf(ctx.clock.nowUtc()) }
    const body = { validatorKey: validator.publicKey, nodeKey: init.nodeKey.publicKey, address }
    const digest = validatorAddressDigest(init.genesis.hash, body)
    const signature = await ctx.race(validator.sign(digest, { signal: ctx.signal }))
    await init.announcedVersion?.save(version)
    const announced = { ...body, signature }
    exchange.announce(announced)
    logger.info('announced our address', { addr: formatSocketAddress(addr), version })
    return announced
  } catch (e) {
    if (isCanceled(e)) throw e
    logger.warn('cannot announce our address', { reason: errorOf(e).message })
    return undefined
  }
}

function timestampOf(utcMs: number): NetAddress['timestamp'] {
  const seconds = Math.floor(utcMs / 1000)
  return { seconds: BigInt(seconds), nanos: Math.floor((utcMs - seconds * 1000) * 1e6) }
}

function atMost(limit: bigint, value: bigint): bigint {
  return value > limit ? limit : value
}
