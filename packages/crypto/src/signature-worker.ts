import { loadTestedBackend } from './crypto-backends.js'
import { BatchVerifier } from './workers/batch-verifier.js'
import type { CheckBatch } from './workers/worker-port.js'

// The script of a worker thread, which is told its first backend: others are loaded when they are asked for.
const verifier = new BatchVerifier((n) => crypto.getRandomValues(new Uint8Array(n)))
const thread = await import('node:worker_threads')
const { parentPort } = thread
const loaded = new Map<string, Promise<void>>()
let answered = load(String(thread.workerData as unknown))

function load(backend: string): Promise<void> {
  const known = loaded.get(backend) ?? loadTestedBackend(backend)
  loaded.set(backend, known)
  return known
}

async function answer(batch: CheckBatch): Promise<void> {
  await load(batch.backend)
  parentPort?.postMessage(verifier.verdictsOf(batch))
}

await answered
parentPort?.on('message', (batch: CheckBatch) => {
  answered = answered.then(() => answer(batch))
})
parentPort?.postMessage('ready')
