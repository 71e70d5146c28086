import { describe, expect, test } from 'vitest'
import { parseAmount } from '../../src/settle/parse-amount.js'
import { parseDuration } from '../../src/settle/parse-duration.js'
import { parseSettleConfig } from '../../src/settle/parse-settle-config.js'

const address = `0x${'11'.repeat(20)}`
const vkey = `0x${'22'.repeat(32)}`

const least = `
[l1]
node-url = "http://127.0.0.1:8545"
rollup-manager-contract = "${address}"
polygon-zkevm-global-exit-root-v2-contract = "${address}"
[auth.local]
private-keys = [{ path = "key.json", password-env = "PASSWORD" }]
[prover.native]
development-vkey = "${vkey}"
`

/** What is said about a wrong configuration. */
function problem(text: string, env: NodeJS.ProcessEnv = {}): string {
  try {
    parseSettleConfig(text, '/etc/zkstack', env)
  } catch (e) {
    return e instanceof Error ? e.message : ''
  }
  return 'none'
}

describe('the configuration of a settlement node', () => {
  test('what is not said is as in upstream', () => {
    expect(parseSettleConfig(least, '/etc/zkstack')).toMatchObject({
      logLevel: 'info',
      l1: { chainId: 1337n, timeoutMs: 45_000 },
      rpc: {
        host: '0.0.0.0',
        readPort: 9090,
        adminPort: 9091,
        adminToken: undefined,
        maxRequestBytes: 10_485_760,
        maxConnections: 100,
        batchLimit: 'unlimited',
        timeoutMs: 180_000,
        maxSubscriptions: 32,
        pingIntervalMs: 30_000,
      },
      grpc: {
        port: 9089,
        maxRequestBytes: 67_108_864,
        maxResponseBytes: 67_108_864,
        maxConcurrentCalls: 100,
      },
      metricsListen: '0.0.0.0:3000',
      epochs: { type: 'block', epochDuration: 6n, genesisBlock: 0n },
      storage: { path: '/etc/zkstack/storage', backup: undefined },
      transactions: { finality: { tag: 'safe', confirmations: 12 } },
      rateLimits: { default: 'unlimited' },
      ignored: [],
    })
  })

  test('a key that nobody reads is refused, with the nearest one', () => {
    expect(problem(`${least}\n[rpcs]\n`)).toMatch(/^rpcs: .*did you mean rpc\?/)
    expect(problem(`${least}\n[rpc]\nreadrpc-prot = 1`)).toMatch(/rpc\.readrpc-prot.*readrpc-port/)
    expect(problem(`${least}\n[storage]\ndbpath = "x"`)).toMatch(/storage\.dbpath.*db-path/)
    expect(problem(`${least}\n[settlement.pessimistic-proof-tx-config]\nconfirmation = 1`)).toMatch(
      /did you mean confirmations\?/,
    )
  })

  test('keys of upstream that mean nothing here are taken, and named', () => {
    const text = `prover-buffer-size = 100\n${least}\n[l2]\nrpc-timeout = "45s"\n[shutdown]\n`
    expect(parseSettleConfig(text, '/').ignored).toEqual(['l2', 'shutdown', 'prover-buffer-size'])
  })

  test('what is ignored within tables is named too', () => {
    const text = least.replace('[l1]', '[l1]\nconnect-attempt-timeout = "3s"')
    expect(parseSettleConfig(`${text}\n[log]\nformat = "json"`, '/').ignored).toEqual([
      'l1.connect-attempt-timeout',
      'log.format',
    ])
  })

  test('TLS of gRPC and of provers, and a subscription to L1', () => {
    const remote = `${least.replace(/\[prover[^]*/, '')}
      [prover.remote]
      endpoints = ["https://prover-1", "prover-2:8080"]
      vkey = "${vkey}"`
    const text = `${remote.replace('[l1]', '[l1]\nws-node-url = "wss://l1.example"')}
      tls = { ca = "ca.pem", certificate = "us.pem", key = "key.pem", server-name = "prover" }
      [grpc]
      tls = { certificate = "node.pem", key = "/run/node-key.pem" }`
    const config = parseSettleConfig(text, '/etc')
    expect(config.l1).toMatchObject({ wsNodeUrl: 'wss://l1.example', pollIntervalMs: 12_000 })
    expect(config.prover).toMatchObject({
      tls: {
        ca: '/etc/ca.pem',
        identity: { certificate: '/etc/us.pem', key: '/etc/key.pem' },
        serverName: 'prover',
      },
    })
    expect(config.grpc.tls).toEqual({
      identity: { certificate: '/etc/node.pem', key: '/run/node-key.pem' },
      clientCa: undefined,
    })
    expect(parseSettleConfig(least, '/')).toMatchObject({
      grpc: { tls: undefined },
      l1: { wsNodeUrl: undefined, pollIntervalMs: 2_000 },
    })
  })

  test('ports of the environment take the place of the file’s', () => {
    const env = {
      AGGLAYER_READRPC_PORT: '1234',
      AGGLAYER_ADMIN_PORT: '',
      AGGLAYER_GRPC_PORT: '1235',
    }
    expect(parseSettleConfig(least, '/', env).grpc.port).toBe(1235)
    expect(parseSettleConfig(least, '/', env).rpc).toMatchObject({
      readPort: 1234,
      adminPort: 9091,
    })
    expect(problem(least, { AGGLAYER_ADMIN_PORT: '99999' })).toContain('AGGLAYER_ADMIN_PORT')
  })

  test('limits, signers and clocks', () => {
    const text = `${least}
      [proof-signers]
      7 = "${address}"
      [rate-limiting]
      send-certificate = { max-per-interval = 3, time-interval = "30min" }
      [rate-limiting.network.9]
      send-certificate = "disabled"
      [epoch.time-clock]
      epoch-duration = "2min"
      [rpc]
      batch-request-limit = 0`
    const config = parseSettleConfig(text, '/')
    expect([...config.proofSigners.keys()]).toEqual([7])
    expect(config.rateLimits.default).toEqual({ maxPerInterval: 3, intervalMs: 1_800_000 })
    expect(config.rateLimits.networks.get(9)).toBe('disabled')
    expect(config.epochs).toEqual({ type: 'time', epochDuration: 120n })
    expect(config.rpc.batchLimit).toBe('disabled')
  })

  test.each([
    ['l1.node-url', least.replace('http://127.0.0.1:8545', 'ws://127.0.0.1:8545')],
    ['l1.rollup-manager-contract', least.replace(`"${address}"`, '"0x12"')],
    ['auth.local.private-keys', least.replace(/private-keys.*/, '')],
    ['auth.local.private-keys[0].password', least.replace(', password-env = "PASSWORD"', '')],
    ['prover', least.replace(/\[prover[^]*/, '')],
    ['prover.native.development-vkey', least.replace(vkey, '0x22')],
    [
      'prover.remote.endpoints',
      `${least.replace(/\[prover[^]*/, '')}\n[prover.remote]\nvkey = "${vkey}"`,
    ],
    ['l1.ws-node-url', least.replace('[l1]', '[l1]\nws-node-url = "http://127.0.0.1"')],
    ['grpc.tls.certificate', `${least}\n[grpc]\ntls = {}`],
    ['grpc.tls.key', `${least}\n[grpc]\ntls = { certificate = "node.pem" }`],
    [
      'prover.remote.endpoints[1]',
      `${least.replace(/\[prover[^]*/, '')}\n[prover.remote]\nendpoints = ["a:1", "b"]\nvkey = "${vkey}"`,
    ],
    ['proof-signers.x', `${least}\n[proof-signers]\nx = "${address}"`],
    ['rpc.request-timeout', `${least}\n[rpc]\nrequest-timeout = "soon"`],
    ['l1.poll-interval', least.replace('[l1]', '[l1]\npoll-interval = "0s"')],
    ['l1.rpc-timeout', least.replace('[l1]', '[l1]\nrpc-timeout = 0')],
    ['rpc.request-timeout', `${least}\n[rpc]\nrequest-timeout = "0ms"`],
    [
      'prover.remote.timeout',
      `${least.replace(/\[prover[^]*/, '')}\n[prover.remote]\nendpoints = ["a:1"]\nvkey = "${vkey}"\ntimeout = "0s"`,
    ],
    ...['retry-on-transient-failure', 'retry-on-not-included-on-l1'].flatMap((name) =>
      ['initial-interval', 'max-interval'].map((key): [string, string] => [
        `settlement.pessimistic-proof-tx-config.${name}.${key}`,
        `${least}\n[settlement.pessimistic-proof-tx-config]\n${name} = { ${key} = "0s" }`,
      ]),
    ),
    ...['gas-limit', 'max-fee-per-gas'].map((name): [string, string] => [
      `settlement.pessimistic-proof-tx-config.${name}-multiplier-factor`,
      `${least}\n[settlement.pessimistic-proof-tx-config]\n${name}-multiplier-factor = 1.0001`,
    ]),
    ['epoch', `${least}\n[epoch.time-clock]\n[epoch.block-clock]`],
  ])('a wrong %s is named', (key, text) => {
    expect(problem(text).startsWith(`${key}: `), problem(text)).toBe(true)
  })

  test('keys in Google Cloud KMS, by upstream’s names, the older ones and the environment', () => {
    const local = /\[auth\.local\][^]*?(?=\n\[)/
    const kms = (lines: string): string =>
      least.replace(local, `[auth.gcpkms]\nproject-id = "p"\nlocation = "l"\n${lines}\n`)
    const place = { project: 'p', location: 'l', keyRing: 'r' }
    const both = kms(`keyring = "r"
      pp-settlement-key-name = "a"
      pp-settlement-key-version = 3
      tx-settlement-key-name = "b"
      tx-settlement-key-version = "1"
      credentials = "account.json"
      endpoint = "https://kms.example/"`)
    expect(parseSettleConfig(both, '/etc/zkstack').signers).toEqual({
      type: 'googleKms',
      keys: [
        { ...place, key: 'a', version: '3' },
        { ...place, key: 'b', version: '1' },
      ],
      credentials: '/etc/zkstack/account.json',
      endpoint: 'https://kms.example',
    })
    const env = {
      GOOGLE_KEYRING: 'r',
      GOOGLE_KEY_VERSION: '9',
      GOOGLE_APPLICATION_CREDENTIALS: '/run/account.json',
    }
    expect(parseSettleConfig(kms('key-name = "a"'), '/', env).signers).toEqual({
      type: 'googleKms',
      keys: [{ ...place, key: 'a', version: '9' }],
      credentials: '/run/account.json',
      endpoint: undefined,
    })
    expect(problem(kms('key-name = "a"'))).toMatch(/^auth\.gcpkms\.keyring: .*GOOGLE_KEYRING/)
    expect(problem(kms('keyring = "r"\nkey-nam = "a"'))).toMatch(/did you mean key-name\?/)
    expect(problem(`${least}\n[auth.gcpkms]`)).toMatch(/^auth: /)
    expect(problem(`${kms('keyring = "r"\nkey-name = "a"\nkey-version = 1')}\n`)).toBe('none')
    expect(
      problem(kms('keyring = "r"\nkey-name = "a"\nkey-version = 1\ntx-settlement-key-name = "b"')),
    ).toMatch(/^auth\.gcpkms\.tx-settlement-key-name: /)
  })

  test('a remote prover', () => {
    const text = `${least.replace(/\[prover[^]*/, '')}
      [prover.remote]
      endpoints = ["prover-1:8080", "prover-2:8080"]
      vkey = "${vkey}"
      timeout = "5min"`
    expect(parseSettleConfig(text, '/').prover).toMatchObject({
      type: 'remote',
      timeoutMs: 300_000,
      accepts: { type: 'sp1' },
    })
    const development = text.replace('vkey =', 'development-vkey =')
    expect(parseSettleConfig(development, '/').prover).toMatchObject({
      accepts: { type: 'native' },
    })
    expect(problem(`${text}\ndevelopment-vkey = "${vkey}"`)).toMatch(/^prover\.remote\.vkey: /)
  })

  test('durations and amounts are read as upstream reads them', () => {
    const durations = ['5s', '10min', '1m 30s', '500ms', 60, '2h', '', 'x', '5', -1, 1.5, true]
    expect(durations.map(parseDuration)).toEqual([
      ...[5_000, 600_000, 90_000, 500, 60_000, 7_200_000],
      ...Array.from({ length: 6 }, () => undefined),
    ])
    const amounts = ['1gwei', '0.1eth', '100 gwei', 7, '8', '1.5wei', '0.0000000001gwei', 'eth', -1]
    expect(amounts.map(parseAmount)).toEqual([
      ...[10n ** 9n, 10n ** 17n, 10n ** 11n, 7n, 8n],
      ...Array.from({ length: 4 }, () => undefined),
    ])
  })
})
