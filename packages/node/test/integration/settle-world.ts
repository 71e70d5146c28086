import { createCipheriv, randomBytes, scryptSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keccak256, loadCryptoBackends, toHex } from '@zkstack/crypto'
import { keySigner } from '@zkstack/l1'
import { anvilKey, startAnvil, type Anvil } from '@zkstack/l1/testing'
import { l1InfoTreeLeafCount } from '@zkstack/pessimistic-proof'
import type { Submission } from '@zkstack/pessimistic-proof/testing'
import { Devnet, devnetVKey, testAuthentication } from '@zkstack/settlement/testing'

const chainId = 1337
const settlerKey = anvilKey(1)
const password = 'correct horse'

/** The token of {@link settleWorld}'s admin port. */
export const adminToken = 'a-token-of-the-operator'

/** A real L1 with the contracts, and a folder with all that a settlement node is started with. */
export interface SettleWorld extends AsyncDisposable {
  readonly anvil: Anvil
  readonly devnet: Devnet
  readonly folder: string
  /** The configuration file. */
  readonly config: string
  /** Adds a network that vouches as the test certificates do, and makes L1 hold what they claim. */
  addNetwork(networkId: number, submissions: readonly Submission[]): Promise<void>
}

/** Starts an L1, deploys the contracts and writes a configuration. @param lines more of it */
export async function settleWorld(lines = ''): Promise<SettleWorld> {
  await loadCryptoBackends()
  const anvil = await startAnvil({ chainId })
  const devnet = await Devnet.deploy({
    url: anvil.url,
    chainId,
    deployerKey: anvilKey(0),
    trustedAggregators: [keySigner(settlerKey).address],
    settableRoots: true,
  })
  const folder = await mkdtemp(join(tmpdir(), 'zkstack-settle-'))
  const config = join(folder, 'agglayer.toml')
  await writeFile(join(folder, 'settler.json'), keystore(settlerKey, password))
  await writeFile(join(folder, 'password'), password, { mode: 0o600 })
  await writeFile(join(folder, 'admin-token'), `${adminToken}\n`, { mode: 0o600 })
  await writeFile(config, configuration(anvil, devnet, lines))
  return {
    anvil,
    devnet,
    folder,
    config,
    async addNetwork(networkId, submissions) {
      if (testAuthentication.type !== 'ecdsa') throw new TypeError('one sequencer vouches in tests')
      await devnet.addChain({ networkId, trustedSequencer: testAuthentication.wallet.address })
      for (const { certificate, l1 } of submissions) {
        const leafCount = l1InfoTreeLeafCount(certificate)
        if (leafCount !== undefined) await devnet.setL1InfoRoot(leafCount, l1.l1InfoRoot)
      }
    },
    async [Symbol.asyncDispose]() {
      await anvil[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function configuration({ url }: Anvil, { addresses }: Devnet, lines: string): string {
  return `
    [l1]
    chain-id = ${chainId}
    node-url = "${url}"
    rpc-timeout = "3s"
    poll-interval = "50ms"
    rollup-manager-contract = "0x${toHex(addresses.rollupManager)}"
    polygon-zkevm-global-exit-root-v2-contract = "0x${toHex(addresses.globalExitRootManager)}"

    [rpc]
    host = "127.0.0.1"
    readrpc-port = 0
    admin-port = 0
    admin-token = { file = "admin-token" }

    [telemetry]
    prometheus-addr = "127.0.0.1:0"

    [auth.local]
    private-keys = [{ path = "settler.json", password-file = "password" }]

    [epoch.block-clock]
    epoch-duration = 2
    genesis-block = 0

    [storage]
    db-path = "storage"

    [storage.backup]
    path = "backups"

    [prover.native]
    development-vkey = "0x${toHex(devnetVKey)}"

    [settlement.l1-info-root]
    settlement-policy = "LatestBlock"

    [settlement.pessimistic-proof-tx-config]
    settlement-policy = "LatestBlock"
    confirmations = 1
    max-fee-per-gas-ceiling = "100gwei"

    [settlement.pessimistic-proof-tx-config.retry-on-transient-failure]
    initial-interval = "50ms"
    max-interval = "300ms"
    jitter = "20ms"
    ${lines}`
}

/** A keystore of version 3, with a derivation that is quick because it protects nothing. */
function keystore(key: Uint8Array, secret: string): string {
  const [salt, iv] = [randomBytes(32), randomBytes(16)]
  const derived = scryptSync(secret, salt, 32, { N: 1024, r: 8, p: 1 })
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
