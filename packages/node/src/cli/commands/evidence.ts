import { readFile } from 'node:fs/promises'
import { loadCryptoBackends } from '@zkstack/crypto'
import { formatValidatorPublicKey, verifyEvidence, type Genesis } from '@zkstack/executor'
import { readGenesis } from '../../config/read-files.js'
import { exitCodes, UsageError, type Command } from '../command.js'

/** `zkstack evidence` */
export const evidence: Command = {
  name: 'evidence',
  summary: 'Verifies evidence that a validator contradicted itself.',
  about: `A node keeps what it sees in evidence/ of its data folder, one file each. Nothing but the genesis is needed to
verify them. Exits with 1 when one of them proves nothing.`,
  positional: '<file>…',
  options: [
    { name: 'genesis', value: '<file>', help: 'the genesis of the chain' },
    { name: 'json', help: 'print one JSON object a file' },
  ],
  examples: [
    {
      line: 'zkstack evidence --genesis genesis.json data/evidence/*',
      does: 'who contradicted themselves, and in which view',
    },
  ],
  async run(args, io) {
    if (args.positionals.length === 0) throw new UsageError('name a file')
    await loadCryptoBackends()
    const genesis = await readGenesis(args.required('genesis'), '--genesis')
    let unproven = 0
    for (const file of args.positionals) {
      const judged = { file, ...judge(await readFile(file), genesis) }
      if (!judged.proven) unproven++
      io.out(`${args.has('json') ? JSON.stringify(judged) : textOf(judged)}\n`)
    }
    return unproven === 0 ? exitCodes.ok : exitCodes.failed
  },
}

/** What a file says, and whether it proves it. */
type Judgement =
  | {
      readonly proven: true
      readonly conflict: string
      /** Index in the committee. */
      readonly validator: number
      readonly key: string
      /** Decimal. */
      readonly epoch: string
      readonly view: string
    }
  | { readonly proven: false; readonly code: string }

function judge(bytes: Uint8Array, genesis: Genesis): Judgement {
  const verdict = verifyEvidence(new Uint8Array(bytes), genesis)
  if (!verdict.ok) return { proven: false, code: verdict.error.code }
  const { validator, key, conflict, epoch, view } = verdict.value
  return {
    proven: true,
    conflict,
    validator,
    key: formatValidatorPublicKey(key, genesis.scheme),
    epoch: epoch.toString(),
    view: view.toString(),
  }
}

function textOf(judged: Judgement & { readonly file: string }): string {
  if (!judged.proven) return `${judged.file}: proves nothing: ${judged.code}`
  const { file, validator, key, conflict, epoch, view } = judged
  return `${file}: proven: validator ${validator}, ${key}, contradicted itself in view ${view} of epoch ${epoch}: ${conflict}`
}
