import { describe, expect, test } from 'vitest'
import { ConfigError } from '../../src/config/config-error.js'
import { parseConfig } from '../../src/config/parse-config.js'

const key = `node:public:ed25519:8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c`

const minimal = `
genesis = "genesis.json"
execution = "./chain.js"
data = "data"
listen = "0.0.0.0:3054"
nodeKey = { file = "node.key" }
`

/** The error of a text, or of the minimal configuration with lines added. */
function errorOf(text: string): ConfigError {
  try {
    parseConfig(text, '/etc/zkstack')
  } catch (e) {
    if (e instanceof ConfigError) return e
    throw e
  }
  throw new Error('the configuration is taken')
}

describe('parseConfig', () => {
  test('the least that it takes › is a full node without a status page, paths from the file’s folder', () => {
    expect(parseConfig(minimal, '/etc/zkstack')).toEqual({
      genesis: '/etc/zkstack/genesis.json',
      execution: '/etc/zkstack/chain.js',
      executionOptions: {},
      data: '/etc/zkstack/data',
      listen: '0.0.0.0:3054',
      publicAddr: undefined,
      onGenesisChange: undefined,
      buildVersion: undefined,
      nodeKey: { file: '/etc/zkstack/node.key' },
      validatorKey: undefined,
      peers: {
        outbound: [],
        inbound: [],
        maxDynamicInbound: undefined,
        maxDynamicOutbound: undefined,
        transport: {},
        bootstrap: [],
      },
      httpListen: undefined,
      httpAllowOrigins: [],
      logLevel: 'info',
      recording: undefined,
      retention: undefined,
      limits: {},
      timing: {},
    })
  })

  test('everything that it takes › arrives', () => {
    const config = parseConfig(
      `${minimal}
      publicAddr = "node.example.com:3054"
      onGenesisChange = "reset"
      buildVersion = "1.2"
      validatorKey = { env = "VALIDATOR_KEY" }
      [executionOptions]
      deep = { list = [1, 2] }
      [peers]
      inbound = ["${key}"]
      maxDynamicInbound = 0
      maxDynamicOutbound = 3
      maxInboundPerHost = 7
      maxInboundPerSecondPerHost = 2
      maxInboundPerSecond = 20
      bootstrap = ["${key}@seed.example.com:3054"]
      [[peers.outbound]]
      key = "${key}"
      addr = "[::1]:3054"
      [http]
      listen = "127.0.0.1:3055"
      allowOrigins = ["https://example.org", "*"]
      [log]
      level = "debug"
      [recording]
      file = "inputs.rec"
      [retention]
      blocks = 5000
      [limits]
      maxPayloadBytes = 1000
      [timing]
      viewTimeoutMs = 500`,
      '/',
    )
    expect(config).toMatchObject({
      publicAddr: 'node.example.com:3054',
      onGenesisChange: 'reset',
      buildVersion: '1.2',
      validatorKey: { env: 'VALIDATOR_KEY' },
      executionOptions: { deep: { list: [1, 2] } },
      httpListen: '127.0.0.1:3055',
      httpAllowOrigins: ['https://example.org', '*'],
      logLevel: 'debug',
      recording: { path: '/inputs.rec' },
      retention: { blocks: 5000 },
      limits: { maxPayloadBytes: 1000 },
      timing: { viewTimeoutMs: 500 },
    })
    expect(config.peers.maxDynamicInbound).toBe(0)
    expect(config.peers.maxDynamicOutbound).toBe(3)
    expect(config.peers.transport).toEqual({
      maxInboundPerHost: 7,
      maxInboundPerSecondPerHost: 2,
      maxInboundPerSecond: 20,
    })
    expect(config.peers.bootstrap).toEqual([`${key}@seed.example.com:3054`])
    expect(config.peers.inbound[0]).toHaveLength(32)
    expect(config.peers.outbound[0]?.addr).toBe('[::1]:3054')
  })

  test.each([
    ['viewTimeout = 3', 'CONFIG_UNKNOWN', 'viewTimeout', 'is not a key of this file; known here'],
    [
      '[peers]\nbootstrap = ["seed.example.com:3054"]',
      'CONFIG_INVALID',
      'peers.bootstrap[0]',
      'expected "node:public:ed25519:…@host:port"',
    ],
    [
      '[http]\nallowOrigins = ["https://example.org/"]',
      'CONFIG_INVALID',
      'http.allowOrigins[0]',
      'without a path',
    ],
    [
      '[retention]\nblocks = 1\nageMs = 5000',
      'CONFIG_INVALID',
      'retention',
      'give either blocks or ageMs',
    ],
    ['lisen = "a:1"', 'CONFIG_UNKNOWN', 'lisen', '(did you mean listen?)'],
    [
      '[timing]\nviewTimeout = 3',
      'CONFIG_UNKNOWN',
      'timing.viewTimeout',
      'did you mean viewTimeoutMs?',
    ],
    [
      '[timing]\nviewTimeoutMs = "3"',
      'CONFIG_INVALID',
      'timing.viewTimeoutMs',
      'a whole number from 10 to 3600000, not "3"',
    ],
    ['[limits]\nmaxPayloadBytes = 1.5', 'CONFIG_INVALID', 'limits.maxPayloadBytes', 'not 1.5'],
    ['[log]\nlevel = "inof"', 'CONFIG_INVALID', 'log.level', 'did you mean info?'],
    ['peers = 7', 'CONFIG_INVALID', 'peers', 'expected a table, not 7'],
    ['peers.outbound = "x"', 'CONFIG_INVALID', 'peers.outbound', 'expected a list'],
    [
      `[[peers.outbound]]\nkey = "${key}"`,
      'CONFIG_MISSING',
      'peers.outbound[0].addr',
      'is missing',
    ],
    [
      `[[peers.outbound]]\nkey = "${key}"\naddr = "host"`,
      'CONFIG_INVALID',
      'peers.outbound[0].addr',
      'expected host:port',
    ],
    [
      'peers.inbound = ["node:public:x"]',
      'CONFIG_INVALID',
      'peers.inbound[0]',
      'expected node:public:ed25519:',
    ],
    ['validatorKey = {}', 'CONFIG_INVALID', 'validatorKey', 'either file or env'],
    [
      'validatorKey = { file = "a", env = "B" }',
      'CONFIG_INVALID',
      'validatorKey',
      'either file or env',
    ],
    [
      'validatorKey = "validator:secret:ed25519:00"',
      'CONFIG_INVALID',
      'validatorKey',
      'not another text',
    ],
    ['publicAddr = ""', 'CONFIG_INVALID', 'publicAddr', 'a text that is not empty'],
    ['onGenesisChange = 2020-01-01', 'CONFIG_INVALID', 'onGenesisChange', 'not a date'],
  ])('the line %s › is refused as %s, by its name', (line, code, name, problem) => {
    const error = errorOf(`${minimal}\n${line}`)
    expect([error.code, error.key]).toEqual([code, name])
    expect(error.message).toContain(`${name}: `)
    expect(error.message).toContain(problem)
  })

  test.each(['genesis', 'execution', 'data', 'listen', 'nodeKey'])(
    'without %s › is refused by name',
    (name) => {
      const error = errorOf(minimal.replace(new RegExp(`^${name} = .*$`, 'm'), ''))
      expect([error.code, error.key]).toEqual(['CONFIG_MISSING', name])
    },
  )

  test('what is no TOML › is refused with its place, and nothing of the file is quoted', () => {
    const error = errorOf('listen = "a:1"\nnodeKey = node:secret:ed25519:00ff\n')
    expect(error.code).toBe('CONFIG_SYNTAX')
    expect(error.message).toMatch(/^line 2, column \d+: /)
    expect(error.message).not.toContain('00ff')
  })
})
