import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { stringify } from 'smol-toml'
import { systemRandom } from '@zkstack/concurrency'
import {
  generateNodeKey,
  generateValidatorKey,
  genesisToJson,
  type NodeSecretKey,
  type ValidatorSecretKey,
} from '@zkstack/executor'
import { makeGenesis } from '../keys/make-genesis.js'
import {
  publicIdentity,
  writePublicIdentity,
  type PublicIdentity,
} from '../keys/public-identity.js'
import { schemeOf, type SchemeName } from '../keys/schemes.js'
import { writeNewFiles } from '../keys/write-new-files.js'

/** What {@link writeLocalnet} takes. */
export interface LocalnetPlan {
  readonly folder: string
  readonly validators: number
  readonly scheme: SchemeName
  readonly chainId: bigint
  /** Path of a module, or `builtin:load`. */
  readonly execution: string
  readonly executionOptions: Readonly<Record<string, unknown>>
  /** Node i listens on the i-th port from here, and serves its status on the i-th after those of all. */
  readonly basePort: number
  /** Where nodes listen. */
  readonly host: string
  /** Where peers dial; `{name}` stands for the node's name, `{number}` for its number, from 1 on. */
  readonly peerHost: string
}

/** A node of a localnet. */
export interface LocalnetNode {
  readonly name: string
  readonly configFile: string
  readonly logFile: string
  /** Of its status server. */
  readonly url: string
}

interface Member extends LocalnetNode {
  readonly folder: string
  readonly listen: string
  /** Where peers reach it. */
  readonly addr: string
  readonly httpListen: string
  readonly nodeKey: NodeSecretKey
  readonly validatorKey: ValidatorSecretKey
  readonly identity: PublicIdentity
}

/**
 * Writes keys, genesis and configurations of `validators` nodes: v1/, v2/ … with `config.toml` each, and genesis.json.
 *
 * @throws ConfigError; the platform's error, `EEXIST` when the folder has one of those files already.
 */
export async function writeLocalnet(plan: LocalnetPlan): Promise<void> {
  const members = Array.from({ length: plan.validators }, (_, i) => memberOf(plan, i))
  const genesis = makeGenesis(
    {
      chainId: plan.chainId,
      forkNumber: 0n,
      firstBlock: 0n,
      leaderFrequency: 1n,
      leaderMode: 'roundRobin',
    },
    members.map(({ name, identity }) => ({ source: name, identity, weight: 1n })),
  )
  for (const [i, member] of members.entries()) {
    await mkdir(member.folder, { recursive: true })
    const secret = { mode: 0o600, flag: 'wx' }
    await writeFile(join(member.folder, 'node.key'), `${member.nodeKey.exposeText()}\n`, secret)
    const { validatorKey } = member
    await writeFile(join(member.folder, 'validator.key'), `${validatorKey.exposeText()}\n`, secret)
    await writePublicIdentity(join(member.folder, 'public.json'), member.identity)
    await writeFile(member.configFile, configText(plan, members, i), { flag: 'wx' })
  }
  // Last: a folder with a genesis is whole.
  await writeNewFiles([{ path: join(plan.folder, 'genesis.json'), text: genesisToJson(genesis) }])
}

/** Where the parts of node `index` are; ports follow from the plan. */
export function localnetNode(
  plan: Pick<LocalnetPlan, 'folder' | 'validators' | 'basePort' | 'host'>,
  index: number,
): LocalnetNode {
  const name = `v${index + 1}`
  const folder = join(plan.folder, name)
  const port = plan.basePort + plan.validators + index
  return {
    name,
    configFile: join(folder, 'config.toml'),
    logFile: join(folder, 'log.jsonl'),
    url: `http://${plan.host}:${port}`,
  }
}

function memberOf(plan: LocalnetPlan, index: number): Member {
  const nodeKey = generateNodeKey(systemRandom)
  const validatorKey = generateValidatorKey(schemeOf(plan.scheme), systemRandom)
  const node = localnetNode(plan, index)
  const peerHost = plan.peerHost
    .replaceAll('{name}', node.name)
    .replaceAll('{number}', String(index + 1))
  return {
    ...node,
    folder: join(plan.folder, node.name),
    listen: `${plan.host}:${plan.basePort + index}`,
    addr: `${peerHost}:${plan.basePort + index}`,
    httpListen: node.url.slice('http://'.length),
    nodeKey,
    validatorKey,
    identity: publicIdentity(nodeKey, validatorKey),
  }
}

/** Of each pair, the later one dials. */
function configText(plan: LocalnetPlan, members: readonly Member[], index: number): string {
  const own = members[index]
  const { execution } = plan
  const isPath = !execution.startsWith('builtin:')
  const config = {
    genesis: '../genesis.json',
    execution: isPath ? resolve(execution) : execution,
    data: 'data',
    listen: own?.listen,
    nodeKey: { file: 'node.key' },
    validatorKey: { file: 'validator.key' },
    http: { listen: own?.httpListen },
    log: { level: 'info' },
    executionOptions: plan.executionOptions,
    peers: {
      inbound: members.slice(index + 1).map(({ identity }) => identity.nodeKey),
      outbound: members
        .slice(0, index)
        .map(({ identity, addr }) => ({ key: identity.nodeKey, addr })),
    },
  }
  return `# Node ${own?.name ?? ''} of a network on one machine, written by 'zkstack localnet'.\n${stringify(config)}\n`
}
