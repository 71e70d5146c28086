import { describe, expect, test } from 'vitest'
import { run, runEach } from '../lib/run.mjs'

const node = (code) => ['node', '--eval', code]

describe('a command', () => {
  test('gives its exit code and both its outputs', async () => {
    const result = await run(node("console.log('out'); console.error('err'); process.exitCode = 3"))
    expect(result).toEqual({ code: 3, output: expect.stringMatching(/^(out\nerr|err\nout)\n$/) })
  })

  test('that does not exist has failed and is named', async () => {
    const { code, output } = await run(['no-such-program'])
    expect(code).not.toBe(0)
    expect(output).toContain('no-such-program')
  })

  test('gets no input', async () => {
    const { output } = await run(node("process.stdin.on('end', () => console.log('end')).resume()"))
    expect(output).toBe('end\n')
  })

  test('that takes too long is killed with its children', async () => {
    const parent = `
      const child = require('node:child_process').spawn('sleep', ['60'], { stdio: 'ignore' })
      console.log(child.pid)
      setInterval(() => {}, 1000)`
    const { code, output } = await run(node(parent), { timeoutMs: 5_000 })
    expect(code).not.toBe(0)
    expect(output).toContain('was stopped after 5 s')
    const child = Number(output.split('\n')[0])
    // A killed orphan may stay as a zombie until it is reaped; `ps` then shows state Z or nothing.
    const state = async () => (await run(['ps', '-o', 'stat=', '-p', String(child)])).output.trim()
    await expect.poll(state).toMatch(/^(Z.*)?$/)
  })
})

describe('a list of tasks', () => {
  test('runs as many at a time as there are lanes and keeps the order of the results', async () => {
    let active = 0
    let most = 0
    const results = await runEach([3, 1, 2, 1], async (value) => {
      active += 1
      most = Math.max(most, active)
      for (let i = 0; i < value; i++) await undefined
      active -= 1
      return value * 10
    })
    expect(results).toEqual([30, 10, 20, 10])
    expect(most).toBe(2)
  })

  test('starts a task only after those it needs', async () => {
    const needs = { a: [], b: ['a'], c: ['b'], d: [] }
    const ended = []
    await runEach(
      Object.keys(needs),
      async (name) => {
        for (const need of needs[name]) expect(ended).toContain(need)
        await undefined
        ended.push(name)
      },
      { needs: (name) => needs[name] },
    )
    expect(ended).toHaveLength(4)
  })

  test('fails when a task fails', async () => {
    const boom = async () => {
      throw new Error('boom')
    }
    await expect(runEach([1], boom)).rejects.toThrow('boom')
  })
})
