import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

interface Exit {
  readonly code: number | null
  readonly output: string
}

/** Runs a TypeScript program from the repository's root and waits until it exits by itself. */
function run(program: string): Promise<Exit> {
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    cwd: fileURLToPath(new URL('../../../../', import.meta.url)),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return new Promise((resolve, reject) => {
    let output = ''
    const collect = (chunk: Buffer): void => {
      output += chunk.toString()
    }
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`the process does not exit:\n${output}`))
    }, 110_000)
    // not `exit`: what it wrote last may still be under way then
    child.on('close', (code) => {
      clearTimeout(timer)
      resolve({ code, output })
    })
  })
}

const network = (body: string): string => `
  import { createTestNetwork, CounterChain } from '@zkstack/executor/testing'
  ${body}
`

describe('the process', { timeout: 120_000 }, () => {
  it('exits by itself after stop, with TCP and Level', async () => {
    const exit = await run(
      network(`
        const network = await createTestNetwork(2, { transport: 'tcp', store: 'level' })
        await network.waitForHeight(3n)
        await network[Symbol.asyncDispose]()
        console.log('stopped')
      `),
    )
    expect(exit).toMatchObject({ code: 0, output: 'stopped\n' })
  })

  it('exits by itself although the execution layer hangs in commit and ignores its signal', async () => {
    const exit = await run(
      network(`
        const execution = () => Object.assign(new CounterChain(), { commit: () => new Promise(() => {}) })
        const network = await createTestNetwork(1, { transport: 'tcp', execution })
        const { node } = network.at(0)
        while (node.status.head === undefined) await new Promise((r) => setTimeout(r, 10))
        await node.stop({ drainMs: 50 })
        console.log(node.status.phase)
      `),
    )
    expect(exit).toMatchObject({ code: 0, output: 'stopped\n' })
  })

  it('exits by itself after nodes that shared threads, which outlive each of them', async () => {
    const exit = await run(
      network(`
        import { SignatureWorkers } from '@zkstack/crypto'
        const signatureWorkers = new SignatureWorkers({ count: 1, onFailure: (e) => console.log(e) })
        let verdicts = 0
        const ask = signatureWorkers.verifyAggregate.bind(signatureWorkers)
        signatureWorkers.verifyAggregate = async (...check) => {
          const verdict = await ask(...check)
          if (verdict !== undefined) verdicts++
          return verdict
        }
        const network = await createTestNetwork(4, { transport: 'tcp', scheme: 0, signatureWorkers })
        while (verdicts === 0) await new Promise((r) => setTimeout(r, 10))
        await network.at(0).stop()
        await network.at(0).start()
        const before = verdicts
        while (verdicts < before + 8) await new Promise((r) => setTimeout(r, 10))
        await network[Symbol.asyncDispose]()
        console.log('stopped', signatureWorkers.size)
      `),
    )
    expect(exit).toMatchObject({ code: 0, output: 'stopped 1\n' })
  })

  it('exits by itself after a start that failed', async () => {
    const exit = await run(
      network(`
        const network = await createTestNetwork(1, { transport: 'tcp' })
        const other = await createTestNetwork(1, { transport: 'tcp', start: false })
        await other.at(0).start({ listen: network.at(0).address }).catch((e) => console.log(e.code))
        await network[Symbol.asyncDispose]()
      `),
    )
    expect(exit).toMatchObject({ code: 0, output: 'NETWORK_PORT_IN_USE\n' })
  })

  it('exits by itself, and without an unhandled rejection, when a node fails and nobody looks', async () => {
    const exit = await run(
      network(`
        const execution = () => Object.assign(new CounterChain(), { commit: () => Promise.reject(new Error('broken')) })
        const network = await createTestNetwork(1, { transport: 'tcp', execution })
        const { node } = network.at(0)
        while (node.status.phase !== 'failed') await new Promise((r) => setTimeout(r, 10))
        console.log(node.status.phase)
      `),
    )
    expect(exit).toMatchObject({ code: 0, output: 'failed\n' })
  })
})
