import { readSettleConfig } from '../../settle/read-settle-files.js'
import type { SettleConfig } from '../../settle/settle-config.js'
import { UsageError, type CommandArguments, type CommandIo } from '../command.js'

/** The configuration that `--config` or `CONFIG_PATH` names. @throws ConfigError, UsageError */
export function settleConfig(args: CommandArguments, io: CommandIo): Promise<SettleConfig> {
  const path = args.value('config') ?? io.env['CONFIG_PATH']
  if (path === undefined || path === '') throw new UsageError('--config is missing')
  return readSettleConfig(path, io.env)
}

/** What stands after the parts of a command. @throws UsageError when there is another number of it. */
export function operands(
  args: CommandArguments,
  after: number,
  names: readonly string[],
): readonly string[] {
  const given = args.positionals.slice(after)
  if (given.length === names.length) return given
  const command = args.positionals.slice(0, after).join(' ')
  throw new UsageError(
    `settle ${command} takes ${names.length === 0 ? 'nothing else' : names.join(' ')}`,
  )
}
