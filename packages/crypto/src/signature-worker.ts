import { loadTestedBackends } from './crypto-backends.js'
import { BatchVerifier } from './workers/batch-verifier.js'
import type { CheckBatch } from './workers/worker-port.js'

// The script of a worker thread.
const verifier = new BatchVerifier()
const { parentPort } = await import('node:worker_threads')
await loadTestedBackends()
parentPort?.on('message', (batch: CheckBatch) => {
  parentPort?.postMessage(verifier.verdictsOf(batch))
})
parentPort?.postMessage('ready')
