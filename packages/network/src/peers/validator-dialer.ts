import type { Ctx, Scope } from '@zkstack/concurrency'
import { bytesEqual, toHex } from '@zkstack/crypto'
import { formatSocketAddress, type NodePublicKey } from '@zkstack/roles'
import type { AddressExchange } from '../addresses/address-exchange.js'
import { leadsToSame, type ValidatorAddress } from '../addresses/validator-address.js'
import type { StaticPeer } from '../network.js'

/** What {@link runValidatorDialer} works with. */
export interface ValidatorDialerOptions {
  readonly ownNodeKey: NodePublicKey
  readonly ownValidatorKey: Uint8Array
  readonly exchange: AddressExchange
  /** Keeps a peer connected for as long as `ctx` lives; a connection outlives it. */
  keepConnected(ctx: Ctx, peer: StaticPeer): Promise<never>
}

interface Following {
  readonly announced: ValidatorAddress
  readonly ctx: Ctx
}

/** Keeps us connected to the validators of our committees, as far as they have announced where they are. */
export async function runValidatorDialer(
  ctx: Ctx,
  tasks: Scope,
  o: ValidatorDialerOptions,
): Promise<never> {
  const following = new Map<string, Following>()
  for (;;) {
    const wanted = new Map(whomToDial(o).map((a) => [toHex(a.validatorKey), a]))
    for (const [id, { announced, ctx: old }] of [...following]) {
      const now = wanted.get(id)
      if (now && leadsToSame(now, announced)) continue
      old.cancel()
      following.delete(id)
    }
    for (const [id, announced] of wanted) {
      if (!following.has(id))
        following.set(id, { announced, ctx: follow(ctx, tasks, o, announced) })
    }
    await ctx.race(o.exchange.changed.wait())
  }
}

/** Every announced validator but ourselves; nobody, while we are of no committee. */
function whomToDial({
  exchange,
  ownNodeKey,
  ownValidatorKey,
}: ValidatorDialerOptions): readonly ValidatorAddress[] {
  if (!exchange.isMember(ownValidatorKey)) return []
  return exchange.known.all.filter(
    ({ validatorKey, nodeKey }) =>
      !bytesEqual(validatorKey, ownValidatorKey) && !bytesEqual(nodeKey, ownNodeKey),
  )
}

function follow(
  ctx: Ctx,
  tasks: Scope,
  o: ValidatorDialerOptions,
  { nodeKey, address }: ValidatorAddress,
): Ctx {
  const until = ctx.child()
  const peer = { key: nodeKey, addr: formatSocketAddress(address.addr) }
  tasks.spawnBackground(async () => {
    using life = until
    try {
      await o.keepConnected(life, peer)
    } catch (e) {
      if (!life.canceled) throw e
    }
  })
  return until
}
