import {
  realClock,
  silentLogger,
  silentMetrics,
  systemRandom,
  type Clock,
  type Logger,
  type MetricsSink,
  type Random,
} from '@zkstack/concurrency'
import type { Fetch } from './http-exchange.js'

/** Where an Ethereum node answers JSON-RPC. */
export interface EndpointOptions {
  /** `http:` or `https:`. Logs and errors show only its scheme, host and port. */
  readonly url: string
  /** Sent with every request, such as an authorization. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Options of {@link createL1Client}. */
export interface L1ClientOptions {
  /** What every endpoint must be of. */
  readonly chainId: bigint
  /** In order of preference; at least one. */
  readonly endpoints: readonly (string | EndpointOptions)[]
  /** Of one request to one endpoint; default 15 000. */
  readonly timeoutMs?: number
  /** Of the largest answer that is read; default 32 MiB. */
  readonly maxAnswerBytes?: number
  /** For how long an endpoint is not preferred after its first failure; doubles with each one. Default 1 000, at most 60 000. */
  readonly minRestMs?: number
  readonly maxRestMs?: number
  /** An endpoint so many blocks behind another is taken for stuck; default 16. */
  readonly maxLagBlocks?: number
  /** A latest block older than this makes the client ask the other endpoints too; default 120 000. */
  readonly staleAfterMs?: number
  readonly clock?: Clock
  readonly random?: Random
  readonly logger?: Logger
  readonly metrics?: MetricsSink
  /** Default: that of the platform. */
  readonly fetch?: Fetch
}

/** {@link L1ClientOptions} with every default in its place. */
export type ResolvedClientOptions = Required<Omit<L1ClientOptions, 'endpoints'>> & {
  readonly endpoints: readonly EndpointOptions[]
}

/** Fills in the defaults. @throws RangeError or TypeError for options that make no sense. */
export function resolveClientOptions(o: L1ClientOptions): ResolvedClientOptions {
  const endpoints = o.endpoints.map((of) => (typeof of === 'string' ? { url: of } : of))
  if (endpoints.length === 0) throw new RangeError('endpoints: at least one is needed')
  for (const [i, { url }] of endpoints.entries()) {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
      throw new TypeError(`endpoints[${i}]: expected an http: or https: URL`)
  }
  const numbers = {
    timeoutMs: o.timeoutMs ?? 15_000,
    maxAnswerBytes: o.maxAnswerBytes ?? 32 * 2 ** 20,
    minRestMs: o.minRestMs ?? 1_000,
    maxRestMs: o.maxRestMs ?? 60_000,
    maxLagBlocks: o.maxLagBlocks ?? 16,
    staleAfterMs: o.staleAfterMs ?? 120_000,
  }
  for (const [name, value] of Object.entries(numbers))
    if (!(value > 0)) throw new RangeError(`${name}: expected a positive number, got ${value}`)
  return {
    ...numbers,
    chainId: o.chainId,
    endpoints,
    clock: o.clock ?? realClock,
    random: o.random ?? systemRandom,
    logger: o.logger ?? silentLogger,
    metrics: o.metrics ?? silentMetrics,
    fetch: o.fetch ?? ((url, init) => fetch(url, init)),
  }
}
