import { ZkStackError } from '@zkstack/concurrency'
import { bytesEqual } from '@zkstack/crypto'
import type { Broadcast } from '../node/broadcast.js'
import type { ClientEvent, ExitEvent } from './client-event.js'

/** What {@link followExit} needs. */
export interface FollowExitOptions {
  readonly events: Broadcast<ClientEvent>
  /** Where the exit is now; `undefined`: it is not collected. */
  present(): Promise<ExitEvent | undefined>
  readonly signal?: AbortSignal | undefined
}

/** One exit's stages, from its present one until it is claimable; who reads slowly misses stages, and not the last one. */
export async function* followExit(
  leafIndex: number,
  { events, present, signal }: FollowExitOptions,
): AsyncGenerator<ExitEvent, undefined, undefined> {
  let told: ExitEvent | undefined
  while (signal?.aborted !== true) {
    // Subscribed before looking, so that nothing happens in between unseen.
    const news = events.subscribe(signal)[Symbol.asyncIterator]()
    try {
      const now = await present()
      for await (const event of startWith(now, { [Symbol.asyncIterator]: () => news })) {
        if (event.type !== 'exit' || event.leafIndex !== leafIndex || isSame(event, told)) continue
        told = event
        yield event
        if (event.stage === 'claimable') return undefined
      }
    } catch (e) {
      if (!(e instanceof ZkStackError) || e.code !== 'EVENTS_LOST') throw e
    } finally {
      // Whoever leaves at the first stage has read none of them.
      await news.return?.()
    }
  }
  return undefined
}

async function* startWith(
  first: ClientEvent | undefined,
  rest: AsyncIterable<ClientEvent>,
): AsyncGenerator<ClientEvent, undefined, undefined> {
  if (first !== undefined) yield first
  yield* rest
  return undefined
}

function isSame(event: ExitEvent, told: ExitEvent | undefined): boolean {
  const [a, b] = [event.certificateId, told?.certificateId]
  const isSameCertificate = a === undefined || b === undefined ? a === b : bytesEqual(a, b)
  return event.stage === told?.stage && isSameCertificate
}
