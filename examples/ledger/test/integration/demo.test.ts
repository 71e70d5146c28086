import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const script = fileURLToPath(new URL('../../demo.ts', import.meta.url))
const coordinator = fileURLToPath(new URL('coordinator.script.ts', import.meta.url))

interface Run {
  readonly child: ChildProcess
  output(): string
  errors(): string
}

const start = (...args: string[]): Run => run(script, ...args)

function run(program: string, ...args: string[]): Run {
  const child = spawn(process.execPath, ['--import', 'tsx', program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let errors = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
  return { child, output: () => output, errors: () => errors }
}

/** Processes whose parent is `pid`. */
function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return (
          readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1]?.split(' ')[1] === String(pid)
        )
      } catch {
        // It ended since the folder was listed.
        return false
      }
    })
    .map(Number)
}

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

async function waitFor(what: string, condition: () => boolean, timeoutMs = 60_000): Promise<void> {
  for (const end = Date.now() + timeoutMs; !condition();) {
    if (Date.now() > end) throw new Error(`${what} did not happen`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

describe('demo', () => {
  test(
    'demo › piped › kills a validator, brings it back, finds one state root, and exits 0',
    { timeout: 240_000 },
    async () => {
      const run = start('--scheme', 'ed25519', '--blocks', '10', '--seed', 'test')
      const [code] = (await once(run.child, 'close')) as [number]
      expect(run.errors()).toBe('')
      expect(code, run.output()).toBe(0)
      expect(run.output()).toMatch(/v\d was killed \(SIGKILL\) at height \d+/)
      expect(run.output()).toMatch(/v\d caught up from height \d+ to \d+/)
      expect(run.output()).toMatch(/all 6 validators have state root [0-9a-f]{64} at height \d+\n$/)
      expect(run.output()).not.toContain('\x1b')
    },
  )

  test('demo › the coordinator is killed › its validator does not outlive it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ledger-coordinator-'))
    try {
      const { child, output } = run(coordinator, folder)
      await waitFor('the start', () => output().includes('\n'))
      const pid = Number(output())
      expect(isAlive(pid)).toBe(true)
      child.kill('SIGKILL')
      await waitFor('the end of the validator', () => !isAlive(pid), 30_000)
    } finally {
      await rm(folder, { recursive: true })
    }
  }, 120_000)

  test('demo › interrupted while it starts › ends at once with 130 and leaves nothing', async () => {
    const { child } = start('--scheme', 'ed25519')
    const validators = (): number[] => childrenOf(child.pid ?? 0)
    await waitFor('the processes', () => validators().length >= 6)
    const pids = validators()
    child.kill('SIGINT')
    const [code] = (await once(child, 'close')) as [number]
    expect(code).toBe(130)
    await waitFor('the end of all processes', () => !pids.some(isAlive), 30_000)
  }, 120_000)

  test('demo › wrong option › one line on the error output and exit code 2', async () => {
    const run = start('--validators', '3')
    const [code] = (await once(run.child, 'close')) as [number]
    expect(code).toBe(2)
    expect(run.errors()).toBe("demo: --validators takes an integer from 6 to 20, not '3'\n")
    expect(run.output()).toBe('')
  })
})
