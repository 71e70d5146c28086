import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { exitCodes, type CommandArguments } from '../../src/cli/command.js'
import { commands } from '../../src/cli/main.js'
import { parseArguments } from '../../src/cli/parse-arguments.js'
import { parseConfig } from '../../src/config/parse-config.js'
import { readConfig } from '../../src/config/read-files.js'
import { serviceEnvironment } from '../soak/service-environment.js'
import { zkstack } from './zkstack.js'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const read = (name: string): string => readFileSync(`${root}docs/operation/${name}`, 'utf8')

test('configuration.md › its example is taken, and has every key of its table', () => {
  const text = read('configuration.md')
  const example = /```toml\n([^]*?)```/.exec(text)?.[1] ?? ''
  expect(parseConfig(example, '/etc/zkstack')).toMatchObject({
    httpListen: '127.0.0.1:3055',
    limits: { maxPayloadBytes: 2_500_000, maxTransactionBytes: 100_000, maxQueuedBlocks: 128 },
    timing: { viewTimeoutMs: 2000, pingMs: 10_000 },
  })
  const rows = [...text.matchAll(/^\| (`[^|]*)\|/gm)].flatMap(([, cell = '']) => [
    ...cell.matchAll(/`([\w.]+)`/g),
  ])
  const keys = rows.map(([, key = '']) => key)
  expect(keys.length).toBeGreaterThan(20)
  for (const key of keys)
    expect(example).toMatch(new RegExp(`\\b${key.split('.').at(-1) ?? ''}\\b`))
})

test('configuration.md › names every key that the parser knows', () => {
  const text = read('configuration.md')
  const tables = [
    '',
    'peers.',
    'http.',
    'log.',
    'recording.',
    'retention.',
    'limits.',
    'timing.',
    'nodeKey.',
  ]
  for (const table of tables) {
    const line = table === '' ? 'zzzzzzzz = 1' : `${table}zzzzzzzz = 1`
    const base = 'genesis="g"\nexecution="e"\ndata="d"\nlisten="h:1"\n'
    const own = table === 'nodeKey.' ? '' : 'nodeKey={file="k"}\n'
    let message = ''
    try {
      parseConfig(`${base}${own}${line}`, '/')
    } catch (e) {
      message = e instanceof Error ? e.message : ''
    }
    const known = /known here: (.*)$/.exec(message)?.[1]?.split(', ') ?? []
    expect(known.length, message).toBeGreaterThan(0)
    for (const key of known) expect(text).toContain(table === '' ? key : `${table}${key}`)
  }
})

test('README.md › lists the exit codes of the program', () => {
  const codes = [...read('README.md').matchAll(/^\| (\d) +\|/gm)].map(([, code]) => Number(code))
  expect(codes).toEqual(Object.values(exitCodes))
})

/** The arguments of a command line without the program's name. @throws Error when the program has no such command or option */
function argumentsOf(words: readonly string[]): CommandArguments {
  const [name, ...args] = words
  const command = commands.find((known) => known.name === name)
  if (command === undefined) throw new Error(`there is no command ${name ?? ''}`)
  return parseArguments(command, args)
}

test('zkstack.service › runs a command that exists, and is not restarted when that cannot help', () => {
  const unit = read('zkstack.service')
  // Codes of ExecStartPre would not count for RestartPreventExitStatus.
  const lines = [...unit.matchAll(/^Exec\w+=(.*)$/gm)].map(([, line]) => line)
  expect(lines).toEqual(['/usr/bin/env zkstack run --config /etc/zkstack/config.toml'])
  const args = argumentsOf(lines[0]?.split(' ').slice(2) ?? [])
  expect(args.value('config')).toBe('/etc/zkstack/config.toml')
  expect(unit).toContain(`RestartPreventExitStatus=${exitCodes.usage} ${exitCodes.config}\n`)
  expect(() => argumentsOf(['run', '--configuration', 'x'])).toThrow('no option')
})

test('the unit and the image › set what the soak sets in the environment of its nodes', () => {
  for (const [name, value] of Object.entries(serviceEnvironment)) {
    expect(read('zkstack.service')).toContain(`\nEnvironment=${name}=${value}\n`)
    expect(read('Containerfile')).toMatch(new RegExp(`^ENV .*\\b${name}=${value}$`, 'm'))
    expect(read('README.md')).toContain(`\`${name}=${value}\``)
  }
})

/** The words of a YAML list, in brackets or one a line. */
function wordsOf(list: string): readonly string[] {
  const words = list.match(/'[^']*'|[^\s,[\]]+/g) ?? []
  return words.filter((word) => word !== '-').map((word) => word.replaceAll("'", ''))
}

test('compose.yaml › its setup writes what its nodes run, on the ports that it publishes', async () => {
  const text = read('compose.yaml')
  const folder = await mkdtemp(join(tmpdir(), 'zkstack-compose-'))
  try {
    const setup = wordsOf(/command:\n((?: {6}- .*\n)+)/.exec(text)?.[1] ?? '')
    const args = setup.map((word) => word.replace('/net', folder))
    expect(await zkstack(...args)).toMatchObject({ code: 0 })
    const services = [...text.matchAll(/^ {2}(v\d):\n((?: {4}.*\n)+)/gm)]
    expect(services.map(([, name]) => name)).toEqual(['v1', 'v2', 'v3', 'v4', 'v5', 'v6'])
    for (const [, name = '', body = ''] of services) {
      expect(wordsOf(/command: (.*)/.exec(body)?.[1] ?? '')).toEqual([
        ...['run', '--config', `/net/${name}/config.toml`],
      ])
      const [, outside, inside = ''] = /127\.0\.0\.1:(\d+):(\d+)/.exec(body) ?? []
      expect(outside).toBe(inside)
      const [how, program, ...health] = wordsOf(/test: (.*)/.exec(body)?.[1] ?? '')
      expect([how, program, health[0]]).toEqual(['CMD', 'zkstack', 'inspect'])
      expect(argumentsOf(health).has('ready')).toBe(true)
      expect(argumentsOf(health).value('url')).toBe(`http://127.0.0.1:${inside}`)
      const config = await readConfig(join(folder, name, 'config.toml'))
      expect(config.httpListen).toBe(`0.0.0.0:${inside}`)
      expect(config.peers.outbound.map(({ addr }) => addr)).toEqual(
        services.slice(0, Number(name.slice(1)) - 1).map((_, i) => `v${i + 1}:${3100 + i}`),
      )
      expect(read('prometheus.yaml')).toContain(`'${name}:${inside}'`)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('compose.yaml › mounts files that are there, where the image has a folder of its user', () => {
  const text = read('compose.yaml')
  const mounted = [...text.matchAll(/- \.\/([\w.-]+):/g)].map(([, name = '']) => name)
  expect(mounted).toEqual(['prometheus.yaml', 'alerts.yaml'])
  for (const name of mounted) expect(read(name)).not.toBe('')
  const [, context = '', dockerfile = ''] = /context: (\S+)\n *dockerfile: (\S+)/.exec(text) ?? []
  expect(existsSync(join(root, 'docs/operation', context, dockerfile))).toBe(true)
  expect(text).toContain('volumes: [net:/net]')
  expect(read('Containerfile')).toContain('mkdir /net && chown node:node /net')
})

test('Containerfile › copies and runs what a build makes, on a Node that the packages take', () => {
  const text = read('Containerfile')
  const manifest = JSON.parse(readFileSync(`${root}packages/node/package.json`, 'utf8')) as {
    bin: { zkstack: string }
    engines: { node: string }
    files: string[]
  }
  expect(text).toContain(`/opt/zkstack/packages/node/${manifest.bin.zkstack.slice(2)}`)
  for (const name of manifest.files.filter((file) => !file.startsWith('LICENSE')))
    expect(text).toContain(`! -name ${name} `)
  for (const [, path = ''] of text.matchAll(/--from=build \/src\/(\S+)/g))
    expect(existsSync(`${root}${path}`)).toBe(true)
  const [, major = 0, minor = 0] = /node:(\d+)\.(\d+)\.\d+-/.exec(text) ?? []
  const [least = 0, leastMinor = 0] = manifest.engines.node.slice(2).split('.').map(Number)
  expect(Number(major)).toBe(least)
  expect(Number(minor)).toBeGreaterThanOrEqual(leastMinor)
})

test('alerts.test.yaml › tries every alert of alerts.yaml', () => {
  const names = [...read('alerts.yaml').matchAll(/- alert: (\w+)/g)].map(([, name]) => name)
  const cases = read('alerts.test.yaml').matchAll(/alertname: (\w+)\n? *,? *exp_alerts: *[&*\n]/g)
  expect(new Set([...cases].map(([, name]) => name))).toEqual(new Set(names))
})
