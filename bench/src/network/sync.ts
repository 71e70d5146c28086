import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { nameOf, syncCases, type SyncCase, type SyncResult } from './sync-case.js'
import { publish } from './figure.js'
import { heapRoom } from './heap-room.js'
import { figureOf } from './sync-report.js'

// How fast a node catches up, beside what its store takes in alone; arguments: a text that names must contain.
const only = process.argv[2] ?? ''

/** Starts a script of this folder, and gives the first line that it prints. */
async function start(
  script: string,
  args: readonly string[],
): Promise<{ child: ChildProcess; line: string }> {
  const path = new URL(script, import.meta.url).pathname
  const child = spawn(process.execPath, [heapRoom, '--import', 'tsx', path, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = new Promise<never>((_, reject) => {
    child.once('error', reject).once('exit', (code) => {
      reject(new Error(`${script} ended with exit code ${String(code)}`))
    })
  })
  const [line] = await Promise.race([firstLine(child), ended])
  return { child, line }
}

async function firstLine(child: ChildProcess): Promise<[string]> {
  if (child.stdout === null) throw new TypeError('a process without output')
  for await (const line of createInterface({ input: child.stdout })) return [line]
  throw new Error('a process ended without a word')
}

async function measure(c: SyncCase): Promise<SyncResult> {
  const folder = await mkdtemp(join(tmpdir(), 'zkstack-bench-'))
  try {
    const server = await start('sync-server.ts', [JSON.stringify(c), folder])
    try {
      const client = await start('sync-client.ts', [JSON.stringify(c), folder, server.line])
      return JSON.parse(client.line) as SyncResult
    } finally {
      server.child.stdin?.end()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

for (const c of syncCases.filter((wanted) => nameOf(wanted).includes(only))) {
  await publish(figureOf(await measure(c)))
}
