import { ok, type Result } from '@zkstack/crypto'
import type { json } from '@zkstack/pessimistic-proof'
import { rpcError, type RpcError } from '../json-rpc/rpc-error.js'
import { readParams } from '../json-rpc/rpc-method.js'
import type { RpcTopics, Subscriber } from './rpc-topics.js'

/** A topic: how its filter is read, and which of its news a subscriber with this filter wants. */
export interface Topic<T> {
  readonly filter: json.Json<(news: T) => boolean>
  write(news: T): json.JsonValue
}

interface Subscription<T> {
  readonly subscriber: Subscriber
  readonly wants: (news: T) => boolean
}

/** Hands out what happens to those who have subscribed to it; synchronous, so that nobody is told in another order. */
export class TopicSet<News extends { readonly [K in keyof News]: News[K] }> implements RpcTopics {
  readonly namespace: string
  readonly #topics: { readonly [K in keyof News]: Topic<News[K]> }
  readonly #subscriptions = new Map<keyof News, Set<Subscription<never>>>()

  constructor(namespace: string, topics: { readonly [K in keyof News]: Topic<News[K]> }) {
    this.namespace = namespace
    this.#topics = topics
  }

  subscribe(params: json.JsonValue, subscriber: Subscriber): Result<() => void, RpcError> {
    const [name, filter, ...more] = Array.isArray(params)
      ? (params as readonly json.JsonValue[])
      : []
    const known = Object.keys(this.#topics)
    if (typeof name !== 'string' || !known.includes(name) || more.length > 0)
      return rpcError(
        'invalidParams',
        `Invalid params: expected [topic, filter?]; topics: ${known.join(', ')}`,
      )
    const topic = name as keyof News
    const wants = readParams(() => this.#topics[topic].filter.read(filter ?? new Map()))
    if (!wants.ok) return wants
    const subscription = { subscriber, wants: wants.value } as Subscription<never>
    const all = this.#subscriptions.get(topic) ?? new Set()
    this.#subscriptions.set(topic, all.add(subscription))
    return ok(() => all.delete(subscription))
  }

  /** Tells who wants to know. */
  publish<K extends keyof News>(topic: K, news: News[K]): void {
    const written = { value: undefined as json.JsonValue | undefined }
    for (const { subscriber, wants } of this.#of(topic)) {
      if (!wants(news)) continue
      written.value ??= this.#topics[topic].write(news)
      subscriber.notify(written.value)
    }
  }

  /** Tells everybody that something may have been missed. */
  lose(): void {
    for (const all of this.#subscriptions.values())
      for (const { subscriber } of [...all]) subscriber.lost()
  }

  #of<K extends keyof News>(topic: K): readonly Subscription<News[K]>[] {
    return [...(this.#subscriptions.get(topic) ?? [])] as readonly Subscription<News[K]>[]
  }
}
