import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js'
import { ok, type Result } from '@zkstack/crypto'
import { nativeProver } from '@zkstack/pessimistic-proof'
import {
  RemoteProver,
  serveProver,
  type ProverServer,
  type ProverServerOptions,
  type RemoteProverOptions,
} from '../../src/index.js'
import { inputOf, submissionOf } from './provers.js'

/** What the next {@link closeAll} closes, the last first. */
export const open: (() => unknown)[] = []

/** Closes whatever a test opened. */
export async function closeAll(): Promise<void> {
  for (const close of open.splice(0).reverse()) await close()
}

/** A prover that serves, by default a native one, where the system finds room. */
export async function serve(o: Partial<ProverServerOptions> = {}): Promise<ProverServer> {
  const server = await serveProver({
    prover: nativeProver(),
    listen: '127.0.0.1:0',
    development: true,
    ...o,
  })
  open.push(() => server.close({ graceMs: 0 }))
  return server
}

/** Where it does. */
export const at = ({ port }: { readonly port: number }) => `127.0.0.1:${port}`

/** No second round. */
export const once = { initialMs: 1, factor: 1, maxMs: 1, maxAttempts: 1 }

/** Asks provers at these places, each once. */
export function remote(
  endpoints: readonly string[],
  o: Partial<RemoteProverOptions> = {},
): RemoteProver {
  const prover = new RemoteProver({ endpoints, accepts: { type: 'native' }, retry: once, ...o })
  open.push(() => prover.close())
  return prover
}

/** What is proven. */
export const input = () => inputOf(submissionOf())

/** Asks without the library's client. */
export function ask(
  endpoint: string,
  request: Uint8Array,
): Promise<Result<Uint8Array, ServiceError>> {
  const client = new Client(endpoint, credentials.createInsecure())
  open.push(() => client.close())
  return new Promise((resolve) => {
    client.makeUnaryRequest(
      '/agglayer.prover.v1.ProofGenerationService/GenerateProof',
      (bytes: Uint8Array) => Buffer.from(bytes),
      (bytes: Buffer) => bytes,
      request,
      new Metadata(),
      { deadline: Date.now() + 20_000 },
      (error, answer) => {
        resolve(error === null ? ok(answer ?? new Uint8Array()) : { ok: false, error })
      },
    )
  })
}
