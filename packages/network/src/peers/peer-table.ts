import type { Random } from '@zkstack/concurrency'
import { toHex } from '@zkstack/crypto'
import { formatSocketAddress, type NodePublicKey, type SocketAddress } from '@zkstack/roles'
import { hostOfIp, mayPass, scopeOfIp, type AddressScope } from './address-scope.js'

/** A node and where it can be dialled. */
export interface PeerAddress {
  readonly key: NodePublicKey
  readonly addr: SocketAddress
}

/** Who told of an address. */
export interface AddressSource {
  /** Its node key in hex. */
  readonly id: string
  /** Where we see it; undefined: nowhere that could be judged. */
  readonly scope: AddressScope | undefined
}

/** An entry of a {@link PeerTable}. */
export interface KnownPeer extends PeerAddress {
  readonly id: string
  readonly scope: AddressScope
  /** Whom its address counts as. */
  readonly host: string
  /** Node key, in hex, of the peer that told of it first, or its own when it has said so itself. */
  readonly source: string
  readonly addedAt: number
  /** A connection to it succeeded at that time. */
  readonly provenAt: number | undefined
  /** Failed dials in a row. */
  readonly failures: number
  /** Not to be dialled before. */
  readonly notBefore: number
}

type Place = Pick<KnownPeer, 'id' | 'addr' | 'scope' | 'host'>

/** Options of a {@link PeerTable}. */
export interface PeerTableOptions {
  readonly ownId: string
  readonly random: Random
  /** Pauses between dials of one entry. */
  readonly retryMinMs: number
  readonly retryMaxMs: number
  readonly capacity?: number
  readonly perSource?: number
}

/** Failed dials after which an address is forgotten: one never reached, and one that was. */
const MAX_FAILURES = { unproven: 3, proven: 10 }
/** Entries for one public host, or site with IPv6: enough for a machine with several nodes, too few to make us scan its ports. */
const MAX_PER_HOST = 8
/** Keys said to be at one address: a lie must not keep the truth out. */
const MAX_PER_ADDRESS = 2

/**
 * Nodes that peers told us of, and that we may dial. What they say is not to be trusted: each source has a quota and displaces only
 * its own entries while it is at it, a full table takes from the source that has most, and an address at which we have reached
 * its node is never displaced by one that somebody just mentions. It knows no clock.
 */
export class PeerTable {
  readonly #o: PeerTableOptions
  readonly #capacity: number
  readonly #perSource: number
  readonly #entries = new Map<string, KnownPeer>()

  constructor(o: PeerTableOptions) {
    this.#o = o
    this.#capacity = o.capacity ?? 1_024
    this.#perSource = o.perSource ?? 64
  }

  /** All entries, oldest first. */
  get entries(): readonly KnownPeer[] {
    return [...this.#entries.values()]
  }

  get(id: string): KnownPeer | undefined {
    return this.#entries.get(id)
  }

  /** Takes an address that a peer told; false when it is of no use or there is no room for it. */
  add({ key, addr }: PeerAddress, source: AddressSource, now: number): boolean {
    const id = toHex(key)
    const scope = scopeOfIp(addr.ip)
    if (id === this.#o.ownId || !scope || addr.port === 0) return false
    if (source.scope === undefined || !mayPass(scope, source.scope)) return false
    const known = this.#entries.get(id)
    if (known && sameAddress(known.addr, addr)) {
      // what it says itself is told on, even if somebody else has said it before
      if (source.id === id) this.#change(id, { source: id })
      return true
    }
    // where we reached it, and what somebody else has told, stays; only the node itself may say that it has moved
    const isFirst = known?.provenAt === undefined && known?.source === source.id
    if (known && source.id !== id && !isFirst) return false
    const host = hostOfIp(addr.ip)
    if (!this.#makePlace({ id, addr, scope, host }, source.id === id)) return false
    if (!known && !this.#makeRoom(source.id)) return false
    this.#entries.set(id, {
      id,
      key,
      addr,
      scope,
      host,
      source: source.id,
      addedAt: now,
      provenAt: undefined,
      failures: 0,
      // another address for the same node does not make us dial sooner
      notBefore: Math.max(now, known?.notBefore ?? now),
    })
    return true
  }

  /** Notes that a dial of an entry reached its node. */
  reached(id: string, now: number): void {
    this.#change(id, { provenAt: now, failures: 0, notBefore: now + this.#o.retryMinMs })
  }

  /** Notes that a dial of an entry failed; after some failures it is forgotten. */
  failed(id: string, now: number): void {
    const known = this.#entries.get(id)
    if (!known) return
    const failures = known.failures + 1
    const most = known.provenAt === undefined ? MAX_FAILURES.unproven : MAX_FAILURES.proven
    if (failures >= most) {
      this.#entries.delete(id)
      return
    }
    const { retryMinMs, retryMaxMs, random } = this.#o
    const pause = Math.min(retryMaxMs, retryMinMs * 2 ** failures)
    this.#change(id, { failures, notBefore: now + pause * (0.75 + random.float() / 2) })
  }

  /** Forgets an entry: another node answers there. */
  forget(id: string): void {
    this.#entries.delete(id)
  }

  /**
   * An entry to dial now, by chance: as often one that was reached before as a new one, as far as there are both. Without one, the
   * time at which there may be.
   */
  next(
    now: number,
    isWanted: (entry: KnownPeer) => boolean,
  ): { readonly entry?: KnownPeer; readonly at?: number } {
    const wanted = this.entries.filter(isWanted)
    const due = wanted.filter(({ notBefore }) => notBefore <= now)
    if (due.length === 0) {
      return wanted.length === 0 ? {} : { at: Math.min(...wanted.map((e) => e.notBefore)) }
    }
    const { random } = this.#o
    const proven = due.filter(({ provenAt }) => provenAt !== undefined)
    const fresh = due.filter(({ provenAt }) => provenAt === undefined)
    const pool = fresh.length === 0 || (proven.length > 0 && random.float() < 0.5) ? proven : fresh
    const entry = pool[Math.floor(random.float() * pool.length)]
    return entry ? { entry } : {}
  }

  /** Up to `count` addresses to tell a node that is seen at `scope`, by chance. */
  sample(
    count: number,
    o: { readonly scope: AddressScope; isGood(entry: KnownPeer): boolean },
  ): readonly KnownPeer[] {
    const good = this.entries.filter((entry) => mayPass(entry.scope, o.scope) && o.isGood(entry))
    const picked: KnownPeer[] = []
    while (picked.length < count && good.length > 0) {
      picked.push(...good.splice(Math.floor(this.#o.random.float() * good.length), 1))
    }
    return picked
  }

  #change(id: string, change: Partial<KnownPeer>): void {
    const known = this.#entries.get(id)
    if (known) this.#entries.set(id, { ...known, ...change })
  }

  /**
   * Whether there is a place for a node where it is said to be; its own word takes that of one that was never reached there. So what
   * others have said, and nobody has tried, keeps no node out for ever.
   */
  #makePlace({ id, addr, scope, host }: Place, own: boolean): boolean {
    const atHost = this.entries.filter((entry) => entry.id !== id && entry.host === host)
    const atAddress = atHost.filter((entry) => sameAddress(entry.addr, addr))
    const isFull = scope === 'public' && atHost.length >= MAX_PER_HOST
    if (!isFull && atAddress.length < MAX_PER_ADDRESS) return true
    const others = atAddress.length < MAX_PER_ADDRESS ? atHost : atAddress
    return own && this.#dropOne(others.filter(({ provenAt }) => provenAt === undefined))
  }

  /** Makes room for one more of a source; false when only what was reached could give way. */
  #makeRoom(source: string): boolean {
    const bySource = new Map<string, KnownPeer[]>()
    for (const entry of this.#entries.values()) {
      if (entry.provenAt !== undefined) continue
      bySource.set(entry.source, [...(bySource.get(entry.source) ?? []), entry])
    }
    const own = bySource.get(source) ?? []
    if (own.length >= this.#perSource) return this.#dropOne(own)
    if (this.#entries.size < this.#capacity) return true
    const largest = [...bySource.values()].reduce(
      (most, entries) => (entries.length > most.length ? entries : most),
      own,
    )
    return this.#dropOne(largest)
  }

  /** The one that failed most goes, else the oldest. */
  #dropOne(entries: readonly KnownPeer[]): boolean {
    const [first, ...rest] = entries
    if (!first) return false
    const worst = rest.reduce((a, b) => (b.failures > a.failures ? b : a), first)
    return this.#entries.delete(worst.id)
  }
}

function sameAddress(a: SocketAddress, b: SocketAddress): boolean {
  return formatSocketAddress(a) === formatSocketAddress(b)
}
