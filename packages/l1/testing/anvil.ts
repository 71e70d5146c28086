import { spawn, type ChildProcess } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** Options of {@link startAnvil}. */
export interface AnvilOptions {
  /** Default 1337. */
  readonly chainId?: number
  /** Blocks of an epoch: `safe` is one of them behind `latest`, `finalized` two. Default 2. */
  readonly slotsInAnEpoch?: number
  /** Seconds between blocks; default: a block for each transaction. */
  readonly blockTimeSeconds?: number
  /** Blocks come only from `mine`. */
  readonly noMining?: boolean
  /** A file that the state is read from at the start, and written to at a `stop` and every second. */
  readonly state?: string
  /** Further arguments of the program. */
  readonly args?: readonly string[]
  /** The program; default: that of the installed package `@foundry-rs/anvil`. */
  readonly program?: string
}

/** An Ethereum node for tests, a process of its own. */
export interface Anvil extends AsyncDisposable {
  /** Stays the same through a restart. */
  readonly url: string
  readonly wsUrl: string
  /** Asks the node. @throws Error with the node's words when it refuses. */
  request(method: string, params?: readonly unknown[]): Promise<unknown>
  /** Makes so many blocks, 1 unless given. */
  mine(blocks?: number): Promise<void>
  /**
   * Replaces the last `depth` blocks by as many others, into which go the given transactions, each with the place of its block
   * among them, from 0; those of the replaced blocks are gone unless given again.
   */
  reorg(depth: number, transactions?: readonly (readonly [unknown, number])[]): Promise<void>
  blockNumber(): Promise<bigint>
  /** Ends the process in good order, so that it writes its state. */
  stop(): Promise<void>
  /** Ends the process at once. */
  kill(): Promise<void>
  /** Starts the process again after `stop` or `kill`, at the same address. */
  restart(): Promise<void>
}

/**
 * Starts a node on a port of this machine that the operating system chooses. The process ends with its `Disposable`, and with this
 * process.
 *
 * @throws Error when the program is missing or ends before it listens.
 */
export async function startAnvil(o: AnvilOptions = {}): Promise<Anvil> {
  let running = await launch(o, 0)
  const { port } = running
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    running.process.kill(signal)
    await running.ended
  }
  const url = `http://127.0.0.1:${port}`
  const request = (method: string, params: readonly unknown[] = []): Promise<unknown> =>
    ask(url, method, params)
  return {
    url,
    wsUrl: `ws://127.0.0.1:${port}`,
    request,
    mine: async (blocks = 1) => {
      await request('anvil_mine', [`0x${blocks.toString(16)}`])
    },
    reorg: async (depth, transactions = []) => {
      await request('anvil_reorg', [depth, transactions])
    },
    blockNumber: async () => BigInt(String(await request('eth_blockNumber'))),
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    restart: async () => {
      running = await launch(o, port)
    },
    [Symbol.asyncDispose]: () => end('SIGKILL'),
  }
}

/** The program within the package of this platform: a child of a child would outlive a kill. */
function installedProgram(): string {
  const platform = process.platform === 'win32' ? 'win32' : process.platform
  const machine = process.arch === 'x64' ? 'amd64' : process.arch
  const require = createRequire(import.meta.url)
  const manifest = require.resolve(`@foundry-rs/anvil-${platform}-${machine}/package.json`)
  return join(dirname(manifest), 'bin', process.platform === 'win32' ? 'anvil.exe' : 'anvil')
}

function argumentsOf(o: AnvilOptions, port: number): string[] {
  const flag = (name: string, value: string | number | undefined): string[] =>
    value === undefined ? [] : [name, String(value)]
  return [
    ...flag('--port', port),
    ...flag('--chain-id', o.chainId ?? 1337),
    ...flag('--slots-in-an-epoch', o.slotsInAnEpoch ?? 2),
    ...flag('--block-time', o.blockTimeSeconds),
    ...flag('--state', o.state),
    ...(o.state === undefined ? [] : ['--state-interval', '1']),
    ...(o.noMining === true ? ['--no-mining'] : []),
    ...(o.args ?? []),
  ]
}

interface Running {
  readonly process: ChildProcess
  readonly port: number
  readonly ended: Promise<void>
}

async function launch(o: AnvilOptions, port: number): Promise<Running> {
  const child = spawn(o.program ?? installedProgram(), argumentsOf(o, port), {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const killWithParent = (): void => {
    child.kill('SIGKILL')
  }
  process.once('exit', killWithParent)
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => {
      process.off('exit', killWithParent)
      resolve()
    })
  })
  const listening = await new Promise<number>((resolve, reject) => {
    let said = ''
    const listen = (text: string): void => {
      said = (said + text).slice(-10_000)
      const found = /Listening on [\d.]+:(\d+)/.exec(said)
      if (found !== null) resolve(Number(found[1]))
    }
    child.stdout.setEncoding('utf8').on('data', listen)
    child.stderr.setEncoding('utf8').on('data', listen)
    child.once('error', reject)
    child.once('close', () => {
      reject(new Error(`anvil ended before it listened: ${said}`))
    })
  })
  return { process: child, port: listening, ended }
}

async function ask(url: string, method: string, params: readonly unknown[]): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  })
  const answer = (await response.json()) as {
    result?: unknown
    error?: { message: string; data?: unknown }
  }
  if (answer.error !== undefined)
    throw new Error(`${method}: ${answer.error.message}`, { cause: answer.error })
  return answer.result
}
