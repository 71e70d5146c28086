/**
 * One validator: the process that the coordinator starts, feeds and kills. It ends when the coordinator's channel does, so that
 * no validator outlives the demo.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { errorOf } from '@zkstack/concurrency'
import { loadCryptoBackends, toHex } from '@zkstack/crypto'
import { createNode, type ConsensusNode } from '@zkstack/executor'
import { parseGenesis, parseNodeKey, parseValidatorKey } from '@zkstack/roles'
import { levelStore } from '@zkstack/storage'
import { openLedger, payloadTransactions, transactionId, type Ledger } from '../src/index.js'
import type { Report, Request, ValidatorConfig } from './messages.js'

const statusIntervalMs = 200

function report(message: Report): void {
  if (process.connected) process.send?.(message)
}

/** Takes a parsed value out; what the coordinator sends is right, so that an error here is a bug. */
function expectOk<T>(result: { ok: true; value: T } | { ok: false; error: { code: string } }): T {
  if (!result.ok) throw new Error(`the configuration is refused: ${result.error.code}`)
  return result.value
}

class Validator {
  /** When transactions were submitted here, by identifier; monotonic milliseconds. */
  readonly #submitted = new Map<string, number>()

  constructor(
    readonly node: ConsensusNode,
    readonly ledger: Ledger,
  ) {
    node.on('block:finalized', (block) => {
      const transactions = payloadTransactions(block.payload)
      const { number, view } = block
      const latenciesMs = transactions.flatMap((id) => this.#latency(id))
      report({
        type: 'block',
        number,
        view,
        bytes: block.payload.length,
        transactions,
        latenciesMs,
      })
      this.reportStatus()
    })
    node.on('warning', ({ code, message }) => {
      report({ type: 'warning', code, message })
    })
    node.on('peer:misbehaved', ({ rule }) => {
      report({ type: 'warning', code: 'PEER_MISBEHAVED', message: rule })
    })
    node.on('invariant', ({ code, message }) => {
      report({ type: 'warning', code, message })
    })
  }

  reportStatus(): void {
    const { phase, view, peers } = this.node.status
    const pool = this.ledger.mempool.size.value
    report({ type: 'status', status: { phase, view, committed: this.ledger.height, peers, pool } })
  }

  async handle(request: Request): Promise<void> {
    if (request.type === 'submit') {
      const id = toHex(transactionId(request.transaction))
      if (!this.#submitted.has(id)) this.#submitted.set(id, performance.now())
      await this.node.submit(request.transaction)
    } else if (request.type === 'root') {
      const root = await this.ledger.stateRootAt(request.number)
      report({ type: 'root', number: request.number, root: root && toHex(root) })
    }
  }

  #latency(id: string): number[] {
    const at = this.#submitted.get(id)
    this.#submitted.delete(id)
    return at === undefined ? [] : [performance.now() - at]
  }
}

/** Opens both databases, runs the node until `stop`, and closes everything again. */
async function run(
  config: ValidatorConfig,
  stop: Promise<void>,
  serve: (validator: Validator) => void,
): Promise<void> {
  await loadCryptoBackends()
  await mkdir(config.folder, { recursive: true })
  await using ledger = await openLedger({
    path: join(config.folder, 'ledger'),
    genesis: config.ledgerGenesis,
    fillerBytes: config.fillerBytes,
  })
  await using store = await levelStore(join(config.folder, 'consensus'))
  await using node = await createNode({
    genesis: expectOk(parseGenesis(config.genesis)),
    nodeKey: expectOk(parseNodeKey(config.nodeKey)),
    validatorKey: expectOk(parseValidatorKey(config.validatorKey)),
    execution: ledger.execution,
    mempool: ledger.mempool,
    store,
    listen: config.listen,
    peers: { outbound: [...config.outbound], inbound: [...config.inbound] },
    limits: { maxPayloadBytes: config.maxPayloadBytes },
    timing: { viewTimeoutMs: config.viewTimeoutMs },
  })
  const validator = new Validator(node, ledger)
  await node.ready
  serve(validator)
  validator.reportStatus()
  report({ type: 'ready' })
  const timer = setInterval(() => {
    validator.reportStatus()
  }, statusIntervalMs)
  try {
    await Promise.race([stop, node.closed])
  } finally {
    clearInterval(timer)
  }
}

function main(): void {
  let validator: Validator | undefined
  let stop = (): void => undefined
  const stopped = new Promise<void>((resolve) => {
    stop = resolve
  })
  const fail = (e: unknown): void => {
    const error = errorOf(e)
    report({ type: 'failed', message: error.stack ?? error.message })
    process.exitCode = 1
    if (process.connected) process.disconnect()
  }
  const begin = async (config: ValidatorConfig): Promise<void> => {
    await run(config, stopped, (v) => (validator = v))
    report({ type: 'stopped' })
    process.off('disconnect', abandon)
    process.disconnect()
  }
  const abandon = (): void => {
    process.exit(1)
  }
  process.on('disconnect', abandon)
  // Ctrl-C reaches every process of the terminal; the coordinator decides what it means.
  process.on('SIGINT', () => undefined)
  process.on('message', (request: Request) => {
    if (request.type === 'start') begin(request.config).catch(fail)
    else if (request.type === 'stop') stop()
    else validator?.handle(request).catch(fail)
  })
}

main()
