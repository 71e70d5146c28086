import { spawn } from 'node:child_process'
import { root } from './packages.mjs'

const running = new Set()

/** Ends every process that `run` started and that is still there, with all its children. */
export function stopAll() {
  for (const child of running) kill(child)
}

function kill(child) {
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // It ended by itself in the meantime.
  }
}

/**
 * Runs a command in a process group of its own, without input.
 *
 * @param {string[]} command program and arguments; programs of installed packages are found by name
 * @param {{ cwd?: string, env?: Record<string, string>, onOutput?: (text: string) => void, timeoutMs?: number }} [options]
 *   after `timeoutMs` the whole group is killed and the run has failed
 * @returns {Promise<{ code: number, output: string }>} output is stdout and stderr as they came
 */
export function run([program, ...args], options = {}) {
  const { cwd = root, env = {}, onOutput, timeoutMs = 600_000 } = options
  const path = `${root}/node_modules/.bin:${process.env.PATH}`
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, PATH: path, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    running.add(child)
    let output = ''
    const add = (text) => {
      output += text
      onOutput?.(text)
    }
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', add)
    const timer = setTimeout(() => {
      add(`\n${program} was stopped after ${timeoutMs / 1000} s\n`)
      kill(child)
    }, timeoutMs)
    const end = (code) => {
      clearTimeout(timer)
      running.delete(child)
      resolve({ code, output })
    }
    child.on('error', (error) => {
      add(`${program}: ${error.message}\n`)
      end(127)
    })
    child.on('close', (code) => end(code ?? 1))
  })
}

/**
 * Runs a task for each item, `lanes` at a time, in order of the list; an item waits until those it needs have ended.
 *
 * @template T, R
 * @param {readonly T[]} items dependencies first
 * @param {(item: T) => Promise<R>} task
 * @param {{ lanes?: number, needs?: (item: T) => readonly T[] }} [options]
 * @returns {Promise<R[]>} in order of the list
 */
export async function runEach(items, task, { lanes = 2, needs = () => [] } = {}) {
  const results = new Map()
  const waiting = [...items]
  let changed
  const worker = async () => {
    while (waiting.length > 0) {
      const index = waiting.findIndex((item) => needs(item).every((need) => results.has(need)))
      if (index < 0) {
        await changed.promise
        continue
      }
      const [item] = waiting.splice(index, 1)
      results.set(item, await task(item))
      changed.resolve()
      changed = deferred()
    }
  }
  changed = deferred()
  await Promise.all(Array.from({ length: lanes }, worker))
  return items.map((item) => results.get(item))
}

function deferred() {
  let resolve
  const promise = new Promise((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
