/** The settlement node in a process of its own: `settlement-handle.ts` starts, asks and kills it. */
import { Ctx } from '@zkstack/concurrency'
import { address, nativeProver } from '@zkstack/pessimistic-proof'
import { createL1Client, defaultTransactionPolicy, keySigner } from '@zkstack/l1'
import { createSettlementNode, levelDatabase } from '@zkstack/settlement'
import { devnetSelector, devnetVKey } from '@zkstack/settlement/testing'
import type { Answer, NodeConfig, Question } from './messages.js'

const soon = { initialMs: 500, factor: 1.5, maxMs: 3_000, jitterMs: 100 }
const safe = { tag: 'safe', confirmations: 1 } as const

async function start(config: NodeConfig): Promise<(question: Question) => Promise<unknown>> {
  const database = await levelDatabase(config.folder)
  const created = await createSettlementNode({
    l1: createL1Client({ chainId: config.chainId, endpoints: [config.url] }),
    signers: [keySigner(config.key)],
    addresses: {
      rollupManager: address(config.rollupManager),
      globalExitRootManager: address(config.globalExitRootManager),
      deploymentBlock: config.deploymentBlock,
    },
    database,
    // FOR DEVELOPMENT: no proof is made; the local contracts take the hash of the public values instead.
    prover: nativeProver(),
    accepts: { type: 'native' },
    gatewaySelector: devnetSelector,
    developmentVKey: devnetVKey,
    epochs: {
      type: 'block',
      genesisBlock: config.genesisBlock,
      epochDuration: config.epochDuration,
    },
    finality: { l1InfoRoots: safe, settlements: safe },
    transactions: {
      ...defaultTransactionPolicy,
      finality: safe,
      retryOnTransientFailure: soon,
      retryOnNotIncluded: soon,
    },
    pollIntervalMs: 500,
    retry: { initialMs: 500, factor: 1.5, maxMs: 3_000, maxAttempts: 20 },
  })
  if (!created.ok) throw new Error(created.error.code)
  const node = created.value
  const ctx = Ctx.root()
  const running = node.run(ctx)
  running.catch((e: unknown) => {
    process.stderr.write(`${e instanceof Error ? (e.stack ?? e.message) : String(e)}\n`)
    process.exit(1)
  })
  const { endpoint } = node
  return async (question) => {
    switch (question.method) {
      case 'submit':
        return endpoint.submit(question.certificate, ctx)
      case 'header':
        return endpoint.header(question.certificateId, ctx)
      case 'latestHeaders':
        return endpoint.latestHeaders(question.networkId, ctx)
      case 'epochConfiguration':
        return endpoint.epochConfiguration(ctx)
      case 'networkInfo':
        return node.networkInfo(question.networkId)
    }
  }
}

let answer: Promise<(question: Question) => Promise<unknown>> | undefined

process.on('message', (message: { id: number; config?: NodeConfig; question?: Question }) => {
  const { id, config, question } = message
  if (config !== undefined) answer = start(config)
  const reply = (result: Answer): void => {
    process.send?.(result)
  }
  const fail = (e: unknown): void => {
    reply({ id, error: e instanceof Error ? e.message : String(e) })
  }
  if (answer === undefined) fail('not configured')
  else
    answer
      .then((ask) => (question === undefined ? undefined : ask(question)))
      .then((value) => {
        reply({ id, value })
      }, fail)
})

process.on('disconnect', () => process.exit(0))
