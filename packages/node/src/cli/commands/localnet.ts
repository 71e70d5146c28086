import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { loadCryptoBackends } from '@zkstack/crypto'
import { readConfig } from '../../config/read-files.js'
import { schemeNames } from '../../keys/schemes.js'
import { sightLine, sightTable, summaryOf, type NodeSight } from '../../localnet/localnet-view.js'
import { runLocalnet } from '../../localnet/run-localnet.js'
import { writeLocalnet, type LocalnetNode } from '../../localnet/write-localnet.js'
import {
  exitCodes,
  UsageError,
  type Command,
  type CommandArguments,
  type CommandIo,
} from '../command.js'

const clearScreen = '\x1b[H\x1b[2J'

/** `zkstack localnet` */
export const localnet: Command = {
  name: 'localnet',
  summary: 'Writes the configurations of several nodes on this machine, and runs them.',
  about: `Makes keys, a genesis and a configuration for each node, then runs every node in a process of its own until
Ctrl-C. A node's log is in its folder, as log.jsonl. A folder that has nodes already stays as it is: they go
on where they stopped, and options that say how to make them have no effect.
'builtin:load' is a chain whose payloads are their number and payloadBytes random bytes (0 unless told otherwise), one each
intervalMs (200).`,
  options: [
    { name: 'out', value: '<folder>', help: 'the folder', fallback: './localnet' },
    { name: 'validators', value: '<n>', help: 'how many, 1 to 50', fallback: '6' },
    { name: 'scheme', value: '<name>', help: schemeNames.join(', '), fallback: 'ed25519' },
    { name: 'chain-id', value: '<n>', help: 'tells this chain from others', fallback: '1270' },
    {
      name: 'execution',
      value: '<module>',
      help: 'the execution layer: a module, or builtin:load',
      fallback: 'builtin:load',
    },
    {
      name: 'execution-options',
      value: '<json>',
      help: "the module's own options",
      fallback: '{}',
    },
    { name: 'host', value: '<ip>', help: 'where nodes listen', fallback: '127.0.0.1' },
    {
      name: 'peer-host',
      value: '<host>',
      help: 'where peers dial, {name} or {number} for those of a node; default: where nodes listen',
    },
    { name: 'base-port', value: '<n>', help: 'two ports a node from here on', fallback: '3100' },
    { name: 'write-only', help: 'write, and run nothing' },
    { name: 'until-block', value: '<n>', help: 'stop when every node has committed this block' },
    { name: 'json', help: 'print one JSON object a second' },
  ],
  examples: [
    { line: 'zkstack localnet', does: 'six validators, blocks that hold their number' },
    {
      line: 'zkstack localnet --execution ./my-chain.js --out net',
      does: 'your chain on six validators',
    },
    { line: 'zkstack localnet --until-block 100 --json', does: 'a check for a script' },
  ],
  async run(args, io) {
    await loadCryptoBackends()
    const folder = args.required('out')
    const isNew = !existsSync(join(folder, 'genesis.json'))
    if (isNew) await write(args, io)
    const nodes = await nodesOf(folder)
    if (!isNew)
      io.err(`${folder} has ${nodes.length} nodes already, which stay as they were made\n`)
    if (args.has('write-only')) return exitCodes.ok
    if (!args.has('json') && !io.isTerminal)
      for (const { name, url } of nodes) io.out(`${name} has its status page at ${url}\n`)
    const untilBlock = args.has('until-block')
      ? BigInt(args.integer('until-block', 0, 2 ** 49))
      : undefined
    let last: readonly NodeSight[] = []
    const end = await runLocalnet({
      nodes,
      signal: io.signal,
      untilBlock,
      onSight: (sights) => {
        last = sights
        show(sights, args, io)
      },
    })
    if (end === 'reached' || (end === 'stopped' && untilBlock === undefined)) return exitCodes.ok
    const why =
      end === 'died' ? endOf(last) : `stopped before every node had committed block ${untilBlock}`
    io.err(`zkstack: ${why}\n`)
    return exitCodes.failed
  },
}

async function write(args: CommandArguments, io: CommandIo): Promise<void> {
  const folder = args.required('out')
  const execution = args.required('execution')
  if (!args.has('write-only') && !execution.startsWith('builtin:') && !existsSync(execution))
    throw new UsageError(`--execution: there is no file ${execution}`)
  const validators = args.integer('validators', 1, 50)
  await writeLocalnet({
    folder,
    validators,
    scheme: args.oneOf('scheme', schemeNames),
    chainId: BigInt(args.integer('chain-id', 0, 2 ** 49)),
    execution,
    executionOptions: jsonObject(args.required('execution-options')),
    basePort: args.integer('base-port', 1, 65_535 - 2 * validators),
    host: args.required('host'),
    peerHost: args.value('peer-host') ?? args.required('host'),
  })
  io.err(`${folder} has keys, genesis and configurations of ${validators} nodes\n`)
}

function jsonObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Readonly<Record<string, unknown>>
  } catch {
    // Below.
  }
  throw new UsageError(`--execution-options takes a JSON object, not '${text}'`)
}

/** The nodes that a folder has, by their configurations. */
async function nodesOf(folder: string): Promise<readonly LocalnetNode[]> {
  const names = readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'config.toml')))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
  if (names.length === 0) throw new UsageError(`--out: ${folder} has a genesis.json, and no node`)
  return Promise.all(
    names.map(async (name) => {
      const configFile = join(folder, name, 'config.toml')
      const { httpListen } = await readConfig(configFile)
      const url = `http://${httpListen ?? ''}`
      return { name, configFile, logFile: join(folder, name, 'log.jsonl'), url }
    }),
  )
}

/** Why it makes no sense to go on. */
function endOf(sights: readonly NodeSight[]): string {
  const ended = sights.filter(({ state }) => state !== 'running')
  const log = ended[0]?.node.logFile ?? ''
  if (ended.length === sights.length) return `no node is left; see ${log}`
  const names = ended.map(({ node, state }) => `${node.name} ${state}`).join(', ')
  return `${names}: not every node can commit that block; see ${log}`
}

function show(sights: readonly NodeSight[], args: CommandArguments, io: CommandIo): void {
  if (args.has('json')) io.out(`${JSON.stringify({ nodes: sights.map(summaryOf) })}\n`)
  else if (io.isTerminal) io.out(`${clearScreen}${sightTable(sights)}\nCtrl-C stops all of them.\n`)
  else io.out(sightLine(sights))
}
