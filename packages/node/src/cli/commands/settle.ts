import { suggestion } from '../../config/nearest.js'
import { UsageError, type Command, type CommandArguments, type CommandIo } from '../command.js'

type Part = (args: CommandArguments, io: CommandIo) => Promise<number>

/** Loaded only when asked for: a node that votes has no use for what speaks to L1, and starts in half the time without it. */
const parts: Readonly<Record<string, () => Promise<Part>>> = {
  run: async () => (await import('../settle/settle-run.js')).settleRun,
  status: async () => (await import('../settle/settle-status.js')).settleStatus,
  certificate: async () => (await import('../settle/settle-certificate.js')).settleCertificate,
  backup: async () => (await import('../settle/settle-backup.js')).settleBackup,
  vkey: async () => (await import('../settle/settle-vkey.js')).settleVKey,
}

/** `zkstack settle` */
export const settle: Command = {
  name: 'settle',
  summary: 'Runs a settlement node, and asks one.',
  positional: '<run|status|certificate|backup|vkey> …',
  choices: Object.keys(parts),
  about: `  run                           the node, until SIGTERM or SIGINT: --config, --check
  status [<network>…]           whether a node is ready, and where networks stand: --url, --json
  certificate show <id>         what a node knows of a certificate: --url, --json
  certificate submit <file>     submits a certificate, JSON as Agglayer has it: --url, --wait
  backup list                   the backups that the configuration keeps: --config
  backup restore <number>       fills an empty database from a backup; the node must not run: --config
  vkey                          the verifying keys of the pessimistic programs, by selector: --json

What may stand in the configuration: docs/operation/settle.md.`,
  options: [
    { name: 'config', value: '<file>', help: 'the configuration, TOML; or in CONFIG_PATH' },
    { name: 'check', help: 'run: only read and check the configuration and its keys' },
    {
      name: 'url',
      value: '<url>',
      help: "the node's JSON-RPC",
      fallback: 'http://127.0.0.1:9090',
    },
    { name: 'wait', help: 'certificate submit: until it is settled, or in error' },
    { name: 'json', help: 'print everything, as JSON' },
  ],
  examples: [
    { line: 'zkstack settle run --config /etc/zkstack/agglayer.toml', does: 'a settlement node' },
    { line: 'zkstack settle status 1 2', does: 'where networks 1 and 2 stand' },
    {
      line: 'zkstack settle certificate submit certificate.json --wait',
      does: 'brings a certificate to L1',
    },
    {
      line: 'zkstack settle backup restore 12 --config agglayer.toml',
      does: 'after the database was lost',
    },
  ],
  async run(args, io) {
    const [name = ''] = args.positionals
    const part = Object.hasOwn(parts, name) ? parts[name] : undefined
    if (part !== undefined) return (await part())(args, io)
    const known = Object.keys(parts)
    throw new UsageError(
      name === ''
        ? `settle takes one of ${known.join(', ')}`
        : `settle takes one of ${known.join(', ')}, not '${name}'${suggestion(name, known)}`,
    )
  },
}
