import { once } from 'node:events'
import { expect } from 'vitest'
import { WebSocket, type ClientOptions } from 'ws'
import type { RpcServer } from '../../src/index.js'

type Message = Record<string, unknown>

/** A client that calls, and keeps everything that it is told. */
export class SocketClient {
  readonly socket: WebSocket
  readonly told: Message[] = []
  readonly #answers = new Map<unknown, (answer: Message) => void>()
  #nextId = 1

  private constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('error', () => undefined)
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as Message
      const answered = this.#answers.get(message['id'])
      if (answered === undefined) this.told.push(message)
      else answered(message)
    })
  }

  static async connect(
    { url }: RpcServer,
    o: ClientOptions = {},
    path = '/',
  ): Promise<SocketClient> {
    const client = new SocketClient(new WebSocket(url.replace('http', 'ws') + path, o))
    await once(client.socket, 'open')
    return client
  }

  call(method: string, ...params: readonly unknown[]): Promise<Message> {
    const id = this.#nextId++
    this.socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }))
    return new Promise((resolve) => {
      this.#answers.set(id, (answer) => {
        resolve((answer['error'] as Message | undefined) ?? answer)
      })
    })
  }

  async subscribe(method: string, ...params: readonly unknown[]): Promise<string> {
    const { result } = await this.call(method, ...params)
    expect(result).toMatch(/^0x[0-9a-f]+$/)
    return result as string
  }

  /** What a subscription was told, once it is as much. */
  async news(subscription: string, count: number): Promise<readonly Message[]> {
    for (;;) {
      const own = this.told
        .map(({ params }) => params as { subscription: string; result: Message })
        .filter((params) => params.subscription === subscription)
      if (own.length >= count) return own.map(({ result }) => result)
      await new Promise(setImmediate)
    }
  }

  async closed(): Promise<readonly [number, string]> {
    const [code, reason] = (await once(this.socket, 'close')) as [number, Buffer]
    return [code, reason.toString()]
  }
}
