import type { Hash32 } from '@zkstack/crypto'
import {
  anvilKey,
  startAnvil,
  startFaultyRpc,
  type Anvil,
  type FaultyRpc,
  type RpcFault,
} from '@zkstack/l1/testing'
import { createL1Client, keySigner, type L1Client, type L1ClientOptions } from '../../src/index.js'
import { deploy, emit, emitted, emitter } from './emitter.js'
import { eventually } from './eventually.js'

export const call = { signal: new AbortController().signal }
export const filter = { addresses: [emitter], topics: [[emitted]] }
export const wallet = keySigner(anvilKey(3))
const hour = 3_600_000

/** A node with three events, behind two servers that can be spoiled. */
export class TwoEndpoints implements AsyncDisposable {
  readonly anvil: Anvil
  readonly first: FaultyRpc
  readonly second: FaultyRpc

  private constructor(anvil: Anvil, first: FaultyRpc, second: FaultyRpc) {
    this.anvil = anvil
    this.first = first
    this.second = second
  }

  static async start(): Promise<TwoEndpoints> {
    const anvil = await startAnvil()
    await deploy(anvil)
    for (const value of [1, 2, 3]) await emit(anvil, value)
    return new TwoEndpoints(anvil, await startFaultyRpc(anvil.url), await startFaultyRpc(anvil.url))
  }

  /** Both serve again, and have heard nothing. */
  reset(): void {
    for (const rpc of [this.first, this.second]) {
      rpc.fault = () => undefined
      rpc.requests.length = 0
    }
  }

  /** A client of the first endpoint, and of the second where two are asked for. */
  client(endpoints: 1 | 2, o: Partial<L1ClientOptions> = {}): L1Client {
    const urls = [this.first.url, this.second.url].slice(0, endpoints)
    return createL1Client({ chainId: 1337n, endpoints: urls, staleAfterMs: hour, ...o })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.first[Symbol.asyncDispose]()
    await this.second[Symbol.asyncDispose]()
    await this.anvil[Symbol.asyncDispose]()
  }
}

/** The value of a success. */
export function good<T>(
  result:
    | { readonly ok: true; readonly value: T }
    | { readonly ok: false; readonly error: { readonly message: string } },
): T {
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}

/** Waits until a transaction is in a block: anvil answers before it is. */
export async function mined(client: L1Client, hash: Hash32): Promise<void> {
  const isMined = async () => good(await client.receipt(hash, call)) !== undefined
  await eventually(isMined, 'a receipt')
}

/** Spoils one method of an endpoint. */
export function spoil(rpc: FaultyRpc, method: string, fault: RpcFault): void {
  rpc.fault = (request) => (request.method === method ? fault : undefined)
}
