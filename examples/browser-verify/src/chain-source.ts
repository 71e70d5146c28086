import { Refusal } from './refusal.js'

/** Where a light client asks. Nothing that it gives is believed. */
export interface ChainSource {
  genesis(): Promise<string>
  /** Records of epochs from one on, as bytes. */
  epochs(from: bigint): Promise<Uint8Array>
  /** A block with its payload, as bytes. */
  block(number: bigint): Promise<Uint8Array>
  /** Certificates of final blocks, as bytes, from a block on; ends when the connection does. */
  certificates(from: bigint | undefined): AsyncIterable<Uint8Array>
}

/** How often something is asked for that the server has no time for now. */
const ATTEMPTS = 10
const PAUSE_MS = 1_000

const MAX_GENESIS_BYTES = 4 * 1024 * 1024
const MAX_EPOCHS_BYTES = 16 * 1024 * 1024
const MAX_BLOCK_BYTES = 72 * 1024 * 1024

/** A certificate of thousands of validators, in base64. */
const MAX_EVENT_CHARS = 1024 * 1024

/** A node's HTTP server, or one that forwards to it. */
export class HttpChainSource implements ChainSource {
  readonly #url: string
  readonly #signal: AbortSignal

  /** @param url with or without a slash at its end */
  constructor(url: string, signal: AbortSignal) {
    this.#url = url.replace(/\/*$/, '/')
    this.#signal = signal
  }

  async genesis(): Promise<string> {
    const bytes = await this.#bytes('genesis.json', MAX_GENESIS_BYTES)
    return new TextDecoder().decode(bytes)
  }

  epochs(from: bigint): Promise<Uint8Array> {
    return this.#bytes(`epochs?from=${from}`, MAX_EPOCHS_BYTES)
  }

  block(number: bigint): Promise<Uint8Array> {
    return this.#bytes(`blocks/${number}`, MAX_BLOCK_BYTES)
  }

  async *certificates(from: bigint | undefined): AsyncGenerator<Uint8Array> {
    const response = await this.#get(`blocks/stream${from === undefined ? '' : `?from=${from}`}`)
    let rest = ''
    for await (const text of textOf(response)) {
      const events = (rest + text).split('\n\n')
      rest = events.pop() ?? ''
      for (const event of events) {
        const data = /^data: (\S+)$/m.exec(event)?.[1]
        if (data !== undefined) yield fromBase64(data)
      }
      if (rest.length > MAX_EVENT_CHARS) throw tooLong('a certificate', MAX_EVENT_CHARS)
    }
  }

  async #bytes(path: string, maxBytes: number): Promise<Uint8Array> {
    const response = await this.#get(path)
    const parts: Uint8Array[] = []
    let length = 0
    for await (const part of partsOf(response)) {
      length += part.length
      if (length > maxBytes) throw tooLong(path, maxBytes)
      parts.push(part)
    }
    const bytes = new Uint8Array(length)
    let at = 0
    for (const part of parts) {
      bytes.set(part, at)
      at += part.length
    }
    return bytes
  }

  /** A server that is asked too often says how long to wait. */
  async #get(path: string): Promise<Response> {
    for (let attempt = 1; ; attempt += 1) {
      const response = await fetch(this.#url + path, { signal: this.#signal, cache: 'no-store' })
      if (response.ok) return response
      await response.body?.cancel()
      if (response.status !== 429 || attempt === ATTEMPTS)
        throw new Error(`${path}: the server answers ${response.status}`)
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
  }
}

/** The server sends more than anything honest is long. */
function tooLong(what: string, max: number): Refusal {
  return new Refusal('TOO_LONG', `${what} is longer than ${max} bytes`)
}

async function* partsOf(response: Response): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader()
  if (reader === undefined) return
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

/** The text of an answer, as it comes. */
export async function* textOf(response: Response): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  for await (const part of partsOf(response)) yield decoder.decode(part, { stream: true })
}

/** Empty for what is no base64: no certificate is. */
function fromBase64(text: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
  } catch {
    return new Uint8Array()
  }
}
