import { loadTestedBackend, loadTestedHash } from './crypto-backends.js'
import { hashBackend } from './keccak256.js'
import { BatchVerifier } from './workers/batch-verifier.js'
import type { BatchAnswer, BatchVerdicts, CheckBatch } from './workers/worker-port.js'

// The script of a worker thread, which is told its first backend: others are loaded when they are asked for.
const verifier = new BatchVerifier((n) => crypto.getRandomValues(new Uint8Array(n)))
const thread = await import('node:worker_threads')
const { parentPort, receiveMessageOnPort } = thread
const loaded = new Set<string>()
const waiting: CheckBatch[] = []

async function load(backend: string): Promise<void> {
  if (!loaded.has(backend)) await loadTestedBackend(backend)
  loaded.add(backend)
}

async function loadHash(hash: string): Promise<void> {
  if (hash !== hashBackend()) await loadTestedHash(hash)
}

function answer({ checks: { buffer: memory } }: CheckBatch, verdicts: BatchVerdicts): void {
  parentPort?.postMessage({ ...verdicts, memory } satisfies BatchAnswer, [memory])
}

/** Answers an urgent batch at once; others wait for their turn. */
function receive(batch: CheckBatch): void {
  if (batch.urgent && loaded.has(batch.backend)) {
    answer(batch, verifier.verdictsOf(batch))
  } else waiting.push(batch)
}

/** Receives what has come meanwhile. */
function receiveAll(): void {
  for (;;) {
    const received = parentPort && receiveMessageOnPort(parentPort)
    if (!received) return
    receive((received as { readonly message: CheckBatch }).message)
  }
}

/** Ends when nothing waits. */
async function work(): Promise<void> {
  for (let batch = waiting.shift(); batch; batch = waiting.shift()) {
    await load(batch.backend)
    await loadHash(batch.hash)
    const steps = verifier.verdictsBySteps(batch)
    let step = steps.next()
    for (; step.done !== true; step = steps.next()) receiveAll()
    answer(batch, step.value)
  }
}

let working = load(String(thread.workerData as unknown))
await working
parentPort?.on('message', (batch: CheckBatch) => {
  receive(batch)
  working = working.then(work)
})
parentPort?.postMessage('ready')
