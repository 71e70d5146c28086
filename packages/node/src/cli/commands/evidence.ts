import { readFile } from 'node:fs/promises'
import { loadCryptoBackends, toHex } from '@zkstack/crypto'
import type { EpochChain, Genesis } from '@zkstack/roles'
import { readGenesis } from '../../config/read-files.js'
import { fetchEpochs } from '../../http/fetch-epochs.js'
import { exitCodes, UsageError } from '../command.js'
import type { Command, CommandArguments, CommandIo } from '../command.js'
import { epochOf, judgeEvidence, type Judgement } from '../judge-evidence.js'
import { reasonOf } from '../reason-of.js'
import { urlOf } from '../url-option.js'

/** `zkstack evidence` */
export const evidence: Command = {
  name: 'evidence',
  summary: 'Verifies evidence that a validator contradicted itself.',
  about: `A node keeps what it sees in evidence/ of its data folder, one file each. Where the genesis names the committee, nothing
else is needed to verify them. Where committees change, a node tells them: each is certified by the one before it, and the first
one is believed, so compare its hash. Exits with 1 when one of them proves nothing.`,
  positional: '<file>…',
  options: [
    { name: 'genesis', value: '<file>', help: 'the genesis of the chain' },
    {
      name: 'url',
      value: '<url>',
      help: "a node's status server, where the genesis names no committee",
    },
    {
      name: 'committee',
      value: '<hash>',
      help: 'with --url: hash of the first committee; another one is not believed',
    },
    { name: 'json', help: 'print one JSON object a file' },
  ],
  examples: [
    {
      line: 'zkstack evidence --genesis genesis.json data/evidence/*',
      does: 'who contradicted themselves, and in which view',
    },
    {
      line: 'zkstack evidence --genesis genesis.json --url http://127.0.0.1:3055 data/evidence/*',
      does: 'the same on a chain whose committees change',
    },
  ],
  async run(args, io) {
    if (args.positionals.length === 0) throw new UsageError('name a file')
    const url = args.value('url') === undefined ? undefined : urlOf(args)
    const isCommitteeNamed = args.value('committee') !== undefined
    if (isCommitteeNamed && url === undefined) {
      throw new UsageError('--committee is compared with what a node tells: give --url')
    }
    await loadCryptoBackends()
    const genesis = await readGenesis(args.required('genesis'), '--genesis')
    if (isCommitteeNamed && genesis.schedule !== undefined) {
      throw new UsageError('the genesis names the first committee: leave out --committee')
    }
    const files = await Promise.all(
      args.positionals.map(async (file) => ({ file, bytes: new Uint8Array(await readFile(file)) })),
    )
    const epochs = files.map(({ bytes }) => epochOf(bytes, genesis) ?? 0n)
    const committees =
      url === undefined
        ? undefined
        : await committeesOf(url, { genesis, upTo: max(epochs), args, io })
    if (typeof committees === 'number') return committees
    let unproven = 0
    for (const { file, bytes } of files) {
      const judged = { file, ...judgeEvidence(bytes, genesis, committees) }
      if (!judged.proven) unproven++
      io.out(`${args.has('json') ? JSON.stringify(judged) : textOf(judged)}\n`)
    }
    return unproven === 0 ? exitCodes.ok : exitCodes.failed
  },
}

/** The committees that a server tells, or the exit code when there are none that can be believed. */
async function committeesOf(
  url: string,
  o: {
    readonly genesis: Genesis
    readonly upTo: bigint
    readonly args: CommandArguments
    readonly io: CommandIo
  },
): Promise<EpochChain | number> {
  const { genesis, upTo, args, io } = o
  let chain: EpochChain
  try {
    chain = await fetchEpochs(url, genesis, upTo)
  } catch (e) {
    io.err(`zkstack: no epochs from ${url}: ${reasonOf(e)}\n`)
    return exitCodes.unreachable
  }
  if (genesis.schedule !== undefined) return chain
  const first = chain.scopes.map(({ schedule }) => `0x${toHex(schedule.hash)}`)[0] ?? ''
  const believed = args.value('committee')
  if (believed === undefined) {
    io.err(`${url} says that the first committee is ${first}: compare it\n`)
  } else if (believed.toLowerCase() !== first) {
    io.err(`zkstack: the first committee of ${url} is ${first}, not ${believed}\n`)
    return exitCodes.failed
  }
  return chain
}

function max(values: readonly bigint[]): bigint {
  return values.reduce((a, b) => (b > a ? b : a), 0n)
}

function textOf(judged: Judgement & { readonly file: string }): string {
  if (!judged.proven) {
    const hint = judged.code === 'NO_SCHEDULE' ? ' (the committees change: give --url)' : ''
    return `${judged.file}: proves nothing: ${judged.code}${hint}`
  }
  const { file, validator, key, conflict, epoch, view } = judged
  return `${file}: proven: validator ${validator}, ${key}, contradicted itself in view ${view} of epoch ${epoch}: ${conflict}`
}
