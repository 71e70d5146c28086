import { loadCryptoBackends, toHex } from '@zkstack/crypto'
import { genesisToJson } from '@zkstack/executor'
import { makeGenesis, type Candidate } from '../../keys/make-genesis.js'
import { readPublicIdentity } from '../../keys/public-identity.js'
import { writeNewFiles } from '../../keys/write-new-files.js'
import { exitCodes, UsageError, type Command, type CommandArguments } from '../command.js'

const MOST = 2 ** 49

/** `zkstack genesis` */
export const genesis: Command = {
  name: 'genesis',
  summary: 'Makes the genesis file of a chain from the public keys of its validators.',
  about: `Takes the public.json files that 'zkstack keygen' wrote, each with an optional weight after '@'.
All nodes of a chain need the same file. Of the whole weight W, (W - 1) / 5 may fail: six equal
validators tolerate one.`,
  positional: '<public.json>[@weight]…',
  options: [
    { name: 'chain-id', value: '<n>', help: 'tells this chain from others' },
    { name: 'fork', value: '<n>', help: 'counts the hard forks of the chain', fallback: '0' },
    { name: 'first-block', value: '<n>', help: 'number of the first block', fallback: '0' },
    {
      name: 'leader-views',
      value: '<n>',
      help: 'views that a leader leads in a row; 0: one leads for ever',
      fallback: '1',
    },
    {
      name: 'leader-mode',
      value: '<mode>',
      help: 'roundRobin or weighted',
      fallback: 'roundRobin',
    },
    { name: 'out', value: '<file>', help: 'where to write', fallback: 'genesis.json' },
    { name: 'json', help: 'print hash, committee size and quorum as JSON' },
  ],
  examples: [
    { line: 'zkstack genesis --chain-id 1270 v*/public.json', does: 'a committee of equals' },
    {
      line: 'zkstack genesis --chain-id 1270 a/public.json@3 b/public.json c/public.json',
      does: 'the first validator weighs three times as much',
    },
  ],
  async run(args, io) {
    await loadCryptoBackends()
    const chain = {
      chainId: natural(args, 'chain-id'),
      forkNumber: natural(args, 'fork'),
      firstBlock: natural(args, 'first-block'),
      leaderFrequency: natural(args, 'leader-views'),
      leaderMode: args.oneOf('leader-mode', ['roundRobin', 'weighted']),
    }
    if (args.positionals.length === 0) throw new UsageError('name at least one public.json')
    const made = makeGenesis(chain, await Promise.all(args.positionals.map(candidate)))
    const path = args.required('out')
    await writeNewFiles([{ path, text: genesisToJson(made) }])
    const validators = made.schedule?.length ?? 0
    const facts = {
      hash: toHex(made.hash),
      validators,
      totalWeight: String(made.schedule?.totalWeight),
      quorum: String(made.schedule?.quorum),
      maxFaultyWeight: String(made.schedule?.maxFaultyWeight),
    }
    io.out(args.has('json') ? `${JSON.stringify(facts)}\n` : `${facts.hash}\n`)
    io.err(
      `${path}: ${validators} validators, a quorum is ${facts.quorum} of ${facts.totalWeight}, up to ${facts.maxFaultyWeight} may fail\n`,
    )
    return exitCodes.ok
  },
}

function natural(args: CommandArguments, name: string): bigint {
  return BigInt(args.integer(name, 0, MOST))
}

async function candidate(text: string): Promise<Candidate> {
  const [, source = text, weight = '1'] = /^(.*?)(?:@(\d+))?$/.exec(text) ?? []
  if (!/^[1-9]\d{0,14}$/.test(weight)) throw new UsageError(`${text}: a weight is at least 1`)
  return { source, identity: await readPublicIdentity(source), weight: BigInt(weight) }
}
