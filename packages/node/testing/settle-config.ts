import { createCipheriv, randomBytes, scryptSync } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { keccak256, toHex, type Hash32 } from '@zkstack/crypto'
import type { Devnet } from '@zkstack/settlement/testing'

/** The token of the admin port of {@link writeSettleConfig}. */
export const adminToken = 'a-token-of-the-operator'

const password = 'correct horse'

/** What a settlement node on a local L1 is configured with. */
export interface SettleConfigOptions {
  readonly l1Url: string
  /** Where L1 says that there are new blocks; default: it is polled. */
  readonly l1WsUrl?: string
  readonly chainId: number
  readonly devnet: Pick<Devnet, 'addresses'>
  /** The verifying key of the development verifier on L1. */
  readonly developmentVKey: Hash32
  /** Sends the settlement transactions. */
  readonly settlerKey: Uint8Array
  /** Blocks of an epoch; default 2. */
  readonly epochDuration?: bigint
  /** Default 0. */
  readonly genesisBlock?: bigint
  /** When blocks of L1 count; default: at once. */
  readonly finality?: 'LatestBlock' | 'SafeBlock'
  /** Where JSON-RPC is served; default: a port that the system chooses. */
  readonly port?: number
  /** More of the configuration. */
  readonly lines?: string
}

/**
 * Writes all that `zkstack settle run` needs into a folder: configuration, keystore, passwords.
 * FOR DEVELOPMENT: the prover is the native one.
 * @returns the configuration file
 */
export async function writeSettleConfig(folder: string, o: SettleConfigOptions): Promise<string> {
  const config = join(folder, 'agglayer.toml')
  await writeFile(join(folder, 'settler.json'), keystore(o.settlerKey))
  await writeFile(join(folder, 'password'), password, { mode: 0o600 })
  await writeFile(join(folder, 'admin-token'), `${adminToken}\n`, { mode: 0o600 })
  await writeFile(config, configuration(o))
  return config
}

function configuration(o: SettleConfigOptions): string {
  const { rollupManager, globalExitRootManager } = o.devnet.addresses
  const finality = o.finality ?? 'LatestBlock'
  return `
    [l1]
    chain-id = ${o.chainId}
    node-url = "${o.l1Url}"
    ${o.l1WsUrl === undefined ? '' : `ws-node-url = "${o.l1WsUrl}"`}
    rpc-timeout = "3s"
    poll-interval = "50ms"
    rollup-manager-contract = "0x${toHex(rollupManager)}"
    polygon-zkevm-global-exit-root-v2-contract = "0x${toHex(globalExitRootManager)}"

    [rpc]
    host = "127.0.0.1"
    readrpc-port = ${o.port ?? 0}
    grpc-port = 0
    admin-port = 0
    admin-token = { file = "admin-token" }

    [telemetry]
    prometheus-addr = "127.0.0.1:0"

    [auth.local]
    private-keys = [{ path = "settler.json", password-file = "password" }]

    [epoch.block-clock]
    epoch-duration = ${o.epochDuration ?? 2n}
    genesis-block = ${o.genesisBlock ?? 0n}

    [storage]
    db-path = "storage"

    [storage.backup]
    path = "backups"

    [prover.native]
    development-vkey = "0x${toHex(o.developmentVKey)}"

    [settlement.l1-info-root]
    settlement-policy = "${finality}"

    [settlement.pessimistic-proof-tx-config]
    settlement-policy = "${finality}"
    confirmations = 1
    max-fee-per-gas-ceiling = "100gwei"

    [settlement.pessimistic-proof-tx-config.retry-on-transient-failure]
    initial-interval = "50ms"
    max-interval = "300ms"
    jitter = "20ms"
    ${o.lines ?? ''}`
}

/** A keystore of version 3, with a derivation that is quick because it protects nothing. */
function keystore(key: Uint8Array): string {
  const [salt, iv] = [randomBytes(32), randomBytes(16)]
  const derived = scryptSync(password, salt, 32, { N: 1024, r: 8, p: 1 })
  const cipher = createCipheriv('aes-128-ctr', derived.subarray(0, 16), iv)
  const ciphertext = Buffer.concat([cipher.update(key), cipher.final()])
  const mac = keccak256(derived.subarray(16), ciphertext)
  return JSON.stringify({
    version: 3,
    id: '3198bc9c-6672-5ab3-d995-4942343ae5b6',
    crypto: {
      cipher: 'aes-128-ctr',
      cipherparams: { iv: iv.toString('hex') },
      ciphertext: ciphertext.toString('hex'),
      kdf: 'scrypt',
      kdfparams: { dklen: 32, n: 1024, r: 8, p: 1, salt: salt.toString('hex') },
      mac: toHex(mac),
    },
  })
}
