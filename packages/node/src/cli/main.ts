import { errorOf, isCanceled } from '@zkstack/concurrency'
import { suggestion } from '../config/nearest.js'
import { isConfigError } from '../run/run-node.js'
import { exitCodes, UsageError, type Command, type CommandIo } from './command.js'
import { evidence } from './commands/evidence.js'
import { genesis } from './commands/genesis.js'
import { inspect } from './commands/inspect.js'
import { keygen } from './commands/keygen.js'
import { localnet } from './commands/localnet.js'
import { replay } from './commands/replay.js'
import { run } from './commands/run.js'
import { settle } from './commands/settle.js'
import { completionCommand } from './completion.js'
import { commandHelp, generalHelp } from './help.js'
import { parseArguments } from './parse-arguments.js'
import { version } from './version.js'

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  keygen,
  genesis,
  run,
  inspect,
  replay,
  evidence,
  localnet,
  settle,
  completionCommand(() => commands),
]

/** Runs a command line without the program's name, and gives the exit code; never rejects. */
export async function main(args: readonly string[], io: CommandIo): Promise<number> {
  try {
    return await dispatch(args, io)
  } catch (e) {
    const error = errorOf(e)
    if (error instanceof UsageError) {
      io.err(`zkstack: ${error.message}; see zkstack ${args[0] ?? ''} --help\n`)
      return exitCodes.usage
    }
    if (isCanceled(e)) return exitCodes.failed
    // Options of the library have the names of the configuration's keys.
    io.err(`zkstack: ${error.message.replace(/^options\./, '')}\n`)
    return isConfigError(error) ? exitCodes.config : exitCodes.failed
  }
}

async function dispatch(args: readonly string[], io: CommandIo): Promise<number> {
  const [name, ...rest] = args
  if (name === '--version' || name === 'version') {
    io.out(`${version}\n`)
    return exitCodes.ok
  }
  if (name === undefined || name === '--help' || (name === 'help' && rest.length === 0)) {
    io.out(generalHelp(commands))
    return name === undefined ? exitCodes.usage : exitCodes.ok
  }
  const wanted = name === 'help' ? (rest[0] ?? '') : name
  const command = commands.find((known) => known.name === wanted)
  if (command === undefined) {
    const known = commands.map((c) => c.name)
    io.err(
      `zkstack: there is no command ${wanted}${suggestion(wanted, known)}; see zkstack --help\n`,
    )
    return exitCodes.usage
  }
  if (name === 'help' || rest.includes('--help')) {
    io.out(commandHelp(command))
    return exitCodes.ok
  }
  return command.run(parseArguments(command, rest), io)
}
