import type { Blst } from './bls/blst.js'
import type { NodeCrypto } from './ed25519/node.js'
import type { WorkerEvents, WorkerMessage, WorkerPort } from './workers/worker-port.js'

/** `node:crypto`; rejects where there is none. The browser build replaces this module. */
export async function loadNodeCrypto(): Promise<NodeCrypto> {
  return import('node:crypto')
}

/** The native binding of blst; rejects where no prebuilt binary fits the machine. */
export async function loadBlst(): Promise<Blst> {
  return import('@chainsafe/blst')
}

/** Up to here it is faster to look bytes up than to make a buffer of them. */
const fewBytes = 64

const hexPairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Lower-case hexadecimal. */
export function hexOf(bytes: Uint8Array): string {
  if (bytes.length > fewBytes) {
    const { buffer, byteOffset, length } = bytes
    return Buffer.from(buffer, byteOffset, length).toString('hex')
  }
  let text = ''
  for (let i = 0; i < bytes.length; i++) text += hexPairs[bytes[i] as number] as string
  return text
}

/** How many threads can run at once. */
export async function availableCores(): Promise<number> {
  const { availableParallelism } = await import('node:os')
  return availableParallelism()
}

const isBuilt = !import.meta.url.endsWith('.ts')

/** Runs the script of a worker from its source, as tests do. */
const sourceScript = `import('tsx/esm/api').then(({ register }) => {
  register()
  return import(${JSON.stringify(new URL('./signature-worker.ts', import.meta.url))})
})`

/** A thread that checks signatures, first of all those of one backend; rejects where there are none. */
export async function startWorker(
  { onMessage, onEnd }: WorkerEvents,
  backend: string,
): Promise<WorkerPort> {
  const { Worker } = await import('node:worker_threads')
  const options = { env: {}, workerData: backend }
  const worker = isBuilt
    ? new Worker(new URL('./signature-worker.js', import.meta.url), { ...options, execArgv: [] })
    : new Worker(sourceScript, { ...options, eval: true })
  let cause: Error | undefined
  let batches = 0
  worker.on('message', (message: WorkerMessage) => {
    if (message !== 'ready' && --batches === 0) worker.unref()
    onMessage(message)
  })
  worker.on('error', (e) => {
    cause = e instanceof Error ? e : new Error(String(e))
  })
  worker.on('exit', (code) => {
    onEnd(cause ?? new Error(`a worker ended with exit code ${code}`))
  })
  // Not earlier: a listener for messages keeps the process alive again.
  worker.unref()
  return {
    post: (batch) => {
      if (batches++ === 0) worker.ref()
      worker.postMessage(batch, [batch.checks.buffer])
    },
    terminate: async () => {
      await worker.terminate()
    },
  }
}
