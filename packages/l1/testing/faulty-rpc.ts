import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

/** What goes wrong with one request. */
export type RpcFault =
  /** The connection breaks before the request is handed on. */
  | { readonly type: 'drop' }
  /** The request is handed on, and its answer lost. */
  | { readonly type: 'lose' }
  /** No answer ever. */
  | { readonly type: 'hang' }
  | { readonly type: 'delay'; readonly ms: number }
  | {
      readonly type: 'status'
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: string
    }
  | {
      readonly type: 'error'
      readonly code: number
      readonly message: string
      readonly data?: unknown
    }
  /** A lie: what the node said, changed. */
  | { readonly type: 'change'; readonly change: (result: unknown) => unknown }
  /** Only the first bytes of the answer arrive. */
  | { readonly type: 'truncate'; readonly bytes: number }

/** A request as it came in. */
export interface RpcRequest {
  readonly method: string
  readonly params: readonly unknown[]
}

/** A server of JSON-RPC that stands before another one and spoils what passes. */
export interface FaultyRpc extends AsyncDisposable {
  readonly url: string
  /** All that came in, the oldest first. */
  readonly requests: RpcRequest[]
  /** Decides on each request; `undefined`: it passes. Replace it at any time. */
  fault: (request: RpcRequest) => RpcFault | undefined
}

/** Starts a server on a port of this machine that the operating system chooses. */
export async function startFaultyRpc(target: string): Promise<FaultyRpc> {
  const requests: RpcRequest[] = []
  const rpc = { fault: (_: RpcRequest): RpcFault | undefined => undefined }
  const server = createServer((request, response) => {
    serve(request, response).catch(() => {
      response.destroy()
    })
  })

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await textOf(request)
    const asked = JSON.parse(body) as RpcRequest & { readonly id: number }
    requests.push({ method: asked.method, params: asked.params })
    await spoil(rpc.fault(asked), response, asked.id, async () => {
      const answer = await fetch(target, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      })
      return answer.text()
    })
  }

  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new TypeError('the server has no port')
  return Object.assign(rpc, {
    url: `http://127.0.0.1:${bound.port}`,
    requests,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      }),
  })
}

async function spoil(
  fault: RpcFault | undefined,
  response: ServerResponse,
  id: number,
  handOn: () => Promise<string>,
): Promise<void> {
  switch (fault?.type) {
    case 'drop':
      response.destroy()
      return
    case 'lose':
      await handOn()
      response.destroy()
      return
    case 'hang':
      return
    case 'status':
      response.writeHead(fault.status, fault.headers).end(fault.body ?? '')
      return
    case 'error': {
      const { code, message, data } = fault
      response.end(JSON.stringify({ jsonrpc: '2.0', id, error: { code, message, data } }))
      return
    }
    case 'change': {
      const answer = JSON.parse(await handOn()) as Record<string, unknown>
      response.end(JSON.stringify({ ...answer, result: fault.change(answer['result']) }))
      return
    }
    case 'truncate':
      response.end((await handOn()).slice(0, fault.bytes))
      return
    case 'delay':
      await new Promise((resolve) => setTimeout(resolve, fault.ms))
      response.end(await handOn())
      return
    case undefined:
      response.end(await handOn())
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const part of request.setEncoding('utf8')) text += String(part)
  return text
}
