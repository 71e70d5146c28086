import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/**
 * Where a process kills itself: before or after the write that makes a certificate a candidate, or with its transaction sent.
 * @see spec of Agglayer's node: about_to_record_candidate, candidate_recorded, transaction_sent
 */
export type SettlementCrash = 'aboutToRecordCandidate' | 'candidateRecorded' | 'transactionSent'

/**
 * What a control does wrong: a database that says of each batch that it is stored when it is only with the next one, or a
 * transaction that is sent while its attempt is not stored.
 */
export type SettlementFlaw = 'forgetsLastBatch' | 'sendsBeforeStoring'

/** What a settlement process is started with. */
export interface SettlementChildOptions {
  /** What {@link buildSettlementProcess} gave. */
  readonly program: string
  readonly url: string
  /** Folder of its database. */
  readonly path: string
  readonly addresses: string
  readonly networkId: number
  /** Certificates that it submits. */
  readonly certificates: number
  readonly crash?: SettlementCrash
  readonly flaw?: SettlementFlaw
  /** Whether its end by an exception is expected. */
  readonly silent?: boolean
}

/** A process that runs a settlement engine, and what it has said so far, line by line. */
export interface SettlementChild {
  readonly lines: readonly string[]
  /** Resolves when the process has ended and all that it said was read: whether it settled everything. */
  readonly ended: Promise<boolean>
  kill(): Promise<void>
}

/** Puts `settlement-process.ts` and all that it needs into one file, which starts in a third of the time. */
export async function buildSettlementProcess(folder: string): Promise<string> {
  const outfile = join(folder, 'settlement-process.mjs')
  await build({
    entryPoints: [fileURLToPath(new URL('settlement-process.ts', import.meta.url))],
    ...{ outfile, bundle: true, platform: 'node', format: 'esm', target: 'node20' },
    banner: {
      js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`,
    },
    plugins: [
      {
        name: 'native modules stay where they are',
        setup({ onResolve }) {
          onResolve({ filter: /^(classic-level|mcl-wasm|@chainsafe\/blst)$/ }, (module) => ({
            path: createRequire(module.importer).resolve(module.path),
            external: true,
          }))
        },
      },
    ],
  })
  return outfile
}

/** Starts the process. */
export function runSettlement(o: SettlementChildOptions): SettlementChild {
  const { program, url, path, addresses, networkId, certificates, crash = '', flaw = '' } = o
  const numbers = [networkId, certificates].map(String)
  const child = spawn(process.execPath, [program, url, path, addresses, ...numbers, crash, flaw], {
    stdio: ['ignore', 'pipe', o.silent === true ? 'ignore' : 'inherit'],
  })
  const lines: string[] = []
  let rest = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n')
    rest = parts.pop() ?? ''
    lines.push(...parts)
  })
  const ended = new Promise<boolean>((resolve) => {
    child.once('close', () => {
      resolve(lines.includes('done'))
    })
  })
  return {
    lines,
    ended,
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}
