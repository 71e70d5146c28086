import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { commands } from '../../src/cli/main.js'
import { version } from '../../src/cli/version.js'
import { zkstack } from '../integration/zkstack.js'

const root = fileURLToPath(new URL('../../../..', import.meta.url))

describe('zkstack', () => {
  test('--help › names every command; without a command it is an error of usage', async () => {
    const { code, out } = await zkstack('--help')
    expect(code).toBe(0)
    for (const { name } of commands) expect(out).toContain(`\n  ${name} `)
    expect((await zkstack()).code).toBe(2)
  })

  test.each(commands.map(({ name }) => name))(
    '%s --help › has options and examples',
    async (name) => {
      const { code, out } = await zkstack(name, '--help')
      expect(code).toBe(0)
      expect(out).toMatch(/\nExamples\n {2}# .+\n {2}.*zkstack /)
      expect(await zkstack('help', name)).toMatchObject({ code: 0, out })
    },
  )

  test('--version › is that of the package', async () => {
    const manifest = new URL('../../package.json', import.meta.url)
    const { version: wanted } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
    expect(version).toBe(wanted)
    expect(await zkstack('--version')).toEqual({ code: 0, out: `${wanted}\n`, err: '' })
  })

  test.each([
    [['inspct'], 'there is no command inspct (did you mean inspect?)'],
    [['inspect', '--jsn'], 'there is no option --jsn (did you mean --json?)'],
    [['inspect', '-x'], 'there is no option -x'],
    [['inspect', 'now'], "'now' is too much"],
    [['inspect', '--url'], '--url takes a value: --url <url>'],
    [['inspect', '--url', 'ftp://x'], '--url takes http://host:port'],
    [['inspect', '--json=yes'], '--json takes no value'],
    [['run'], '--config is missing'],
    [['keygen', '--scheme', 'ed25518'], "not 'ed25518' (did you mean ed25519?)"],
    [['genesis', '--chain-id', '-1'], '--chain-id'],
    [['genesis', '--chain-id', '1'], 'name at least one public.json'],
    [['localnet', '--validators', '0'], '--validators takes a whole number from 1 to 50'],
    [['localnet', '--execution-options', '[]'], '--execution-options takes a JSON object'],
    [['localnet', '--execution', './absent.js'], '--execution: there is no file ./absent.js'],
    [['completion', 'tcsh'], 'name a shell: bash, zsh, fish'],
  ])('%j › is an error of usage that says what to write', async (args, message) => {
    const { code, out, err } = await zkstack(...args)
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain(message)
    expect(err.trimEnd()).not.toContain('\n')
  })

  test('inspect › when nobody answers › says so, with an exit code of its own', async () => {
    const { code, err } = await zkstack('inspect', '--url', 'http://127.0.0.1:1')
    expect(code).toBe(4)
    expect(err).toMatch(/^zkstack: no answer from http:\/\/127\.0\.0\.1:1: /)
  })

  test.each([
    [['inspect'], '{"readiness":{"ready":true},"node":{"height":7}}'],
    [['inspect', '--ready', '--json'], '{"readiness":null}'],
    [['settle', 'status'], '{"ready":true,"checks":{"l1":"good"}}'],
    [['settle', 'status'], '{"ready":true,"checks":[null]}'],
  ])('%j › a node of another version › says so', async (args, answer) => {
    const server = createServer((_, response) => response.end(answer)).listen(0, '127.0.0.1')
    try {
      await once(server, 'listening')
      const { port } = server.address() as AddressInfo
      const { code, err } = await zkstack(...args, '--url', `http://127.0.0.1:${port}`)
      expect(code).toBe(1)
      expect(err).toMatch(/^zkstack: .*another version.*\n$/)
    } finally {
      server.close()
    }
  })

  test.each([
    ['Resource not found', -10008, 'Forgotten'],
    ['Method disabled', -10009, 'Refused'],
  ])('settle certificate submit --wait › "%s" ends it', async (message, code, said) => {
    const server = createServer((request, response) => {
      let body = ''
      request.on('data', (part: Buffer) => (body += part.toString()))
      request.on('end', () => {
        const isSent = body.includes('interop_sendCertificate')
        const answer = isSent ? { result: `0x${'11'.repeat(32)}` } : { error: { code, message } }
        response.end(JSON.stringify({ jsonrpc: '2.0', id: 1, ...answer }))
      })
    }).listen(0, '127.0.0.1')
    try {
      await once(server, 'listening')
      const { port } = server.address() as AddressInfo
      const file = `${root}packages/pessimistic-proof/test/vectors/data/certificates/cert_h0.json`
      const url = ['--url', `http://127.0.0.1:${port}`]
      const ended = await zkstack('settle', 'certificate', 'submit', file, '--wait', ...url)
      expect(ended).toMatchObject({ code: 1, err: expect.stringContaining(said) as string })
    } finally {
      server.close()
    }
  })

  test('completion › bash, zsh and fish › have every command and option', async () => {
    for (const shell of ['bash', 'zsh', 'fish']) {
      const { code, out } = await zkstack('completion', shell)
      expect(code).toBe(0)
      for (const { name, options } of commands) {
        expect(out).toContain(name)
        for (const option of options) expect(out).toContain(option.name)
      }
    }
  })

  test.each([
    ['i', 'inspect'],
    ['settle s', 'status'],
    ['settle --w', '--wait'],
    ['completion f', 'fish'],
    ['help rep', 'replay'],
    ['genesis --lea', '--leader-views --leader-mode'],
    ['run tsconf', 'tsconfig.json'],
  ])('completion › bash completes "zkstack %s"', async (line, words) => {
    const { out } = await zkstack('completion', 'bash')
    const typed = `COMP_WORDS=(zkstack ${line}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))`
    const script = `${out}${typed}; _zkstack; echo "\${COMPREPLY[*]}"`
    expect(execFileSync('bash', ['-c', script], { cwd: root, encoding: 'utf8' }).trim()).toBe(words)
  })
})
